"""A venue with times to book, of a city that other processes run too; and what its seats look like afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

from app.core.clock import civil_day
from app.core.ids import global_id, new_id
from app.core.said import Said
from app.core.viewer import Role, Viewer
from app.domains.appointments.times.schedules.model import Release, Schedule, Window
from app.domains.appointments.times.venues.model import Place, Resource, ResourceKind, Service, Venue, VenueKind
from app.wiring import City
from tests.support.api import soon
from tests.support.remote import Door, Resident

_DAYS = timedelta(days=20)


@dataclass(frozen=True)
class Counters:
    """`slots` are ids of the database, in the order of time."""

    service: str
    slots: list[str]

    def wish(self, slot: str) -> dict[str, Any]:
        return {
            "serviceId": global_id("BookableService", self.service),
            "slotId": global_id("AppointmentSlot", slot),
            "key": new_id(),
        }


async def counters_of(city: City, *, seats: int = 1, counters: int = 1, minutes: int = 30) -> Counters:
    """Open at all hours; given out for a month."""
    rooms, name = city.services.appointments, f"c{new_id()[-12:]}"
    clerk = Viewer(role=Role.PROVIDER_CLIENT, actor="c", organisation="races", scopes=frozenset({"appointments"}))
    venue = Venue(
        f"races.{name}", "races", VenueKind.HALL, Said("大厅"), Said("路"), Place(26, 119), works_on_holidays=True
    )
    await rooms.venues.save_venue(clerk, venue, new_id())
    week = tuple(Window(day, time(0), time(23, 30), minutes, seats) for day in range(1, 8))
    resources = tuple(f"{venue.id}-{n}" for n in range(counters))
    for resource in resources:
        made = Resource(resource, venue.id, "races", ResourceKind.COUNTER, Said("窗口"))
        await rooms.venues.save_resource(clerk, made, new_id())
        await rooms.schedules.save(clerk, Schedule(resource, week, Release(30)), new_id())
    service = Service(f"{venue.id}-s", venue.id, "races", Said("办证"), resources)
    await rooms.venues.save_service(clerk, service, new_id())
    first = civil_day(city.clock.now()) + timedelta(days=2)
    slots = await rooms.slots.of_service(service, first, first + _DAYS)
    return Counters(service.id, [slot.id for slot in slots])


async def known_to(doors: list[Door], counters: Counters, person: Resident) -> None:
    """Returns when every process has heard of the service."""

    async def known() -> bool:
        seen = [await one.data("BookableServices", person.token) for one in doors]
        return all(global_id("BookableService", counters.service) in {one["id"] for one in found} for found in seen)

    await soon(known)


async def wrong_seats(city: City, slots: list[str]) -> list[str]:
    """Slots whose seats do not add up, or that are booked other than their bookings say."""
    wrong = []
    for row in await city.db["appointment_slots"].find({"_id": {"$in": slots}}).to_list(None):
        holding = {"slot": row["_id"], "state": {"$in": ["offered", "held", "booked"]}}
        bookings = {one["_id"] for one in await city.db["bookings"].find(holding, {"_id": 1}).to_list(None)}
        taken = {key for key, seat in row["seats"].items() if seat["kind"] != "withheld"}
        if row["free"] < 0 or row["free"] + len(row["seats"]) != row["capacity"] or taken != bookings:
            wrong.append(row["_id"])
    return wrong
