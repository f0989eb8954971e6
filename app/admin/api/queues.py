"""Queues of the city's venues as they stand, how long people wait, and how good the estimates are."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import Query

from app.admin.api.desk import ANY, OPERATORS, After, Body, Desk, First, Id, Key, Reply, Rows, allowed, desk_router
from app.core.paging import PageRequest
from app.core.said import Said
from app.domains.appointments.contracts.model import Team
from app.domains.appointments.hall.counters.model import Counter
from app.domains.appointments.hall.queues.model import Line, Queue
from app.domains.appointments.hall.waits.model import Figures

router = desk_router("queues")
Day = Annotated[date | None, Query(description="Of the city's calendar; today when left out.")]


class Words(Reply):
    zh: str
    en: str


class QueueShown(Reply):
    """A queue on a day. `closed`: it gives no more numbers that day."""

    queue: str
    venue: str
    organisation: str
    letter: str
    name: Words
    day: date
    issued: int
    walk_ins: int
    calls: int
    closed: bool

    @classmethod
    def of(cls, queue: Queue, line: Line) -> QueueShown:
        return cls(
            queue=queue.id,
            venue=queue.venue,
            organisation=queue.organisation,
            letter=queue.letter,
            name=_words(queue.name),
            day=line.day,
            issued=line.issued,
            walk_ins=line.walk_ins,
            calls=line.calls,
            closed=line.closed,
        )


class FiguresShown(Reply):
    """Times in seconds, null where there is nothing to say. `error`: the median of how far the estimates people were
    given were off, whichever way; `bias`: the mean of the actual wait less the estimate.
    """

    issued: int
    waiting: int
    called: int
    served: int
    no_shows: int
    left: int
    closed: int
    mean_wait: float | None
    longest_wait: int | None
    mean_service: float | None
    estimated: int
    error: float | None
    bias: float | None


class CounterShown(Reply):
    id: str
    queues: list[str]
    serving: str | None
    called_at: datetime | None
    opened_at: datetime


class QueueDay(Reply):
    """`figures` are null when nobody came that day; `counters` are those open now."""

    queue: QueueShown
    figures: FiguresShown | None
    counters: list[CounterShown]


class Opening(Body):
    open: bool


class TeamShown(Reply):
    """A team of family doctors. `signed` of `capacity` places are taken."""

    id: str
    venue: str
    organisation: str
    name: Words
    capacity: int
    signed: int


@router.get("/queues")
async def queues(
    desk: Annotated[Desk, allowed("list", *ANY)], day: Day = None, first: First = 20, after: After = None
) -> Rows[QueueShown]:
    """Queues that somebody came to on that day, by venue and letter."""
    waits = desk.services.appointments.waits
    page = await waits.of_day(day or waits.today, PageRequest.of(first, after))
    return Rows[QueueShown].of(page, lambda row: QueueShown.of(*row), key=lambda row: str(row[1].id))


@router.get("/queues/{queue}")
async def queue(queue: Id, desk: Annotated[Desk, allowed("read", *ANY)], day: Day = None) -> QueueDay:
    """One of them, with its figures."""
    rooms = desk.services.appointments
    found = await rooms.queues.own(desk.viewer, queue)
    line, seen = await rooms.waits.line_and_figures(found, day or rooms.waits.today)
    counters = [one for one in await rooms.counters.open_at(found.venue) if found.id in one.queues]
    return QueueDay(
        queue=QueueShown.of(found, line),
        figures=_figures(seen),
        counters=[_counter(one) for one in counters],
    )


@router.put("/queues/{queue}/opening")
async def opening(queue: Id, body: Opening, key: Key, desk: Annotated[Desk, allowed("open", *OPERATORS)]) -> QueueShown:
    """Give numbers today, or no more of them; whoever waits is called still."""
    rooms = desk.services.appointments
    line = await rooms.queues.set_open(desk.viewer, queue, body.open, key)
    return QueueShown.of(await rooms.queues.own(desk.viewer, queue), line)


@router.get("/family-doctor-teams")
async def teams(
    desk: Annotated[Desk, allowed("list_teams", *ANY)], first: First = 20, after: After = None
) -> Rows[TeamShown]:
    """Teams of family doctors, and how many people each looks after."""
    page = await desk.services.appointments.contracts.teams_of_city(PageRequest.of(first, after))
    return Rows[TeamShown].of(page, _team)


def _words(said: Said) -> Words:
    return Words(zh=said.zh, en=said.en)


def _figures(figures: Figures | None) -> FiguresShown | None:
    return FiguresShown.model_validate(figures) if figures else None


def _counter(counter: Counter) -> CounterShown:
    return CounterShown(
        id=counter.id,
        queues=list(counter.queues),
        serving=counter.number,
        called_at=counter.called_at,
        opened_at=counter.opened_at,
    )


def _team(team: Team) -> TeamShown:
    return TeamShown(
        id=team.id,
        venue=team.venue,
        organisation=team.organisation,
        name=_words(team.name),
        capacity=team.capacity,
        signed=team.signed,
    )
