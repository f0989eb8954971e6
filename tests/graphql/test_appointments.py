"""Booking as the app does it, and as a venue keeps it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import icalendar
import pytest

from app.core.clock import civil_day
from app.core.ids import global_id, new_id
from tests.support.api import Api, Person
from tests.support.bookings import Times, booked, held, times_of

PAST = global_id("AppointmentSlot", "nowhere/2020-01-01/0900")


@pytest.fixture(scope="session")
async def times(shared_api: Api) -> Times:
    return await times_of(shared_api)


async def _fresh(api: Api) -> tuple[Times, Person]:
    return await times_of(api), await api.verified()


async def test_one_finds_a_venue_a_service_and_a_time(shared_api: Api, times: Times) -> None:
    person = await shared_api.verified()
    near = {"latitude": 26.08, "longitude": 119.3}
    found = await shared_api.data("Venues", person.token, near=near)
    (mine,) = [one for one in found["venues"] if one["id"] == times.hall.venue]
    assert mine["metres"] == 0
    services = await shared_api.data("BookableServices", person.token, venueId=times.hall.venue)
    assert times.hall.service in [one["id"] for one in services]
    shown = await shared_api.data(
        "AppointmentSlots", person.token, serviceId=times.hall.service, first=times.day, last=times.day
    )
    assert len(shown["slots"]) == 20
    assert {slot["day"] for slot in shown["slots"]} == {times.day}


async def test_a_booking_is_held_confirmed_moved_and_cancelled(shared_api: Api) -> None:
    times, person = await _fresh(shared_api)
    made = await booked(shared_api, person, times)
    assert (made["state"], len(made["number"])) == ("BOOKED", 8)
    target = {"bookingId": made["id"], "slotId": times.slots[3]["id"], "key": new_id()}
    moved = await shared_api.data("MoveBooking", person.token, **target)
    assert moved["booking"]["id"] == made["id"]
    cancelled = await shared_api.data("CancelBooking", person.token, bookingId=made["id"], key=new_id())
    assert cancelled["booking"]["state"] == "CANCELLED"
    mine = await shared_api.data("MyBookings", person.token)
    assert [edge["node"]["state"] for edge in mine["edges"]] == ["CANCELLED"]
    told = [message["title"] for message in await shared_api.told(person)]
    assert told[:3] == ["Your appointment is cancelled", "Your appointment has moved", "Your appointment is booked"]
    node = await shared_api.data("Node", person.token, id=made["id"])
    assert node["number"] == made["number"]


async def test_what_is_wrong_is_named_in_both_languages(spoken: Api) -> None:
    times, person = await _fresh(spoken)
    unverified = await spoken.sign_in(spoken.person())
    service, taken = times.hall.service, await held(spoken, await spoken.verified(), times)
    await spoken.refused("NotVerified", "HoldSlot", unverified.token, **times.hold())
    await spoken.refused("SlotUnknown", "HoldSlot", person.token, serviceId=service, slotId=PAST, key=new_id())
    unknown = {**times.hold(), "serviceId": global_id("BookableService", new_id())}
    await spoken.refused("ServiceUnknown", "HoldSlot", person.token, **unknown)
    answer = await spoken.data("HoldSlot", person.token, **times.hold())
    assert (answer["__typename"], len(answer["alternatives"])) == ("SlotTaken", 3)
    await spoken.refused("BookingUnknown", "ConfirmBooking", person.token, bookingId=taken["id"], key=new_id())
    mine = await held(spoken, person, times, 1)
    found = await spoken.refused("HoldExists", "HoldSlot", person.token, **times.hold(2))
    assert found["bookingId"] == mine["id"]
    await spoken.refused("NotBlocked", "AppealBlock", person.token, reason="why", key=new_id())
    await spoken.refused("AppealTextMissing", "AppealBlock", person.token, reason=" ", key=new_id())
    days = {"first": "2020-01-01", "last": "2020-01-02"}
    wish = {"serviceId": service, **days}
    await spoken.refused("WaitingDaysInvalid", "JoinWaitingList", person.token, wish=wish, key=new_id())
    shown = await spoken.data(
        "AppointmentSlots", person.token, serviceId=service, first="2027-01-01", last="2027-03-01"
    )
    assert shown["__typename"] == "DaysTooMany"


async def test_a_guardian_books_for_the_ward_and_the_limits_are_the_wards(shared_api: Api) -> None:
    times, parent = await _fresh(shared_api)
    ward = (await shared_api.ward(parent, "APPOINTMENTS_MANAGE"))["ward"]["id"]
    acting = shared_api.acting_for(ward)
    await booked(acting, parent, times)
    await held(shared_api, parent, times, 1)
    wards = await acting.data("MyBookings", parent.token)
    assert [edge["node"]["state"] for edge in wards["edges"]] == ["BOOKED"]


async def test_test_citizens_and_others_do_not_see_each_others_venues(shared_api: Api) -> None:
    token = await shared_api.provider_in_test_mode()
    venue = _venue("trial")
    saved = await shared_api.data("SaveVenue", token, "provider", venue=venue, key=new_id())
    assert saved["__typename"] == "VenueSaved"
    person = await shared_api.verified()
    found = await shared_api.data("Venues", person.token)
    assert saved["venue"]["id"] not in [one["id"] for one in found["venues"]]


async def test_a_feed_shows_what_its_owner_chose_until_it_is_revoked(shared_api: Api) -> None:
    times, person = await _fresh(shared_api)
    made = await booked(shared_api, person, times)
    feed = await shared_api.data("MakeCalendarFeed", person.token, detail="PLAIN", key=new_id())
    plain = await shared_api.http.get(feed["address"])
    assert plain.headers["content-type"].startswith("text/calendar")
    (event,) = icalendar.Calendar.from_ical(plain.text).walk("VEVENT")
    assert (str(event["status"]), int(event["sequence"]), "location" in event) == ("CONFIRMED", 0, False)
    full = await shared_api.http.get(made["calendarFile"])
    assert made["number"] in full.text
    await shared_api.data("CancelBooking", person.token, bookingId=made["id"], key=new_id())
    (event,) = icalendar.Calendar.from_ical((await shared_api.http.get(feed["address"])).text).walk("VEVENT")
    assert (str(event["status"]), int(event["sequence"])) == ("CANCELLED", 1)
    await shared_api.data("RevokeCalendarFeed", person.token, key=new_id())
    assert (await shared_api.http.get(feed["address"])).status_code == 404
    assert (await shared_api.http.get(made["calendarFile"] + "0")).status_code == 404


async def test_a_venue_sees_its_day_closes_times_and_cancels_for_cause(shared_api: Api) -> None:
    times, person = await _fresh(shared_api)
    made, hall = await booked(shared_api, person, times), times.hall
    day = await shared_api.data("VenueBookings", hall.token, "provider", venueId=hall.venue, day=times.day)
    assert [edge["node"]["number"] for edge in day["bookings"]["edges"]] == [made["number"]]
    closed = {"slotIds": [times.slots[5]["id"]], "closed": True, "key": new_id()}
    assert (await shared_api.data("SetSlotsClosed", hall.token, "provider", **closed))["changed"] == 1
    await shared_api.refused("SlotClosed", "HoldSlot", (await shared_api.verified()).token, **times.hold(5))
    change = {"scopeId": hall.venue, "day": times.day, "windows": [], "move": False}
    shown = await shared_api.data("PreviewDayChange", hall.token, "provider", change=change)
    assert (shown["slots"], shown["bookings"]) == (20, 1)
    for reason, name in ((" ", "CancelReasonMissing"), ("停电", "BookingCancelledForCause")):
        given = {"bookingId": made["id"], "reason": reason, "key": new_id()}
        done = await shared_api.data("CancelForCause", hall.token, "provider", **given)
        assert done["__typename"] == name
    stranger = await shared_api.provider(await shared_api.organisation())
    unknown = await shared_api.data("VenueBookings", stranger, "provider", venueId=hall.venue, day=times.day)
    assert unknown["__typename"] == "VenueUnknown"


def _venue(code: str) -> dict[str, Any]:
    place = {"latitude": 26.0, "longitude": 119.0}
    return {"code": code, "kind": "HALL", "name": {"zh": "厅"}, "address": {"zh": "路"}, "place": place}


async def test_what_a_venue_saves_wrongly_is_named(spoken: Api) -> None:
    hall = (await times_of(spoken)).hall

    async def refused(name: str, operation: str, **given: Any) -> None:
        await spoken.refused(name, operation, hall.token, "provider", **given, key=new_id())

    await refused("VenueCodeInvalid", "SaveVenue", venue=_venue("BAD CODE"))
    far = {**_venue("a"), "place": {"latitude": 91.0, "longitude": 0.0}}
    await refused("PlaceInvalid", "SaveVenue", venue=far)
    await refused("VenueNameMissing", "SaveVenue", venue={**_venue("a"), "name": {"zh": " "}})
    counter = {"code": "c", "venueId": hall.venue, "kind": "COUNTER", "name": {"zh": "窗"}, "fee": -1}
    await refused("FeeInvalid", "SaveVenueResource", resource=counter)
    service = {"code": "s", "venueId": hall.venue, "name": {"zh": "办"}, "resourceIds": list(hall.windows)}
    await refused("ServiceRulesInvalid", "SaveVenueService", service={**service, "mostOpen": 0})
    window = {"weekday": 1, "opens": "09:00", "closes": "10:00", "minutes": 30}
    week = {"resourceId": hall.windows[0], "windows": [window]}
    await refused("WindowInvalid", "SaveSchedule", schedule={**week, "windows": [{**window, "weekday": 8}]})
    await refused("WindowsOverlap", "SaveSchedule", schedule={**week, "windows": [window, window]})
    await refused("ReleaseInvalid", "SaveSchedule", schedule={**week, "releaseDays": 99})
    later = civil_day(spoken.city.clock.now()) + timedelta(days=9)
    past = {"scopeId": hall.venue, "day": "2020-01-01"}
    await refused("DayOutOfReach", "ChangeDay", change=past)
    await refused("ScheduleUnknown", "RestoreDay", scopeId=hall.venue, day=later.isoformat())
