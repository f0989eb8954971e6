"""A service hall of an organisation of its own, for tests that call the API: a venue, windows, a queue, a team."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta

from app.core.ids import global_id, new_id
from app.core.mongo import Tx
from app.core.said import Said
from app.core.viewer import Role, Viewer
from app.domains.appointments.booking.bookings.model import Booking, BookingState
from app.domains.appointments.booking.bookings.store import BookingStore
from app.domains.appointments.contracts.model import Team
from app.domains.appointments.hall.queues.model import Hours, Queue
from app.domains.appointments.times.venues.model import Place, Resource, ResourceKind, Service, Venue, VenueKind
from tests.support.api import Api, Person

ALL_DAY = Hours(time(0), time(23, 59, 59))


@dataclass(frozen=True)
class Hall:
    """Ids as the outside knows them; `token` is a client's of the organisation, `clerk` the same for services."""

    token: str
    clerk: Viewer
    venue: str
    service: str
    windows: tuple[str, str]
    queue: str
    other_queue: str
    team: str

    def given(self, **more: object) -> dict[str, object]:
        """At the first window, under a key of its own."""
        return {"resourceId": self.windows[0], "key": new_id(), **more}


async def hall_of(api: Api, code: str | None = None) -> Hall:
    """Open all day."""
    organisation = code or await api.organisation()
    token, rooms = await api.provider(organisation), api.city.services.appointments
    clerk = Viewer(
        role=Role.PROVIDER_CLIENT, actor="client", organisation=organisation, scopes=frozenset({"appointments"})
    )
    place = Place(26.08, 119.3)
    venue = Venue(f"{organisation}.main", organisation, VenueKind.HALL, Said("大厅", "Hall"), Said("路", "Road"), place)
    await rooms.venues.save_venue(clerk, venue, new_id())
    windows = tuple(f"{organisation}.window-{n}" for n in (1, 2))
    for window in windows:
        made = Resource(window, venue.id, organisation, ResourceKind.COUNTER, Said("窗口", "Window"))
        await rooms.venues.save_resource(clerk, made, new_id())
    service = Service(f"{organisation}.papers", venue.id, organisation, Said("办证", "Papers"), windows)
    await rooms.venues.save_service(clerk, service, new_id())
    queues = [
        Queue(venue.id, organisation, "A", Said("办证", "Papers"), (service.id,), ALL_DAY),
        Queue(venue.id, organisation, "B", Said("咨询", "Questions"), (), ALL_DAY),
    ]
    for queue in queues:
        await rooms.queues.save(clerk, queue, new_id())
    team = Team(f"{organisation}.team", venue.id, organisation, Said("一组", "Team one"), windows[:1])
    await rooms.contracts.save_team(clerk, team, new_id())
    return Hall(
        token,
        clerk,
        global_id("Venue", venue.id),
        global_id("BookableService", service.id),
        (global_id("VenueResource", windows[0]), global_id("VenueResource", windows[1])),
        *(global_id("ServiceQueue", queue.id) for queue in queues),
        global_id("FamilyDoctorTeam", team.id),
    )


async def booked_now(api: Api, person: Person, hall: Hall) -> Booking:
    """A confirmed booking that begins now, put there as booking would."""
    organisation, now = hall.clerk.organisation, api.city.clock.now()
    booking = Booking(
        id=new_id(),
        number=new_id()[-8:],
        citizen=api.key(person),
        booked_by=api.key(person),
        venue=f"{organisation}.main",
        service=f"{organisation}.papers",
        resource=f"{organisation}.window-1",
        slot=new_id(),
        starts_at=now,
        ends_at=now + timedelta(minutes=15),
        state=BookingState.BOOKED,
        made_at=now,
        cut_off=now,
    )

    async def work(tx: Tx) -> None:
        await BookingStore(api.city.db).add(booking, tx)

    await api.city.db.transaction(work)
    return booking
