"""A service hall with two queues and three windows, kept by an organisation of its own, on a working morning."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from app.core.clock import CITY_TIME
from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.said import Said
from app.core.viewer import Assurance, Role, Viewer
from app.domains.appointments.booking.bookings.model import Booking, BookingState
from app.domains.appointments.booking.bookings.store import BookingStore
from app.domains.appointments.hall.queues.model import Hours, Queue
from app.domains.appointments.hall.tickets.model import Ticket
from app.domains.appointments.times.venues.model import Place, Resource, ResourceKind, Service, Venue, VenueKind
from app.domains.identity.citizens.model import Citizen, IdNumber
from app.domains.identity.organisations.model import Kind, Organisation
from app.wiring import City
from mocks.people import id_number
from tests.support.fakes import MovableClock

OPS = Viewer(role=Role.OPS, actor="test-ops", roles=frozenset({"administrator"}))
SCOPES = frozenset({"appointments", "verify:service_hall", "verify:hospital"})
ALL_DAY = Hours(time(0), time(23, 59))


@dataclass
class Hall:
    """`clerk` works for the organisation. Windows are `window-1` to `window-3`, queues A (with `service`) and B."""

    city: City
    clock: MovableClock
    organisation: str
    clerk: Viewer
    venue: Venue
    service: Service
    windows: list[str]
    queues: dict[str, Queue]
    people: list[str] = field(default_factory=list)

    @property
    def rooms(self):  # type: ignore[no-untyped-def]
        return self.city.services.appointments

    async def person(self, born: date = date(1990, 5, 20), tags: tuple[str, ...] = ()) -> Viewer:
        """Somebody verified."""
        n = len(self.people)
        number = id_number(f"3501{n // 900 + 10:02d}", born, f"{n % 900 + 100:03d}")
        made = Citizen(id=new_id(), created_at=self.clock.now())

        async def work(tx: Tx) -> None:
            await self.city.citizens.add(made, tx)
            await self.city.citizens.give_real_name(
                made.id, "测试人", IdNumber.parse(number), "H-1", "350102", self.clock.now(), tx
            )
            await self.city.citizens.tag(made.id, tags, tx)

        await self.city.db.transaction(work)
        self.people.append(made.id)
        return Viewer(role=Role.CITIZEN, actor=made.id, subject=made.id, assurance=Assurance.REAL_NAME)

    async def with_card(self, viewer: Viewer) -> Viewer:
        await self.city.services.cards.issue(viewer, new_id())
        return viewer

    async def code(self, viewer: Viewer) -> str:
        from virtual_card.codes.model import Purpose

        return (await self.city.services.codes.show(viewer, Purpose.SERVICE_HALL, new_id())).text

    async def take(self, viewer: Viewer, letter: str = "A") -> Ticket:
        return await self.rooms.tickets.take(viewer, self.queues[letter].id, None, new_id())

    async def paper(self, letter: str = "A") -> Ticket:
        """A number for somebody without a card."""
        return await self.rooms.arrivals.draw(self.clerk, self.queues[letter].id, None, None, None, new_id())

    async def open(self, window: int = 1, *letters: str) -> str:
        queues = [self.queues[letter].id for letter in letters or ("A",)]
        await self.rooms.counters.open(self.clerk, self.windows[window - 1], queues, new_id())
        return self.windows[window - 1]

    async def call(self, counter: str) -> Ticket:
        return await self.rooms.calls.call_next(self.clerk, counter, new_id())

    async def serve(self, counter: str) -> Ticket:
        return await self.rooms.calls.mark_served(self.clerk, counter, new_id())

    async def book(self, viewer: Viewer, starts_at: datetime, **changed: object) -> Booking:
        """A confirmed booking, put there as booking would."""
        booking = Booking(
            id=new_id(),
            number=new_id()[-8:],
            citizen=viewer.citizen(),
            booked_by=viewer.acting(),
            venue=self.venue.id,
            service=self.service.id,
            resource=self.windows[0],
            slot=f"{self.windows[0]}/{new_id()}",
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=15),
            state=BookingState.BOOKED,
            made_at=self.clock.now(),
            cut_off=starts_at - timedelta(hours=2),
        )
        booking = replace(booking, **changed)  # type: ignore[arg-type]

        async def work(tx: Tx) -> None:
            await BookingStore(self.city.db).add(booking, tx)

        await self.city.db.transaction(work)
        return booking

    async def booking(self, booking: Booking) -> Booking:
        found = await BookingStore(self.city.db).get(booking.id, booking.citizen)
        assert found is not None
        return found

    async def events(self, *types: str) -> list[dict[str, object]]:
        return await self.city.db["outbox"].find({"type": {"$in": list(types)}}).sort("_id", 1).to_list(None)


@pytest.fixture
async def hall(city: City, clock: MovableClock) -> Hall:
    return await hall_of(city, clock)


async def hall_of(city: City, clock: MovableClock, kind: VenueKind = VenueKind.HALL) -> Hall:
    """At ten in the morning by the city's clock."""
    now = clock.now().astimezone(CITY_TIME)
    clock.ahead += now.replace(hour=10, minute=0, second=0, microsecond=0) - now
    code = f"hall-{new_id()[-12:]}"
    await city.services.organisations.put(OPS, Organisation(code, "测试大厅", Kind.SERVICE_HALL, scopes=SCOPES))
    clerk = Viewer(role=Role.PROVIDER_CLIENT, actor=f"client-{code}", organisation=code, scopes=SCOPES)
    venues, queues = city.services.appointments.venues, city.services.appointments.queues
    venue = Venue(f"{code}.main", code, kind, Said("大厅", "Hall"), Said("五四路", "Wusi Road"), Place(26.08, 119.3))
    await venues.save_venue(clerk, venue, new_id())
    windows = [f"{code}.window-{n}" for n in (1, 2, 3)]
    for n, window in enumerate(windows, 1):
        name = Said(f"{n}号窗口", f"Window {n}")
        await venues.save_resource(clerk, Resource(window, venue.id, code, ResourceKind.COUNTER, name), new_id())
    service = Service(f"{code}.papers", venue.id, code, Said("办证", "Papers"), tuple(windows), item="ID-CARD")
    await venues.save_service(clerk, service, new_id())
    made = {
        letter: Queue(venue.id, code, letter, Said(f"{letter}类", letter), services, ALL_DAY)
        for letter, services in {"A": (service.id,), "B": ()}.items()
    }
    for queue in made.values():
        await queues.save(clerk, queue, new_id())
    return Hall(city, clock, code, clerk, venue, service, windows, made)


def at(hall: Hall, hour: int, minute: int = 0) -> datetime:
    """Today, by the city's clock."""
    here = hall.clock.now().astimezone(CITY_TIME)
    return here.replace(hour=hour, minute=minute, second=0, microsecond=0).astimezone(UTC)
