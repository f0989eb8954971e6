"""Venues as they are used, who is blocked from booking, and the appeals that the desk answers."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import Query
from pydantic import Field

from app.admin.api.desk import ANY, OPERATORS, After, Body, Desk, First, Id, Key, Reply, Rows, allowed, desk_router
from app.core.clock import civil_day
from app.core.paging import PageRequest
from app.domains.appointments.booking.blocks.model import AppealState
from app.domains.appointments.times.rosters.service import DayUse
from app.domains.appointments.times.venues.model import Venue, VenueKind

router = desk_router("appointments")
Day = Annotated[date | None, Query(description="Of the city's calendar; today when left out.")]


class VenueShown(Reply):
    id: str
    organisation: str
    kind: VenueKind
    name: str
    name_en: str
    resources: int
    services: int
    test: bool
    active: bool


class DayUseShown(Reply):
    """`seats` there are on a day and how many are `free`; bookings by their state (`no_show` among them)."""

    day: date
    seats: int
    free: int
    states: dict[str, int]

    @classmethod
    def of(cls, use: DayUse) -> DayUseShown:
        return cls(day=use.day, seats=use.seats, free=use.free, states=dict(use.states))


class BlockedShown(Reply):
    citizen: str
    blocked_until: datetime | None


class AppealShown(Reply):
    """The words are null in lists."""

    id: str
    citizen: str
    state: AppealState
    at: datetime
    blocked_until: datetime
    reason: str | None
    answer: str | None
    settled_at: datetime | None
    settled_by: str | None


class AppealAnswer(Body):
    """What the citizen is answered. Granting lifts the block and begins the count anew."""

    grant: bool
    answer: str = Field(min_length=2, max_length=500)


@router.get("/venues")
async def venues(desk: Annotated[Desk, allowed("list_venues", *ANY)]) -> list[VenueShown]:
    """All of them, by id; a city has some hundreds."""
    rooms = desk.services.appointments
    return [_venue(desk, venue) for venue in rooms.rosters.venues()]


@router.get("/venues/{venue}/use")
async def use(
    venue: Id,
    desk: Annotated[Desk, allowed("read_use", *ANY)],
    day: Day = None,
    days: Annotated[int, Query(ge=1, le=31)] = 7,
) -> list[DayUseShown]:
    """How full it is from that day on, and what became of its bookings."""
    first = day or civil_day(desk.city.clock.now())
    found = await desk.services.appointments.rosters.use_of(venue, first, first + timedelta(days=days - 1))
    return [DayUseShown.of(one) for one in found]


@router.get("/booking-blocks")
async def blocked(
    desk: Annotated[Desk, allowed("list_blocks", *ANY)], first: First = 20, after: After = None
) -> Rows[BlockedShown]:
    """Who was blocked for not coming, and until when."""
    page = await desk.services.appointments.blocks.blocked(PageRequest.of(first, after))
    return Rows[BlockedShown].of(page, BlockedShown.model_validate, key=lambda diary: str(diary.citizen))


@router.get("/booking-appeals")
async def appeals(
    desk: Annotated[Desk, allowed("list_appeals", *ANY)],
    state: AppealState = AppealState.OPEN,
    first: First = 20,
    after: After = None,
) -> Rows[AppealShown]:
    """Appeals in this state, newest first, without their words."""
    page = await desk.services.appointments.blocks.waiting(state, PageRequest.of(first, after))
    return Rows[AppealShown].of(page, AppealShown.model_validate)


@router.get("/booking-appeals/{appeal}")
async def appeal(appeal: Id, desk: Annotated[Desk, allowed("read_appeal", *OPERATORS)]) -> AppealShown:
    """With what the citizen wrote."""
    return AppealShown.model_validate(await desk.services.appointments.blocks.one(appeal))


@router.post("/booking-appeals/{appeal}/answers")
async def answer(
    appeal: Id, body: AppealAnswer, key: Key, desk: Annotated[Desk, allowed("answer_appeal", *OPERATORS)]
) -> AppealShown:
    """Grant it or refuse it; the citizen is told."""
    state = AppealState.GRANTED if body.grant else AppealState.REFUSED
    settled = await desk.services.appointments.blocks.answer(desk.viewer, appeal, state, body.answer, key)
    return AppealShown.model_validate(settled)


def _venue(desk: Desk, venue: Venue) -> VenueShown:
    directory = desk.services.appointments.venues.directory
    return VenueShown(
        id=venue.id,
        organisation=venue.organisation,
        kind=venue.kind,
        name=venue.name.zh,
        name_en=venue.name.en,
        resources=len(directory.resources_of(venue.id)),
        services=len(directory.services_of(venue.id)),
        test=venue.test,
        active=venue.active,
    )
