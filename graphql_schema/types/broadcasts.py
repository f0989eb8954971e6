"""Broadcasts of a provider."""

from __future__ import annotations

from datetime import datetime

import strawberry

from graphql_schema.endpoint.outcomes import UserError, outcome
from graphql_schema.types.common import Node, global_id
from graphql_schema.types.messages import TemplateVersion
from notifications.broadcasts import errors, model
from notifications.broadcasts.service import NewBroadcast
from notifications.preferences.model import Urgency

strawberry.enum(model.BroadcastState, name="BroadcastState")


@strawberry.input(description="Everybody who fits all that is said; what is left out does not narrow it.")
class AudienceInput:
    districts: list[str] = strawberry.field(default_factory=list, description="Codes of GB/T 2260: 350102000000.")
    age_from: int | None = None
    age_to: int | None = strawberry.field(default=None, description="In full years, this one included.")
    tags: list[str] = strawberry.field(default_factory=list)

    def parsed(self) -> model.Audience:
        return model.Audience(tuple(self.districts), self.age_from, self.age_to, tuple(self.tags))


@strawberry.input
class BroadcastInput:
    title: str = strawberry.field(description="Its name in your lists; told to nobody.")
    template: str = strawberry.field(description="An approved template of yours without placeholders.")
    audience: AudienceInput
    pace: int = strawberry.field(description="Messages a second, 1 to 1000.")
    urgency: Urgency = strawberry.field(
        default=Urgency.NORMAL, description="URGENT needs the scope notify:urgent too, LEGAL notify:legal."
    )

    def parsed(self) -> NewBroadcast:
        return NewBroadcast(self.title, self.audience.parsed(), self.pace, self.urgency, template=self.template)


@strawberry.type(description="One message to everybody of an audience.")
class Broadcast(Node):
    title: str
    state: model.BroadcastState
    template: TemplateVersion
    urgency: Urgency
    pace: int
    total: int = strawberry.field(description="How many people there were when it was started.")
    sent: int = strawberry.field(description="How many have it in their inbox.")
    made_at: datetime

    @classmethod
    def of(cls, one: model.Broadcast) -> Broadcast:
        ref = one.template
        return cls(
            id=global_id("Broadcast", one.id),
            title=one.title,
            state=one.state,
            template=TemplateVersion(code=ref.code, version=ref.version, organisation=ref.owner),
            urgency=one.urgency,
            pace=one.pace,
            total=one.total,
            sent=one.sent,
            made_at=one.made_at,
        )


@strawberry.type
class BroadcastEstimate:
    people: int
    seconds: float = strawberry.field(description="At that pace.")

    @classmethod
    def of(cls, estimate: model.Estimate) -> BroadcastEstimate:
        return cls(people=estimate.people, seconds=estimate.duration.total_seconds())


@strawberry.type
class BroadcastChanged:
    broadcast: Broadcast


@outcome(errors.BroadcastUnknown)
@strawberry.type
class BroadcastUnknown(UserError):
    pass


@outcome(errors.BroadcastInOtherState)
@strawberry.type
class BroadcastInOtherState(UserError):
    state: str


@outcome(errors.AudienceEmpty)
@strawberry.type
class AudienceEmpty(UserError):
    pass


@outcome(errors.AudienceInvalid)
@strawberry.type
class AudienceInvalid(UserError):
    part: str


@outcome(errors.AudienceTooWide)
@strawberry.type
class AudienceTooWide(UserError):
    pass


@outcome(errors.PaceInvalid)
@strawberry.type
class PaceInvalid(UserError):
    most: int
