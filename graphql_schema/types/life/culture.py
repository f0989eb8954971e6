"""Houses of culture, events and their sessions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import strawberry

from app.core.money import Money as Sum
from app.core.said import Said
from app.domains.life.culture.events import model as events
from app.domains.life.culture.events.finding.model import NEAR, Sought
from app.domains.life.culture.events.model import (
    CultureEventKind,
    CultureEventState,
    EventSessionState,
    NewSession,
    Profile,
)
from app.domains.life.culture.events.service import Programme
from app.domains.life.culture.tickets.model import Sold
from app.domains.life.culture.venues import model as venues
from app.domains.life.culture.venues.errors import CultureInvalid
from app.domains.life.culture.venues.model import CultureVenueKind
from graphql_schema.types.common import Money, global_id, key_of
from graphql_schema.types.government.catalogue import SaidInput
from graphql_schema.types.payment.money import MoneyInput
from graphql_schema.types.places import Position, PositionInput

strawberry.enum(CultureVenueKind)
strawberry.enum(CultureEventKind)
strawberry.enum(EventSessionState)


@strawberry.type(description="So many seats, numbered from 1: `C-1` is the first one of row C.")
class SeatRow:
    label: str
    seats: int


@strawberry.type(description="A hall; without rows, its seats have no numbers.")
class CultureHall:
    code: str
    name: str
    rows: list[SeatRow]
    capacity: int

    @classmethod
    def of(cls, hall: venues.Hall, locale: str) -> CultureHall:
        rows = [SeatRow(label=row.label, seats=row.seats) for row in hall.rows]
        return cls(code=hall.code, name=hall.name.within(locale), rows=rows, capacity=hall.capacity)


@strawberry.type(description="A museum, a theatre, a gymnasium, a branch of the library.")
class CultureVenue:
    id: strawberry.ID
    kind: CultureVenueKind
    name: str
    address: str
    place: Position
    hours: str
    words: str
    phone: str
    halls: list[CultureHall]

    @classmethod
    def of(cls, one: venues.CultureVenue, locale: str) -> CultureVenue:
        return cls(
            id=global_id("CultureVenue", one.id),
            kind=one.kind,
            name=one.name.within(locale),
            address=one.address.within(locale),
            place=Position.of(one.point),
            hours=one.hours.within(locale),
            words=one.words.within(locale),
            phone=one.phone,
            halls=[CultureHall.of(hall, locale) for hall in one.halls],
        )


@strawberry.type(description="One time of an event, in one hall.")
class EventSession:
    id: strawberry.ID
    venue: CultureVenue | None
    hall: str
    starts_at: datetime
    ends_at: datetime
    state: EventSessionState
    numbered: bool = strawberry.field(description="Seats are chosen; otherwise one sits or stands anywhere.")
    room: int
    moved_from: datetime | None = strawberry.field(description="When it was to begin before it was moved.")
    reason: str = strawberry.field(description="Why it was moved or cancelled; empty otherwise.")

    @classmethod
    def of(cls, one: events.EventSession, houses: Mapping[str, venues.CultureVenue], locale: str) -> EventSession:
        house = houses.get(one.venue)
        hall = next((h for h in house.halls if h.code == one.hall), None) if house else None
        return cls(
            id=global_id("EventSession", one.id),
            venue=CultureVenue.of(house, locale) if house else None,
            hall=hall.name.within(locale) if hall else one.hall,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            state=one.state,
            numbered=one.numbered,
            room=one.room,
            moved_from=one.moved_from,
            reason=one.reason,
        )


@strawberry.type(description="What is on: a play, an exhibition, a match.")
class CultureEvent:
    id: strawberry.ID
    kind: CultureEventKind
    name: str
    words: str
    state: CultureEventState
    price: Money | None = strawberry.field(description="Of one ticket; null when it is free.")
    per_person: int = strawberry.field(description="So many tickets one person has at most.")
    return_hours: int = strawberry.field(description="Tickets can be returned until so many hours before it begins.")
    reason: str = strawberry.field(description="Why it was cancelled; empty otherwise.")
    sessions: list[EventSession]
    metres: int | None = strawberry.field(description="From the place that was named, to the nearest house.")

    @classmethod
    def of(cls, found: Programme, locale: str) -> CultureEvent:
        event = found.event
        profile = event.profile
        return cls(
            id=global_id("CultureEvent", event.id),
            kind=profile.kind,
            name=profile.name.within(locale),
            words=profile.words.within(locale),
            state=event.state,
            price=Money.of(Sum(profile.fen)) if profile.fen else None,
            per_person=profile.per_person,
            return_hours=profile.return_hours,
            reason=event.reason,
            sessions=[EventSession.of(one, found.venues, locale) for one in found.sessions],
            metres=found.metres,
        )


@strawberry.input(
    description="Words of its names and houses; from `day` on until `until` (that day alone when it is left out, "
    "31 days at most); within so many metres of a place (100 to 10,000)."
)
class CultureEventsSought:
    words: str | None = None
    day: date | None = None
    until: date | None = None
    near: PositionInput | None = None
    metres: int | None = None

    def parsed(self, kind: CultureEventKind | None) -> Sought:
        """Raises BadInput."""
        near = self.near.sought("near") if self.near else None
        metres = NEAR if self.metres is None else self.metres
        return Sought(kind, self.words or "", self.day, self.until, near, metres)


@strawberry.type(description="What can still be had of a session.")
class SessionPlaces:
    session_id: strawberry.ID
    free: int
    numbered: bool
    rows: list[SeatRow] = strawberry.field(description="Of the hall; empty where seats have no numbers.")
    taken: list[str] = strawberry.field(description="Seats that somebody holds.")


@strawberry.type(description="How a session sells.")
class SessionSales:
    session_id: strawberry.ID
    room: int
    good: int = strawberry.field(description="Tickets that are good or were used.")
    used: int = strawberry.field(description="Who came in.")
    held: int = strawberry.field(description="Held until they are paid.")
    waiting: int = strawberry.field(description="So many people wait for what comes free.")
    taken: Money = strawberry.field(description="What the good ones cost together.")

    @classmethod
    def of(cls, session: events.EventSession, sold: Sold) -> SessionSales:
        return cls(
            session_id=global_id("EventSession", session.id),
            room=session.room,
            good=sold.good,
            used=sold.used,
            held=sold.held,
            waiting=sold.waiting,
            taken=Money.of(Sum(sold.fen)),
        )


@strawberry.type(description="An event of yours, and how its sessions sell.")
class StagedEvent:
    event: CultureEvent
    sales: list[SessionSales]

    @classmethod
    def of(cls, found: Programme, sold: Mapping[str, Sold], locale: str) -> StagedEvent:
        sales = [SessionSales.of(one, sold.get(one.id, Sold())) for one in found.sessions]
        return cls(event=CultureEvent.of(found, locale), sales=sales)


@strawberry.input(description="Without a price it is free.")
class CultureEventInput:
    kind: CultureEventKind
    name: SaidInput
    words: SaidInput | None = None
    price: MoneyInput | None = None
    per_person: int = 4
    return_hours: int = 24

    def parsed(self) -> Profile:
        """Raises AmountInvalid, CultureInvalid."""
        price = self.price.read() if self.price else Sum(0)
        if price.currency is not Sum(0).currency:
            raise CultureInvalid("price")
        words = Said(self.words.zh, self.words.en) if self.words else Said("")
        name = Said(self.name.zh, self.name.en)
        return Profile(self.kind, name, words, price.fen, self.per_person, self.return_hours)


@strawberry.input(description="`room`: fewer than the hall takes, where seats have no numbers.")
class EventSessionInput:
    venue_id: strawberry.ID
    hall: str
    starts_at: datetime
    ends_at: datetime
    room: int | None = None

    def parsed(self) -> NewSession:
        """Raises BadInput."""
        venue = key_of(self.venue_id, "CultureVenue")
        return NewSession(venue, self.hall, self.starts_at, self.ends_at, self.room)


@strawberry.type
class CultureEventKept:
    staged: StagedEvent
