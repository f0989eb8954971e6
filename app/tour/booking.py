"""The part of the tour in which the citizen books a time, moves it, waits for another, and is called at the counter."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import httpx2

from app.core.clock import CITY_TIME, civil_day
from app.core.ids import global_id, new_id
from app.tour.journey import Journey, Step
from app.tour.phone import TourFailed, expect, local
from graphql_schema.types.common import parse_global_id

_HALL = {"zh": "巡游大厅", "en": "Tour Hall"}
_DESK = {"zh": "一号窗口", "en": "Counter 1"}
_WORK = {"zh": "材料咨询", "en": "Help with documents"}
_DAY = [{"weekday": day, "opens": "00:00", "closes": "23:50", "minutes": 10, "seats": 1} for day in range(1, 8)]


class Booking:
    """The citizen of the journey, and the service hall; it opens a counter that works day and night."""

    def __init__(self, journey: Journey, http: httpx2.AsyncClient, demo: dict[str, Any]) -> None:
        self._journey = journey
        self._phone = journey.phone
        self._http = http
        self._hall = next((one for one in demo["providers"] if one["organisation"] == "city-hall"), None)
        self._token = ""
        self._venue = self._service = self._resource = self._queue = ""
        self._booking: dict[str, Any] = {}
        self._wait = ""

    def steps(self) -> list[tuple[str, Step]]:
        return [
            ("a hall opens a counter and gives its times", self.open_counter),
            ("a time of yesterday is refused by name", self.past),
            ("a time is held for five minutes, and confirmed", self.book),
            ("it stands in the citizen's calendar", self.calendar),
            ("it is moved: the new time is held before the old one is free", self.move),
            ("who waits for a time is offered one that falls free, and takes it", self.wait),
            ("at the kiosk the card's code checks in, and gives a number", self.check_in),
            ("the counter calls; the phone and the board say so", self.called),
            ("served", self.served),
        ]

    async def open_counter(self) -> str:
        if self._hall is None:
            raise TourFailed("the seed made no service hall")
        self._token = (await self._journey.token_of(self._hall))["access_token"]
        venue = {"code": "tour-hall", "kind": "HALL", "name": _HALL, "address": _HALL, "worksOnHolidays": True}
        place = {"longitude": 119.3, "latitude": 26.08}
        made = await self._do("SaveVenue", "VenueSaved", venue={**venue, "place": place})
        self._venue = made["venue"]["id"]
        counter = {"code": f"tour-{new_id()[-8:]}", "venueId": self._venue, "kind": "COUNTER", "name": _DESK}
        made = await self._do("SaveVenueResource", "VenueResourceSaved", resource=counter)
        self._resource = made["resource"]["id"]
        work = {"code": f"tour-{new_id()[-8:]}", "venueId": self._venue, "name": _WORK, "cutOffMinutes": 0}
        with_whom = {"resourceIds": [self._resource]}
        made = await self._do("SaveVenueService", "VenueServiceSaved", service={**work, **with_whom})
        self._service = made["service"]["id"]
        await self._do("SaveSchedule", "ScheduleSaved", schedule={"resourceId": self._resource, "windows": _DAY})
        free = await self._journey.until(self._free, "no times were made")
        return f"{len(free)} times of ten minutes today and tomorrow"

    async def past(self) -> str:
        name, key = parse_global_id((await self._free() or [])[0]["id"])
        resource, day, _ = key.rsplit("/", 2)
        gone = global_id(name, f"{resource}/{date.fromisoformat(day) - timedelta(days=1)}/0000")
        wish = {"serviceId": self._service, "slotId": gone, "key": new_id()}
        return str((await self._phone.do("HoldSlot", "SlotUnknown", **wish))["message"])

    async def book(self) -> str:
        self._booking = await self._held((await self._free() or [])[1])
        self._booking = await self._confirmed(self._booking)
        return f"{self._booking['number']}, {local(self._booking['startsAt'])}, {self._booking['state']}"

    async def calendar(self) -> str:
        answer = await self._http.get(self._booking["calendarFile"])
        if "BEGIN:VEVENT" not in answer.text:
            raise TourFailed(f"the calendar's file answered {answer.status_code}")
        return next(line for line in answer.text.splitlines() if line.startswith("SUMMARY"))

    async def move(self) -> str:
        free = await self._free() or []
        was, to = self._booking["startsAt"], free[0]
        done = await self._phone.do(
            "MoveBooking", "BookingMoved", bookingId=self._booking["id"], slotId=to["id"], key=new_id()
        )
        self._booking = done["booking"]
        return f"from {local(was)} to {local(self._booking['startsAt'])}"

    async def wait(self) -> str:
        friend = self._journey.another()
        await friend.sign_in()
        await friend.verify_identity()
        days = {"first": _today().isoformat(), "last": (_today() + timedelta(days=1)).isoformat()}
        wish = {"serviceId": self._service, **days}
        joined = await friend.phone.do("JoinWaitingList", "WaitingListJoined", wish=wish, key=new_id())
        given_up = await self._confirmed(await self._held((await self._free() or [])[3]))
        await self._phone.do("CancelBooking", "BookingCancelled", bookingId=given_up["id"], key=new_id())

        async def offered() -> str | None:
            places = (await friend.phone.read("WaitingPlaces"))["waitingPlaces"]
            return next((one["offerId"] for one in places if one["offerId"]), None)

        offer = await self._journey.until(offered, "nobody was offered the time")
        taken = await friend.phone.do("AcceptOffer", "OfferAccepted", bookingId=offer, key=new_id())
        return f"{joined['place']['ahead']} ahead; takes {local(taken['booking']['startsAt'])} within ten minutes"

    async def check_in(self) -> str:
        shown = await self._phone.do("ShowCode", "CodeShown", purpose="SERVICE_HALL", key=new_id())
        queue = {"venueId": self._venue, "letter": "T", "name": _WORK, "serviceIds": [self._service]}
        hours = {"opens": "00:00", "closes": "23:59", "days": list(range(1, 8))}
        made = await self._do("SaveQueue", "QueueSaved", queue={**queue, **hours})
        self._queue = made["queue"]["id"]
        here = {"venueId": self._venue, "code": shown["cardCode"]["text"]}
        if civil_day(datetime.fromisoformat(self._booking["startsAt"])) != _today():
            # In the last minutes of a day the next free times are tomorrow's.
            await self._do("CheckIn", "NoBookingToday", **here)
            taken = await self._phone.do("TakeNumber", "NumberTaken", queueId=self._queue, key=new_id())
            return f"number {taken['ticket']['number']}: the booking is tomorrow's"
        done = await self._do("CheckIn", "CheckedIn", **here)
        return f"number {done['ticket']['number']}, {done['ticket']['state']}"

    async def called(self) -> str:
        await self._do("OpenCounter", "CounterOpened", resourceId=self._resource, queueIds=[self._queue])
        done = await self._do("CallNext", "TicketCalled", resourceId=self._resource)
        mine = (await self._phone.read("MyTickets"))["myTickets"]
        return f"{done['ticket']['number']} to {done['ticket']['counter']}; the phone says {mine[0]['ticket']['state']}"

    async def served(self) -> str:
        done = await self._do("MarkServed", "TicketServed", resourceId=self._resource)
        await self._do("CloseCounter", "CounterShut", resourceId=self._resource)
        mine = (await self._phone.read("MyBookings"))["myBookings"]["edges"]
        state = next(one["node"]["state"] for one in mine if one["node"]["id"] == self._booking["id"])
        return f"{done['ticket']['number']} {done['ticket']['state']}, the booking is {state}"

    async def _do(self, operation: str, wanted: str, **given: Any) -> dict[str, Any]:
        return await self._journey.provide_as(self._token, operation, wanted, **given, key=new_id())

    async def _free(self) -> list[dict[str, Any]] | None:
        days = {"first": _today().isoformat(), "last": (_today() + timedelta(days=1)).isoformat()}
        slots = expect(await self._phone.read("AppointmentSlots", serviceId=self._service, **days), "AppointmentSlots")
        return [one for one in slots["slots"] if one["remaining"]] or None

    async def _held(self, slot: dict[str, Any]) -> dict[str, Any]:
        wish = {"serviceId": self._service, "slotId": slot["id"], "key": new_id()}
        return dict((await self._phone.do("HoldSlot", "SlotHeld", **wish))["booking"])

    async def _confirmed(self, booking: dict[str, Any]) -> dict[str, Any]:
        done = await self._phone.do("ConfirmBooking", "BookingConfirmed", bookingId=booking["id"], key=new_id())
        return dict(done["booking"])


def _today() -> date:
    return datetime.now(CITY_TIME).date()
