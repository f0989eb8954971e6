"""Queues of the seeded city: a letter for each service of a venue, and what this morning has brought so far.

The morning is made by the services themselves, on a clock that runs from opening until now; whoever waits in it holds
a number on paper, as people without a card do, so that nobody is told of it. Outside the hours there is no morning.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from itertools import count

from app.core.clock import CITY_TIME, civil_day
from app.core.idempotency import Call
from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.said import Said
from app.core.viewer import Role, Viewer
from app.domains.appointments.contracts.model import Team
from app.domains.appointments.hall.calls.service import CallService
from app.domains.appointments.hall.counters.service import CounterService
from app.domains.appointments.hall.counters.store import CounterStore
from app.domains.appointments.hall.queues.model import Hours, Queue
from app.domains.appointments.hall.queues.service import QueueService
from app.domains.appointments.hall.queues.store import LineStore, QueueStore
from app.domains.appointments.hall.tickets.model import Priority, TakenBy, Ticket
from app.domains.appointments.hall.tickets.service import TicketService, Wanted
from app.domains.appointments.hall.tickets.store import TicketStore
from app.domains.appointments.hall.turns.service import TurnService
from app.domains.appointments.times.venues.model import Resource, ResourceKind, Service, Venue, id_of
from app.seed.demo import Demo, Progress
from app.wiring import City

_SCOPE = "appointments"
_HOURS = Hours(time(8, 30), time(17, 30), (1, 2, 3, 4, 5, 6))
_ROUND_THE_CLOCK = Hours(time(0), time(23, 59, 59))
_LIVELY = ("city-hall.citizens-centre", "first-hospital.first-hospital")
_LOOKED_BACK = timedelta(minutes=90)
_WAITING = 6
_TEAMS = (
    ("mother-child-hospital", "gudong-vaccination", "gudong-team-1", ("鼓东第一家庭医生团队", "Gudong Team 1")),
    ("mother-child-hospital", "jinshan-vaccination", "jinshan-team-1", ("金山第一家庭医生团队", "Jinshan Team 1")),
)
_DOCTORS = (("gp-1", ("林静", "Lin Jing")), ("gp-2", ("陈立", "Chen Li")))


async def seed_queues(city: City, demo: Demo, say: Progress) -> None:
    """Queues for every venue, teams of family doctors, and a morning at two of them."""
    directory = city.services.appointments.venues.directory
    for venue in directory.venues.values():
        await _queues(city, venue, [one for one in directory.services.values() if one.venue == venue.id])
    for organisation, venue_code, code, name in _TEAMS:
        await _team(city, organisation, venue_code, code, Said(*name))
    for place in _LIVELY:
        if place in directory.venues:
            say(f"this morning at {directory.venues[place].name.zh}")
            await _Morning(city, directory.venues[place]).passes()


def _keeper(organisation: str) -> Viewer:
    return Viewer(role=Role.PROVIDER_CLIENT, actor="seed", organisation=organisation, scopes=frozenset({_SCOPE}))


async def _queues(city: City, venue: Venue, services: Sequence[Service]) -> None:
    queues, keeper = city.services.appointments.queues, _keeper(venue.organisation)
    made = [
        Queue(venue.id, venue.organisation, chr(ord("A") + n), service.name, (service.id,), _HOURS)
        for n, service in enumerate(sorted(services, key=lambda one: one.id)[:20])
    ]
    if venue.id == _LIVELY[0]:
        name = Said("24小时自助服务区", "Self-service, round the clock")
        made.append(Queue(venue.id, venue.organisation, "Z", name, (), _ROUND_THE_CLOCK))
    for queue in made:
        await queues.save(keeper, queue, new_id())


async def _team(city: City, organisation: str, venue_code: str, code: str, name: Said) -> None:
    rooms, keeper = city.services.appointments, _keeper(organisation)
    venue = id_of(organisation, venue_code, test=False)
    if venue not in rooms.venues.directory.venues:
        return
    doctors = []
    for doctor, words in _DOCTORS:
        made = id_of(organisation, f"{code}-{doctor}", test=False)
        title = Said("全科主治医师", "General practitioner")
        resource = Resource(made, venue, organisation, ResourceKind.DOCTOR, Said(*words), title=title)
        await rooms.venues.save_resource(keeper, resource, new_id())
        doctors.append(made)
    team = Team(id_of(organisation, code, test=False), venue, organisation, name, tuple(doctors))
    await rooms.contracts.save_team(keeper, team, new_id())


class _MorningClock:
    """Runs from one call to the next as far as it is told."""

    def __init__(self, now: datetime) -> None:
        self.at = now

    def now(self) -> datetime:
        return self.at


class _NobodyFollows:
    """A number on paper has no booking, and nobody's visit is counted by it."""

    async def ticket_moved(self, viewer: Viewer, ticket: Ticket, tx: Tx) -> None:
        pass


class _Morning:
    def __init__(self, city: City, venue: Venue) -> None:
        self._city = city
        self._venue = venue
        self._keeper = _keeper(venue.organisation)
        self._clock = _MorningClock(city.clock.now())
        db, once, audit, outbox = city.db, city.once, city.audit, city.outbox
        venues, clock, followed = city.services.appointments.venues, self._clock, _NobodyFollows()
        lines, store, counters = LineStore(db), TicketStore(db), CounterStore(db)
        self._lines = lines
        turns = TurnService(lines, store, counters, outbox, clock)
        self._queues = QueueService(QueueStore(db), lines, venues, audit, once, clock)
        self._tickets = TicketService(
            QueueStore(db), lines, store, turns, city.citizens, followed, city.changes, audit, once, clock
        )
        self._counters = CounterService(counters, self._queues, lines, store, venues, audit, once, clock)
        stores, desks = (counters, lines, store), self._counters
        self._calls = CallService(
            stores, desks, self._queues, self._tickets, turns, followed, outbox, audit, once, clock
        )

    async def passes(self) -> None:
        """The first two queues of the venue, from opening (or ninety minutes ago) until now."""
        now = self._city.clock.now()
        directory = self._city.services.appointments.venues.directory
        for queue in (await self._queues.of_venue(self._venue.id))[:2]:
            began = (await self._lines.on(queue, civil_day(now))).version > 0
            if queue.services and queue.hours.cover(now) and not began:
                desks = directory.services[queue.services[0]].resources[:2]
                await self._goes_on(queue, desks, now)

    async def _goes_on(self, queue: Queue, desks: Sequence[str], now: datetime) -> None:
        opened = now.astimezone(CITY_TIME).replace(hour=8, minute=30, second=0, microsecond=0).astimezone(now.tzinfo)
        self._clock.at = max(opened, now - _LOOKED_BACK)
        free = [desk for desk in desks if not await self._taken(desk)]
        for desk in free:
            await self._counters.open(self._keeper, desk, [queue.id], new_id())
        for n in count(1):
            if self._clock.at >= now - timedelta(minutes=4):
                break
            await self._draw(queue, Priority.AGE if n % 5 == 0 else None)
            if n > 2 and free:
                await self._served(free[n % len(free)])
            self._clock.at += timedelta(minutes=3, seconds=(n * 37) % 90)
        self._clock.at = now
        for _ in range(_WAITING):
            await self._draw(queue, None)

    async def _taken(self, desk: str) -> bool:
        return any(one.id == desk for one in await self._counters.open_at(self._venue.id))

    async def _draw(self, queue: Queue, attested: Priority | None) -> None:
        wanted = Wanted(TakenBy.KIOSK, service=next(iter(queue.services), None), attested=attested)
        call = Call.of(self._keeper, "drawNumber", new_id(), queue.id)
        await self._tickets.issue(self._keeper, queue, wanted, call)

    async def _served(self, desk: str) -> None:
        """Whoever was at the desk goes, and the next one comes."""
        if any(one.id == desk and one.number for one in await self._counters.open_at(self._venue.id)):
            await self._calls.mark_served(self._keeper, desk, new_id())
        await self._calls.call_next(self._keeper, desk, new_id())
