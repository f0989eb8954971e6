"""Named errors of houses of culture and their events."""

from __future__ import annotations

import strawberry

from app.domains.life.culture.events import errors as events
from app.domains.life.culture.events.model import CultureEventState
from app.domains.life.culture.venues import errors as venues
from graphql_schema.endpoint.outcomes import UserError, outcome

strawberry.enum(CultureEventState)


@outcome(venues.CultureVenueUnknown)
@strawberry.type(description="No such house, or not one of yours.")
class CultureVenueUnknown(UserError):
    pass


@outcome(venues.CultureInvalid)
@strawberry.type(description="`field` is missing, or cannot be so.")
class CultureInvalid(UserError):
    field: str


@outcome(venues.HallUnknown)
@strawberry.type(description="The house has no such hall.")
class HallUnknown(UserError):
    pass


@outcome(events.CultureEventUnknown)
@strawberry.type(description="No such event, or not one of yours.")
class CultureEventUnknown(UserError):
    pass


@outcome(events.CultureEventNotDraft, state=CultureEventState)
@strawberry.type(description="People rely on what it says: it is not rewritten.")
class CultureEventNotDraft(UserError):
    state: CultureEventState


@outcome(events.CultureEventOver)
@strawberry.type(description="It was cancelled, or is over.")
class CultureEventOver(UserError):
    pass


@outcome(events.CultureEventEmpty)
@strawberry.type(description="Without a session to come nobody can come.")
class CultureEventEmpty(UserError):
    pass


@outcome(events.EventSessionUnknown)
@strawberry.type(description="No such session, or not one of yours.")
class EventSessionUnknown(UserError):
    pass


@outcome(events.EventSessionOver)
@strawberry.type(description="It has begun, is over or was cancelled.")
class EventSessionOver(UserError):
    pass


@outcome(events.EventSessionsFull)
@strawberry.type(description="An event has so many sessions at most.")
class EventSessionsFull(UserError):
    most: int


@outcome(events.HallBusy)
@strawberry.type(description="Another session is in this hall then.")
class HallBusy(UserError):
    pass
