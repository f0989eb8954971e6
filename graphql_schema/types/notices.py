"""What a provider tells single citizens."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.core.errors import BadInput
from graphql_schema.endpoint.outcomes import UserError, outcome
from graphql_schema.types.common import Node, global_id, key_of
from graphql_schema.types.messages import TemplateVersion
from notifications.deliveries.model import ChannelName, DeliveryState
from notifications.notices import errors, model
from notifications.notices.service import Sent
from notifications.preferences.model import Urgency
from notifications.templates import errors as template_errors


@strawberry.input(
    one_of=True,
    description="By a look-up of your own of the last 90 days, or by the number of the card that was shown to you.",
)
class NoticeRecipient:
    verification_id: strawberry.ID | None = strawberry.UNSET
    card_number: str | None = strawberry.UNSET

    def parsed(self) -> model.Recipient:
        if self.verification_id:
            return model.Recipient(verification=key_of(self.verification_id, "Disclosure"))
        if not self.card_number or len(self.card_number) > 40:
            raise BadInput(field="cardNumber")
        return model.Recipient(card_number=self.card_number)


@strawberry.input(description="What is filled in for a placeholder of the template.")
class NoticeFact:
    name: str
    value: str


@strawberry.type(description="A message of yours to one citizen. Who it is, only the city knows.")
class Notice(Node):
    template: TemplateVersion
    urgency: Urgency
    at: datetime
    withdrawn_at: datetime | None

    @classmethod
    def of(cls, notice: model.Notice) -> Notice:
        ref = notice.template
        return cls(
            id=global_id("Notice", notice.id),
            template=TemplateVersion(code=ref.code, version=ref.version, organisation=ref.owner),
            urgency=notice.urgency,
            at=notice.at,
            withdrawn_at=notice.withdrawn_at,
        )


@strawberry.type(
    name="NoticeDelivery",
    description="How far it came to the person over one channel, and when first. At which phones, only the city knows.",
)
class Reached:
    channel: ChannelName
    state: DeliveryState
    at: datetime
    delivered_at: datetime | None
    read_at: datetime | None
    bounced_at: datetime | None

    @classmethod
    def of(cls, reached: model.Reached) -> Reached:
        return cls(
            channel=reached.channel,
            state=reached.state,
            at=reached.at,
            delivered_at=reached.delivered_at,
            read_at=reached.read_at,
            bounced_at=reached.bounced_at,
        )


@strawberry.type
class NoticeReport:
    notice: Notice
    deliveries: list[Reached] = strawberry.field(
        description="Over each channel; empty as long as, or when, none was to be rung. The inbox has it anyway."
    )

    @classmethod
    def of(cls, sent: Sent) -> NoticeReport:
        return cls(notice=Notice.of(sent.notice), deliveries=[Reached.of(one) for one in sent.reached])


@strawberry.type
class NoticeSent:
    notice: Notice


@strawberry.type
class NoticeWithdrawn:
    notice: Notice


@outcome(errors.RecipientUnknown)
@strawberry.type(description="Nobody of that kind whom you may write to: which of the two is not said.")
class RecipientUnknown(UserError):
    pass


@outcome(errors.NoticeUnknown)
@strawberry.type
class NoticeUnknown(UserError):
    pass


@outcome(template_errors.TemplateNotApproved)
@strawberry.type(description="The desk has approved no version of it (or it was withdrawn).")
class TemplateNotApproved(UserError):
    pass


@outcome(template_errors.FactMissing)
@strawberry.type
class FactMissing(UserError):
    fact: str


@outcome(template_errors.FactUnknown)
@strawberry.type
class FactUnknown(UserError):
    fact: str


@outcome(template_errors.FactUnfit)
@strawberry.type(description="Not of the declared kind, too long, or with line breaks or control characters.")
class FactUnfit(UserError):
    fact: str
    kind: str
