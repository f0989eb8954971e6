"""Every operation of culture once, by the app's own operations; and one of each thing that has an id."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from app.core.ids import new_id
from app.core.places.model import Point
from app.core.said import Said
from app.domains.life.culture.tourism.model import DayRoute, Sight
from app.domains.life.directory.hours.notation import parsed_hours
from graphql_schema.types.common import global_id
from tests.support.api import OPS, Api, Person
from tests.support.culture import STAGE, House, house_of
from tests.support.paying import holder
from tests.support.tills import payer_of

Step = Callable[..., Awaitable[Any]]
_PRICE = {"amount": "20.00", "currency": "CNY"}


async def culture_belongings(api: Api, owner: Person) -> dict[str, str]:
    """Ids of what is the owner's, by type."""
    house = await house_of(api)
    bought = await (await house.event()).bought(owner)
    title = await api.data("AddToReadingList", owner.token, title="坊巷志", key=new_id())
    full = await house.event(room=1)
    await full.taken(new_id())
    wait = await api.data("JoinEventWaitingList", owner.token, sessionId=full.session_id, count=1, key=new_id())
    return {
        "EventPurchase": bought["purchase"]["id"],
        "EventWait": wait["wait"]["id"],
        "ReadingTitle": title["title"]["id"],
    }


async def a_sight(api: Api, house: House) -> str:
    """Of that organisation; its id as the outside knows it."""
    tourism, code = api.city.services.life.culture.tourism, f"sight-{new_id()[-12:]}"
    for one in (code, f"{code}-b"):
        sight = Sight(
            one,
            house.organisation,
            Said("测试园", "A garden"),
            Said("鼓楼区", "Gulou"),
            Point(26.085, 119.296),
            parsed_hours("24/7"),
            1_000,
        )
        await tourism.put(OPS, sight, new_id())
    await tourism.put_route(OPS, DayRoute(f"route-{code[-12:]}", Said("一日", "A day"), (code, f"{code}-b")), new_id())
    return str(global_id("Sight", code))


class CultureWalk:
    """`step` does an operation and counts what it sends."""

    def __init__(self, api: Api, step: Step) -> None:
        self._api = api
        self._step = step

    async def walk(self) -> None:
        house, person = await house_of(self._api), await payer_of(self._api)
        token = await house.token()
        session = await self._stages(house, token)
        await self._buys(house, person, token, session)
        await self._waits(house, person)
        await self._reads(person)
        await self._looks_around(house, person, token)

    async def _stages(self, house: House, token: str) -> str:
        step, key = self._step, new_id
        event = {"kind": "PLAY", "name": {"zh": "榕城之夜"}, "price": _PRICE, "returnHours": 0}
        made = await step("DraftCultureEvent", token, "provider", event=event, key=key())
        id_ = {"eventId": made["staged"]["event"]["id"]}
        start = self._api.city.clock.now() + timedelta(hours=1)
        venue = str(global_id("CultureVenue", house.venue))
        given = {"venueId": venue, "hall": STAGE}
        for n in range(3):
            begins = start + n * timedelta(hours=3)
            times = {"startsAt": begins.isoformat(), "endsAt": (begins + timedelta(hours=2)).isoformat()}
            added = await step("AddEventSession", token, "provider", **id_, session={**given, **times}, key=key())
        done = await step("PublishCultureEvent", token, "provider", **id_, key=key())
        assert done["__typename"] == "CultureEventKept", done
        one, two, three = [session["id"] for session in added["staged"]["event"]["sessions"]]
        later = start + timedelta(hours=20)
        to = {"startsAt": later.isoformat(), "endsAt": (later + timedelta(hours=1)).isoformat(), "reason": "场地检修"}
        await step("MoveEventSession", token, "provider", sessionId=two, **to, key=key())
        await step("CancelEventSession", token, "provider", sessionId=three, reason="场地检修", key=key())
        await step("KeptCultureVenues", token, "provider")
        await step("StagedEvents", token, "provider")
        self._event = id_
        return str(one)

    async def _buys(self, house: House, person: Person, token: str, session: str) -> None:
        step, key = self._step, new_id
        await step("CultureVenues")
        near = {"latitude": 26.08, "longitude": 119.3}
        await step("CultureEvents", sought={"words": "榕城", "near": near})
        await step("CultureEvent", **self._event)
        await step("SessionPlaces", sessionId=session)
        said = {"sessionId": session, "method": "WALLET"}
        bought = await step("BuyEventTickets", person.token, **said, seats=["A-1", "A-2"], key=key())
        assert bought["__typename"] == "EventTicketsTaken", bought
        purchase = {"purchaseId": bought["purchase"]["id"]}
        await step("EventPurchases", person.token)
        await step("EventPurchase", person.token, **purchase)
        first, second = [ticket["id"] for ticket in bought["purchase"]["tickets"]]
        shown = await step("ShowTicketCode", person.token, **purchase, ticketId=first, key=key())
        let_in = await step("AdmitTicket", token, "provider", code=shown["text"], key=key())
        assert let_in["__typename"] == "TicketAdmitted", let_in
        await step("ReturnEventTickets", person.token, **purchase, ticketIds=[second], key=key())
        held = await step("BuyEventTickets", person.token, **{**said, "method": "GATEWAY"}, seats=["B-1"], key=key())
        waiting = {"purchaseId": held["purchase"]["id"]}
        await step("PayEventTickets", person.token, **waiting)
        await step("GiveUpEventTickets", person.token, **waiting, key=key())
        await step("CancelCultureEvent", token, "provider", **self._event, reason="停电", key=key())

    async def _waits(self, house: House, person: Person) -> None:
        step, key, tickets = self._step, new_id, house.city.services.life.culture.tickets
        put, owner = await house.event(room=1, return_hours=0), new_id()
        bought = await put.taken(owner)
        wanted = {"sessionId": put.session_id, "count": 1}
        wait = await step("JoinEventWaitingList", person.token, **wanted, key=key())
        await step("LeaveEventWaitingList", person.token, waitId=wait["wait"]["id"], key=key())
        wait = await step("JoinEventWaitingList", person.token, **wanted, key=key())
        await tickets.give_back(holder(owner), bought.id, (), key())
        await step("EventWaits", person.token)
        taken = await step("TakeOfferedTickets", person.token, waitId=wait["wait"]["id"], key=key())
        assert taken["__typename"] == "EventTicketsTaken", taken

    async def _reads(self, person: Person) -> None:
        step, key = self._step, new_id
        await step("HasLibrary")
        bound = await step("BindLibraryCard", person.token, card="FZL200417", pin="2580", key=key())
        assert bound["__typename"] in ("ReaderCardBound", "LibraryMissing"), bound
        for operation in ("LibraryCard", "LibraryLoans", "LibraryReservations"):
            await step(operation, person.token)
        await step("LibrarySearch", words="福州")
        await step("LibraryItem", item="LB0010021")
        for operation, item in (("RenewLoan", "LB0010022"), ("ReserveBook", "LB0010023")):
            await step(operation, person.token, item=item, key=key())
        await step("CancelReservation", person.token, item="LB0010023", key=key())
        await step("ChooseLoanReminders", person.token, on=False, key=key())
        await step("LetGoOfLibraryCard", person.token, key=key())
        added = await step("AddToReadingList", person.token, title="坊巷志", key=key())
        title = {"titleId": added["title"]["id"]}
        await step("ReadingList", person.token)
        await step("MarkTitleRead", person.token, **title, read=True, key=key())
        await step("TakeOffReadingList", person.token, **title, key=key())

    async def _looks_around(self, house: House, person: Person, token: str) -> None:
        sight = {"sightId": await a_sight(self._api, house)}
        await self._step("CountSightCrowd", token, "provider", **sight, people=850)
        await self._step("KeptSights", token, "provider")
        await self._step("Sights", person.token, near={"latitude": 26.08, "longitude": 119.3})
        await self._step("Sight", person.token, **sight)
        await self._step("DayRoutes", person.token)
