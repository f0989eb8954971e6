"""Five thousand times given out at once to two thousand people: bookings a second, nobody twice, who waits longest.

Everybody wants two times of the same service and tries for a time chosen by chance, then for what he is offered.
All go through the services of one process, as its API calls them, with an embedded database; so this is what one
process gives. Beside it, the two ways of guarding a seat that were weighed (docs/decisions/0026-appointments.md).
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import time as clock_time
from datetime import timedelta
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

from app.core.clock import civil_day
from app.core.errors import Outcome
from app.core.ids import new_id
from app.core.mongo import DuplicateKey, Tx
from app.core.said import Said
from app.core.viewer import Assurance, Role, Viewer
from app.domains.appointments.times.schedules.model import Release, Schedule, Window
from app.domains.appointments.times.slots.errors import SlotTaken
from app.domains.appointments.times.slots.model import Slot
from app.domains.appointments.times.venues.model import Place, Resource, ResourceKind, Service, Venue, VenueKind
from app.embedded import EmbeddedDatabase
from app.wiring import City, build
from benchmarks import bed
from benchmarks.bed import Row

_CLERK = Viewer(role=Role.PROVIDER_CLIENT, actor="c", organisation="bench", scopes=frozenset({"appointments"}))
_WANTED_EACH = 2
_AT_ONCE = 64
_RIVALS = 200


@dataclass
class _Seen:
    """`waits`: seconds of each hold that was answered; `tries` of each person; `got`: bookings of each."""

    waits: list[float] = field(default_factory=list)
    tries: Counter[str] = field(default_factory=Counter)
    got: Counter[str] = field(default_factory=Counter)
    ended: list[float] = field(default_factory=list)


async def releases(slots: int = 5_000, people: int = 2_000) -> list[Row]:
    with TemporaryDirectory(prefix="rong-slots-") as folder, EmbeddedDatabase(Path(folder)) as database:
        city = build(bed.settings_of(bed.settings_for(database.uri, "slots", Path(folder))))
        await city.start(follow=False)
        try:
            return [*await _rush(city, slots, people), *await _two_ways(city)]
        finally:
            await city.stop()


async def _rush(city: City, count: int, people: int) -> list[Row]:
    service, slots = await _open(city, count)
    seen, began = _Seen(), time.perf_counter()
    at_once = asyncio.Semaphore(_AT_ONCE)
    await asyncio.gather(*(_person(city, service, slots, seen, at_once) for _ in range(people)))
    lasted = time.perf_counter() - began
    booked = sum(seen.got.values())
    doubles, wrong = await _checked(city)
    cuts = quantiles(seen.waits, n=100)
    least, most = min(seen.got.values()), max(seen.got.values())
    name = f"{len(slots):,} times to {people:,} people"
    half = sorted(seen.ended)[people // 2]
    tries = max(seen.tries.values())
    return [
        (name, f"{booked:,} bookings in {lasted:.0f} s: {booked / lasted:,.0f} a second", "no double booking"),
        (f"{name}: double bookings, seats that do not add up", f"{doubles}, {wrong}", "0, 0"),
        (f"{name}: a hold, p50 and p99", f"{cuts[49] * 1000:.0f} ms, {cuts[98] * 1000:.0f} ms", ""),
        (f"{name}: bookings of a person, least and most", f"{least}, {most}; at most {tries} tries", "nobody starves"),
        (f"{name}: half had both after, the last after", f"{half:.0f} s, {seen.ended[-1]:.0f} s", ""),
    ]


async def _open(city: City, count: int) -> tuple[Service, list[Slot]]:
    """Ten counters whose week holds so many times on one day."""
    rooms, counters = city.services.appointments, count // 500 or 1
    venue = Venue("bench.v", "bench", VenueKind.HALL, Said("大厅"), Said("路"), Place(26, 119), works_on_holidays=True)
    await rooms.venues.save_venue(_CLERK, venue, new_id())
    resources = tuple(f"bench.c{n}" for n in range(counters))
    week = tuple(Window(day, clock_time(6), clock_time(22), 10, -(-count // (96 * counters))) for day in range(1, 8))
    for resource in resources:
        made = Resource(resource, venue.id, "bench", ResourceKind.COUNTER, Said("窗口"))
        await rooms.venues.save_resource(_CLERK, made, new_id())
        await rooms.schedules.save(_CLERK, Schedule(resource, week, Release(7)), new_id())
    service = Service("bench.s", venue.id, "bench", Said("办证"), resources)
    await rooms.venues.save_service(_CLERK, service, new_id())
    day = civil_day(city.clock.now()) + timedelta(days=2)
    return service, await rooms.slots.of_service(service, day, day)


async def _person(city: City, service: Service, slots: list[Slot], seen: _Seen, at_once: asyncio.Semaphore) -> None:
    id_, began = new_id(), time.perf_counter()
    viewer = Viewer(role=Role.CITIZEN, actor=id_, subject=id_, assurance=Assurance.REAL_NAME)
    rooms, wish, offered = city.services.appointments, random.choice(slots).id, list[str]()
    while seen.got[id_] < _WANTED_EACH:
        seen.tries[id_] += 1
        try:
            async with at_once:
                asked = time.perf_counter()
                held = await rooms.bookings.hold(viewer, service.id, wish, new_id())
                seen.waits.append(time.perf_counter() - asked)
                await rooms.payments.confirm(viewer, held.id, new_id())
            seen.got[id_] += 1
        except SlotTaken as taken:
            offered = [slot.id for slot in taken.alternatives]
        except Outcome:  # two of his times overlap: another
            offered = []
        wish = random.choice(offered) if offered else random.choice(slots).id
    seen.ended.append(time.perf_counter() - began)


async def _checked(city: City) -> tuple[int, int]:
    """Double bookings (more booked than a slot has seats), and slots whose seats do not add up."""
    doubles = wrong = 0
    async for row in city.db["appointment_slots"].find({}):
        booked = await city.db["bookings"].count_documents({"slot": row["_id"], "state": "booked"})
        doubles += max(0, booked - row["capacity"])
        wrong += row["free"] < 0 or row["free"] + len(row["seats"]) != row["capacity"] or booked != len(row["seats"])
    return doubles, wrong


async def _two_ways(city: City) -> list[Row]:
    """Rivals for the fifty seats of one slot, each way in a transaction with one more row, as a booking has."""
    by_count = await _rivals(city, _by_count)
    by_seat = await _rivals(city, _by_seat)
    said = f"{by_count:.2f} s by one update (`free > 0`), {by_seat:.2f} s by one row a seat"
    return [(f"{_RIVALS} rivals for 50 seats of one slot", said, "the first")]


async def _rivals(city: City, take: Callable[[City, str], Awaitable[bool]]) -> float:
    await city.db["appointment_slots"].update_one({"_id": "rival"}, {"$set": {"free": 50, "seats": {}}}, upsert=True)
    began = time.perf_counter()
    won = await asyncio.gather(*(take(city, new_id()) for _ in range(_RIVALS)))
    assert sum(won) == 50
    return time.perf_counter() - began


async def _by_count(city: City, who: str) -> bool:
    """The seat first, by one update; then the rows that only this person writes."""
    free, change = {"_id": "rival", "free": {"$gt": 0}}, {"$inc": {"free": -1}, "$set": {f"seats.{who}": 1}}
    if not (await city.db["appointment_slots"].update_one(free, change)).modified_count:
        return False

    async def work(tx: Tx) -> None:
        await city.db["limits"].insert_one({"_id": who}, session=tx)

    await city.db.transaction(work)
    return True


async def _by_seat(city: City, who: str) -> bool:
    """A seat is tried for by its number; the unique `_id` says who was first."""
    for seat in random.sample(range(50), 50):
        if await city.db["withheld_seats"].find_one({"_id": f"rival#{seat}"}, {"_id": 1}) is not None:
            continue

        async def work(tx: Tx, seat: int = seat) -> bool:
            await city.db["limits"].insert_one({"_id": f"{who}-{seat}"}, session=tx)
            await city.db["withheld_seats"].insert_one({"_id": f"rival#{seat}", "by": who}, session=tx)
            return True

        with suppress(DuplicateKey):
            return await city.db.transaction(work)
    return False
