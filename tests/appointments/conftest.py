"""A venue with two counters and its citizens, on a city of its own whose clock moves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import pytest

from app.core.charges import Charge, ChargeState
from app.core.clock import CITY_TIME, civil_day
from app.core.errors import Unavailable
from app.core.ids import new_id
from app.core.said import Said
from app.core.viewer import Assurance, Role, Viewer
from app.domains.appointments.booking.bookings.model import Booking
from app.domains.appointments.times.schedules.model import Release, Schedule, Window
from app.domains.appointments.times.slots.model import Slot
from app.domains.appointments.times.venues.model import Place, Resource, ResourceKind, Service, Venue, VenueKind
from app.wiring import City, build
from tests.conftest import Fakes
from tests.support.fakes import MovableClock

DESK = Viewer(role=Role.PROVIDER_CLIENT, actor="client", organisation="hall", scopes=frozenset({"appointments"}))


@dataclass
class FakeCharges:
    """`down` makes it fail."""

    charges: dict[str, Charge] = field(default_factory=dict)
    given_back: list[str] = field(default_factory=list)
    down: bool = False

    async def open(self, reference: str, amount: int, what: str) -> Charge:
        self._demand()
        return self.charges.setdefault(reference, Charge(reference, ChargeState.OPEN, f"http://pay.test/{reference}"))

    async def look(self, reference: str) -> Charge | None:
        self._demand()
        return self.charges.get(reference)

    async def give_back(self, reference: str) -> None:
        self._demand()
        self.given_back.append(reference)

    def pay(self, reference: str) -> None:
        self.charges[reference] = Charge(reference, ChargeState.PAID, "")

    def _demand(self) -> None:
        if self.down:
            raise Unavailable


@dataclass
class Hall:
    """`slots` are those of the day after tomorrow, given out already."""

    city: City
    clock: MovableClock
    charges: FakeCharges
    venue: Venue
    service: Service
    paid: Service
    counters: tuple[str, str]
    slots: list[Slot]

    @property
    def rooms(self):  # type: ignore[no-untyped-def]
        return self.city.services.appointments

    @property
    def day(self) -> date:
        return self.slots[0].day

    def citizen(self) -> Viewer:
        id_ = new_id()
        return Viewer(role=Role.CITIZEN, actor=id_, subject=id_, assurance=Assurance.REAL_NAME)

    def of_counter(self, n: int) -> list[Slot]:
        return [slot for slot in self.slots if slot.resource == self.counters[n]]

    async def hold(self, who: Viewer, slot: Slot, service: Service | None = None) -> Booking:
        made: Booking = await self.rooms.bookings.hold(who, (service or self.service).id, slot.id, new_id())
        return made

    async def booked(self, who: Viewer, slot: Slot) -> Booking:
        held = await self.hold(who, slot)
        done: Booking = await self.rooms.payments.confirm(who, held.id, new_id())
        return done

    async def slot(self, slot: Slot) -> Slot:
        (found,) = [
            one for one in await self.rooms.slots.of_service(self.service, slot.day, slot.day) if one.id == slot.id
        ]
        return found

    async def sweep(self) -> None:
        while await self.rooms.sweep.round():
            pass

    async def events(self, who: Viewer) -> list[str]:
        rows = await self.city.db["outbox"].find({"citizen": who.subject}).sort("_id", 1).to_list(None)
        return [row["type"] for row in rows]


def noon_on_a_monday(clock: MovableClock) -> None:
    """Far from a midnight and from a holiday, so that every day ahead is worked."""
    now = clock.now().astimezone(CITY_TIME)
    ahead = datetime(2026, 11, 23, 12, tzinfo=CITY_TIME)
    clock.ahead += ahead - now


@pytest.fixture
async def hall(settings, fakes: Fakes, clock: MovableClock) -> AsyncIterator[Hall]:  # type: ignore[no-untyped-def]
    noon_on_a_monday(clock)
    charges = FakeCharges()
    beyond = fakes.outside
    object.__setattr__(beyond, "charges", charges)
    city = build(settings, beyond=beyond, clock=clock)
    await city.start(follow=False)
    yield await furnished(city, clock, charges)
    await city.stop()


async def furnished(city: City, clock: MovableClock, charges: FakeCharges, seats: int = 1) -> Hall:
    rooms = city.services.appointments
    venue = Venue("hall.h", "hall", VenueKind.HALL, Said("大厅", "Hall"), Said("路1号"), Place(26.07, 119.3))
    await rooms.venues.save_venue(DESK, venue, new_id())
    counters = []
    for n in (1, 2):
        counter = Resource(f"hall.c{n}", venue.id, "hall", ResourceKind.COUNTER, Said(f"{n} 号"))
        await rooms.venues.save_resource(DESK, counter, new_id())
        week = tuple(Window(day, time(9), time(11), 30, seats) for day in range(1, 8))
        await rooms.schedules.save(DESK, Schedule(counter.id, week, Release(7, time(8))), new_id())
        counters.append(counter.id)
    service = Service("hall.s", venue.id, "hall", Said("办证", "Papers"), tuple(counters))
    paid = Service("hall.p", venue.id, "hall", Said("挂号", "Clinic"), tuple(counters), fee=1500)
    for one in (service, paid):
        await rooms.venues.save_service(DESK, one, new_id())
    day = civil_day(clock.now()) + timedelta(days=2)
    slots = await rooms.slots.of_service(service, day, day)
    return Hall(city, clock, charges, venue, service, paid, (counters[0], counters[1]), slots)
