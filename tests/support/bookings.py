"""Times to book at a hall, for tests that call the API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

from app.core.clock import civil_day
from app.core.ids import global_id, new_id
from app.domains.appointments.times.schedules.model import Release, Schedule, Window
from app.domains.appointments.times.slots.store import SlotStore
from graphql_schema.types.common import key_of
from tests.support.api import Api, Person
from tests.support.halls import Hall, hall_of

_WEEK = tuple(Window(day, time(8), time(18), 30) for day in range(1, 8))


@dataclass(frozen=True)
class Times:
    """`slots` are a later day's, at the first window, as the app sees them."""

    hall: Hall
    day: str
    slots: list[dict[str, Any]]

    def hold(self, n: int = 0) -> dict[str, Any]:
        return {"serviceId": self.hall.service, "slotId": self.slots[n]["id"], "key": new_id()}


async def times_of(api: Api, hall: Hall | None = None) -> Times:
    """Given out for a month, so that a holiday of a week is no matter."""
    hall = hall or await hall_of(api)
    rooms, window = api.city.services.appointments, key_of(hall.windows[0], "VenueResource")
    await rooms.schedules.save(hall.clerk, Schedule(window, _WEEK, Release(30)), new_id())
    today = civil_day(api.city.clock.now())
    service = rooms.venues.directory.services[key_of(hall.service, "BookableService")]
    found = await rooms.slots.of_service(service, today + timedelta(days=2), today + timedelta(days=20), window)
    slots = [{"id": global_id("AppointmentSlot", slot.id)} for slot in found if slot.day == found[0].day]
    return Times(hall, found[0].day.isoformat(), slots)


async def held(api: Api, person: Person, times: Times, n: int = 0) -> dict[str, Any]:
    done = await api.data("HoldSlot", person.token, **times.hold(n))
    assert done["__typename"] == "SlotHeld", done
    return dict(done["booking"])


async def booked(api: Api, person: Person, times: Times, n: int = 0) -> dict[str, Any]:
    booking = (await held(api, person, times, n))["id"]
    done = await api.data("ConfirmBooking", person.token, bookingId=booking, key=new_id())
    assert done["__typename"] == "BookingConfirmed", done
    return dict(done["booking"])


async def waiting_place(api: Api, person: Person, times: Times) -> str:
    """The id of a place on the waiting list."""
    wish = {"serviceId": times.hall.service, "first": times.day, "last": times.day}
    joined = await api.data("JoinWaitingList", person.token, wish=wish, key=new_id())
    assert joined["__typename"] == "WaitingListJoined", joined
    return str(joined["place"]["id"])


@dataclass(frozen=True)
class Offered:
    token: str | None
    booking: str


async def offer_to(api: Api, person: Person, times: Times, n: int) -> Offered:
    """He waits, and a seat that somebody let go of is his to take."""
    rooms = api.city.services.appointments
    slot, key = key_of(times.slots[10 + n]["id"], "AppointmentSlot"), new_id()
    assert await SlotStore(api.city.db).take(slot, key, api.city.clock.now(), timedelta(0))
    await waiting_place(api, person, times)
    await rooms.waiting.pass_on(slot, key)
    mine = await api.data("MyBookings", person.token)
    return Offered(person.token, mine["edges"][0]["node"]["id"])


async def block(api: Api, person: Person) -> None:
    """As after three appointments that he did not come to."""
    until = api.city.clock.now() + timedelta(days=20)
    change = {"$set": {"blocked_until": until, "blocked": True}}
    await api.city.db["diaries"].update_one({"_id": api.key(person)}, change)
