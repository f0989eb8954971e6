"""Waiting for tickets of a session that is sold out."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.core.money import Money as Sum
from app.domains.life.culture.waiting import errors as waiting
from app.domains.life.culture.waiting.model import WaitState
from app.domains.life.culture.waiting.service import SeenWait
from graphql_schema.endpoint.outcomes import UserError, outcome
from graphql_schema.types.common import Money, global_id
from graphql_schema.types.life.culture import CultureVenue

strawberry.enum(WaitState, name="EventWaitState")


@strawberry.type(description="Somebody's place on the waiting list of a session.")
class EventWait:
    id: strawberry.ID
    event_id: strawberry.ID
    event: str = strawberry.field(description="How it is called.")
    session_id: strawberry.ID
    venue: CultureVenue | None
    hall: str
    starts_at: datetime | None
    count: int = strawberry.field(description="So many tickets, together.")
    state: WaitState
    ahead: int = strawberry.field(description="So many are before; a thousand at most.")
    places: list[str] = strawberry.field(description="What is kept, while it is offered.")
    until: datetime | None = strawberry.field(description="Until then it is kept.")
    total: Money | None = strawberry.field(description="What they cost when they are taken; null when they are free.")
    purchase_id: strawberry.ID | None = strawberry.field(description="What was made of it.")
    since: datetime

    @classmethod
    def of(cls, seen: SeenWait, locale: str) -> EventWait:
        one, session, event = seen.wait, seen.session, seen.event
        hall = next((h for h in seen.venue.halls if session and h.code == session.hall), None) if seen.venue else None
        fen = event.profile.fen * one.count if event else 0
        return cls(
            id=global_id("EventWait", one.id),
            event_id=global_id("CultureEvent", one.event),
            event=event.profile.name.within(locale) if event else "",
            session_id=global_id("EventSession", one.session),
            venue=CultureVenue.of(seen.venue, locale) if seen.venue else None,
            hall=hall.name.within(locale) if hall else "",
            starts_at=session.starts_at if session else None,
            count=one.count,
            state=one.state,
            ahead=seen.ahead,
            places=list(one.places),
            until=one.until,
            total=Money.of(Sum(fen)) if fen else None,
            purchase_id=global_id("EventPurchase", one.purchase) if one.purchase else None,
            since=one.since,
        )


@strawberry.type
class EventWaitKept:
    wait: EventWait


@outcome(waiting.TicketsStillThere)
@strawberry.type(description="Nobody need wait: so many can be had now.")
class TicketsStillThere(UserError):
    left: int


@outcome(waiting.WaitingAlready)
@strawberry.type(description="One waits for this session already.")
class WaitingAlready(UserError):
    pass


@outcome(waiting.WaitingForTooMuch)
@strawberry.type(description="One person waits for so many sessions at most.")
class WaitingForTooMuch(UserError):
    most: int


@outcome(waiting.WaitUnknown)
@strawberry.type(description="No such place on a list, or not one's own.")
class WaitUnknown(UserError):
    pass


@outcome(waiting.WaitNotOpen, state=WaitState)
@strawberry.type(description="Nothing is offered there, or not any more.")
class WaitNotOpen(UserError):
    state: WaitState


@outcome(waiting.OfferOver)
@strawberry.type(description="It was kept until then, and is the next one's.")
class OfferOver(UserError):
    pass
