"""A hospital with two departments, whose doctors have times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core.clock import civil_day
from app.core.ids import global_id, new_id
from app.core.said import Said
from app.core.viewer import Role, Viewer
from app.domains.appointments.times.slots.model import Slot, slot_id
from app.domains.appointments.times.slots.store import SlotStore
from app.domains.appointments.times.venues.model import Place, Resource, ResourceKind, Service, Venue, VenueKind
from tests.support.api import Api


@dataclass(frozen=True)
class Clinic:
    """`venue` and `service` as the outside knows them; `doctors` by their own ids: two of 内科, one of 外科."""

    organisation: str
    venue: str
    service: str
    doctors: tuple[str, ...]
    house: str

    async def times(self, api: Api, doctor: int, *hours: float, **changed: object) -> list[str]:
        """Free times so many hours from now, given out already; their ids."""
        made = [self._slot(doctor, api.city.clock.now() + timedelta(hours=each), changed) for each in hours]
        await SlotStore(api.city.db).make(made)
        return [one.id for one in made]

    def _slot(self, doctor: int, starts: datetime, changed: dict[str, object]) -> Slot:
        resource, before = self.doctors[doctor], starts - timedelta(days=14)
        given: dict[str, object] = {"opens_at": before, "capacity": 1, "free": 1, **changed}
        day, ends = civil_day(starts), starts + timedelta(minutes=15)
        return Slot(slot_id(resource, starts), resource, self.house, day, starts, ends, **given)  # type: ignore[arg-type]


async def clinic_of(api: Api) -> Clinic:
    organisation, rooms = await api.organisation(), api.city.services.appointments
    scopes = frozenset({"appointments"})
    clerk = Viewer(role=Role.PROVIDER_CLIENT, actor="client", organisation=organisation, scopes=scopes)
    house = f"{organisation}.clinic"
    name, place = Said("医院", "Hospital"), Place(26.08, 119.3)
    await rooms.venues.save_venue(
        clerk, Venue(house, organisation, VenueKind.HOSPITAL, name, Said("路", "Road"), place), new_id()
    )
    of = (("内科", "Internal", 5_000), ("内科", "Internal", None), ("外科", "Surgery", None))
    doctors = []
    for n, (zh, en, fee) in enumerate(of):
        title = Said("主任医师", "Chief")
        made = Resource(
            *(f"{organisation}.doctor-{n}", house, organisation, ResourceKind.DOCTOR, Said(f"医生{n}", f"Doctor {n}")),
            department=Said(zh, en),
            title=title,
            fee=fee,
        )
        await rooms.venues.save_resource(clerk, made, new_id())
        doctors.append(made.id)
    service = Service(f"{organisation}.seen", house, organisation, Said("门诊", "Seeing"), tuple(doctors), fee=1_500)
    await rooms.venues.save_service(clerk, service, new_id())
    seen = global_id("BookableService", service.id)
    return Clinic(organisation, global_id("Venue", house), seen, tuple(doctors), house)
