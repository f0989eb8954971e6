"""Houses of culture, what is on and how it sells, sights and routes: not who bought what, nor what is read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.admin.api.desk import ANY, OPERATORS, After, Body, Desk, First, Id, Reply, Rows, allowed, desk_router
from app.core.ids import new_id
from app.core.paging import PageRequest
from app.core.places.model import Point
from app.core.said import Said
from app.domains.life.culture.events.errors import CultureEventUnknown
from app.domains.life.culture.events.model import CultureEvent, CultureEventState
from app.domains.life.culture.tickets.model import Run, Sold
from app.domains.life.culture.tourism.errors import SightUnknown
from app.domains.life.culture.tourism.model import DayRoute, Sight
from app.domains.life.culture.tourism.service import SeenSight
from app.domains.life.culture.venues.model import CultureVenue, CultureVenueKind, Hall, SeatRow
from app.domains.life.directory.hours.notation import parsed_hours, written_hours

router = desk_router("culture")


class Words(Body):
    zh: str = Field(min_length=1, max_length=2_000)
    en: str = Field(default="", max_length=4_000)

    def said(self) -> Said:
        return Said(self.zh, self.en)


class Place(Body):
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)


class RowWritten(Body):
    label: str = Field(min_length=1, max_length=3)
    seats: int = Field(ge=1, le=80)


class HallWritten(Body):
    """With `rows` its seats are numbered; without, `room` is how many it takes."""

    code: str = Field(min_length=1, max_length=40)
    name: Words
    rows: list[RowWritten] = Field(default_factory=list, max_length=60)
    room: int = Field(default=0, ge=0, le=5_000)


class VenueWritten(Body):
    organisation: str = Field(min_length=1, max_length=80)
    kind: CultureVenueKind
    name: Words
    address: Words
    place: Place
    halls: list[HallWritten] = Field(min_length=1, max_length=20)
    hours: Words | None = None
    words: Words | None = None
    phone: str = Field(default="", max_length=20)
    active: bool = True


class VenueShown(Reply):
    id: str
    organisation: str
    kind: CultureVenueKind
    name: str
    halls: dict[str, int]
    active: bool


class EventShown(Reply):
    """`fen` for a ticket."""

    id: str
    organisation: str
    kind: str
    name: str
    state: CultureEventState
    fen: int
    ends_at: datetime | None


class SessionShown(Reply):
    """How a session sells: `good` tickets, of which so many were `used`; so many people are `waiting`."""

    id: str
    venue: str
    hall: str
    starts_at: datetime
    ends_at: datetime
    state: str
    room: int
    good: int
    used: int
    held: int
    waiting: int
    fen: int


class RunShown(Reply):
    """What is done for all who hold tickets: `told` so many, who get `fen` back together."""

    id: str
    event: str
    session: str
    kind: str
    at: datetime
    told: int
    fen: int
    done_at: datetime | None


class EventDetail(EventShown):
    sessions: list[SessionShown]
    runs: list[RunShown]


class SightWritten(Body):
    """`hours` in the notation of docs/life.md; `room`: as many as may be there at a time."""

    organisation: str = Field(min_length=1, max_length=80)
    name: Words
    address: Words
    place: Place
    hours: str = Field(default="", max_length=2_000)
    room: int = Field(ge=1, le=500_000)
    words: Words | None = None
    minutes: int = Field(default=60, ge=10, le=600)
    fen: int | None = Field(default=None, ge=0, le=500_000)
    phone: str = Field(default="", max_length=20)
    rank: int = Field(default=0, ge=0, le=1_000)
    active: bool = True


class SightShown(Reply):
    id: str
    organisation: str
    name: str
    hours: str
    room: int
    level: str
    people: int | None
    counted_at: datetime | None
    active: bool


class SightsShown(Reply):
    items: list[SightShown]


class RouteWritten(Body):
    name: Words
    words: Words | None = None
    stops: list[str] = Field(min_length=2, max_length=12)
    rank: int = Field(default=0, ge=0, le=1_000)
    active: bool = True


class RouteShown(Reply):
    id: str
    name: str
    stops: list[str]
    active: bool


class RoutesShown(Reply):
    items: list[RouteShown]


class LibraryShown(Reply):
    """Whether there is one to ask, and how many readers' cards are bound, about. What is read is not known here."""

    there: bool
    bound: int


@router.get("/culture/venues")
async def venues(
    desk: Annotated[Desk, allowed("venues", *ANY)], first: First = 20, after: After = None
) -> Rows[VenueShown]:
    """By their codes."""
    page = await desk.services.life.culture.venues.listed(PageRequest.of(first, after))
    return Rows[VenueShown].of(page, _venue)


@router.put("/culture/venues/{code}")
async def put_venue(
    code: Id, body: VenueWritten, desk: Annotated[Desk, allowed("put_venue", *OPERATORS)]
) -> VenueShown:
    """Make it, or as it is to be from now on. Halls of sessions that are on keep their places. Repeating is safe."""
    venue = CultureVenue(
        code,
        body.organisation,
        body.kind,
        body.name.said(),
        body.address.said(),
        Point(body.place.latitude, body.place.longitude),
        tuple(_hall(one) for one in body.halls),
        body.hours.said() if body.hours else Said(""),
        body.words.said() if body.words else Said(""),
        body.phone,
        body.active,
    )
    return _venue(await desk.services.life.culture.venues.put(desk.viewer, venue, new_id()))


@router.get("/culture/events")
async def events(
    desk: Annotated[Desk, allowed("events", *ANY)],
    first: First = 20,
    after: After = None,
    state: CultureEventState | None = None,
) -> Rows[EventShown]:
    """Newest first; of all states when none is named."""
    page = await desk.services.life.culture.events.page(PageRequest.of(first, after), state)
    return Rows[EventShown].of(page, _event)


@router.get("/culture/events/{event}")
async def event(event: Id, desk: Annotated[Desk, allowed("event", *ANY)]) -> EventDetail:
    """With how its sessions sell, and what was done for who holds tickets."""
    culture = desk.services.life.culture
    found = await culture.events.any(event)
    if found is None:
        raise CultureEventUnknown
    sold = await culture.views.sold([one.id for one in found.sessions])
    sessions = []
    for one in found.sessions:
        sales = sold.get(one.id, Sold())
        sessions.append(
            SessionShown(
                id=one.id,
                venue=one.venue,
                hall=one.hall,
                starts_at=one.starts_at,
                ends_at=one.ends_at,
                state=one.state.value,
                room=one.room,
                good=sales.good,
                used=sales.used,
                held=sales.held,
                waiting=sales.waiting,
                fen=sales.fen,
            )
        )
    runs = [_run(one) for one in await culture.ending.runs_of(event)]
    return EventDetail(**_event(found.event).model_dump(), sessions=sessions, runs=runs)


@router.get("/culture/runs")
async def runs(desk: Annotated[Desk, allowed("runs", *ANY)], first: First = 20, after: After = None) -> Rows[RunShown]:
    """Refunds and messages after sessions were cancelled or moved, newest first."""
    page = await desk.services.life.culture.ending.runs(PageRequest.of(first, after))
    return Rows[RunShown].of(page, _run)


@router.get("/culture/sights")
async def sights(desk: Annotated[Desk, allowed("sights", *ANY)]) -> SightsShown:
    """All of them, with how crowded they are."""
    return SightsShown(items=[_sight(one) for one in await desk.services.life.culture.tourism.all()])


@router.put("/culture/sights/{code}")
async def put_sight(
    code: Id, body: SightWritten, desk: Annotated[Desk, allowed("put_sight", *OPERATORS)]
) -> SightShown:
    """Make it, or as it is to be from now on. Repeating is safe."""
    tourism = desk.services.life.culture.tourism
    sight = Sight(
        code,
        body.organisation,
        body.name.said(),
        body.address.said(),
        Point(body.place.latitude, body.place.longitude),
        parsed_hours(body.hours),
        body.room,
        body.words.said() if body.words else Said(""),
        body.minutes,
        body.fen,
        body.phone,
        body.rank,
        body.active,
    )
    await tourism.put(desk.viewer, sight, new_id())
    kept = await tourism.any(code)
    if kept is None:
        raise SightUnknown
    return _sight(kept)


@router.get("/culture/routes")
async def routes(desk: Annotated[Desk, allowed("routes", *ANY)]) -> RoutesShown:
    found = await desk.services.life.culture.tourism.all_routes()
    return RoutesShown(items=[_route(one) for one in found])


@router.put("/culture/routes/{code}")
async def put_route(
    code: Id, body: RouteWritten, desk: Annotated[Desk, allowed("put_route", *OPERATORS)]
) -> RouteShown:
    """Make it, or as it is to be from now on. Repeating is safe."""
    words = body.words.said() if body.words else Said("")
    route = DayRoute(code, body.name.said(), tuple(body.stops), words, body.rank, body.active)
    return _route(await desk.services.life.culture.tourism.put_route(desk.viewer, route, new_id()))


@router.get("/culture/library")
async def library(desk: Annotated[Desk, allowed("library", *ANY)]) -> LibraryShown:
    found = desk.services.life.culture.library
    return LibraryShown(there=found.there, bound=await found.bound())


def _hall(one: HallWritten) -> Hall:
    return Hall(one.code, one.name.said(), tuple(SeatRow(row.label, row.seats) for row in one.rows), one.room)


def _venue(one: CultureVenue) -> VenueShown:
    halls = {hall.code: hall.capacity for hall in one.halls}
    return VenueShown(
        id=one.id, organisation=one.organisation, kind=one.kind, name=one.name.zh, halls=halls, active=one.active
    )


def _event(one: CultureEvent) -> EventShown:
    return EventShown(
        id=one.id,
        organisation=one.organisation,
        kind=one.profile.kind.value,
        name=one.profile.name.zh,
        state=one.state,
        fen=one.profile.fen,
        ends_at=one.ends_at,
    )


def _run(one: Run) -> RunShown:
    return RunShown(
        id=one.id,
        event=one.event,
        session=one.session,
        kind=one.kind.value,
        at=one.at,
        told=one.told,
        fen=one.fen,
        done_at=one.done_at,
    )


def _sight(seen: SeenSight) -> SightShown:
    one = seen.sight
    return SightShown(
        id=one.id,
        organisation=one.organisation,
        name=one.name.zh,
        hours=written_hours(one.hours),
        room=one.room,
        level=seen.level.value,
        people=seen.crowd.people if seen.crowd else None,
        counted_at=seen.crowd.at if seen.crowd else None,
        active=one.active,
    )


def _route(one: DayRoute) -> RouteShown:
    return RouteShown(id=one.id, name=one.name.zh, stops=list(one.stops), active=one.active)
