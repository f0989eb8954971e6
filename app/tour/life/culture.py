"""An evening out: a free ticket and a paid one, a seat that is somebody's, the door, a book renewed, a crowded hill."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from app.core.ids import new_id
from app.tour.journey import Step
from app.tour.payment.payer import Payer, Tour
from app.tour.phone import TourFailed

_KEEPER = "rongcheng-arts"
_CARD, _PIN = "FZL200417", "2580"


class Culture(Tour):
    """Wants a verified citizen with some yuan in his wallet."""

    def __init__(self, payer: Payer) -> None:
        super().__init__(payer)
        self._free: dict[str, Any] = {}

    def steps(self) -> list[tuple[str, Step]]:
        return [
            ("a free ticket is taken, and is good at once", self.take),
            ("it is shown at the door, which learns of the ticket alone", self.come_in),
            ("the same code a second time lets nobody in", self.once),
            ("a seat is chosen, and is nobody else's then", self.choose_a_seat),
            ("a ticket is paid from the wallet, returned, and its money comes back", self.pay_and_return),
            (
                "what is sold out is waited for: a place given back is kept for who waits",
                self.wait,
            ),
            ("a loan is renewed, until another reader waits for the book", self.renew),
            ("before one goes one sees where it is crowded", self.look_around),
        ]

    async def take(self) -> str:
        event, session = await self._on(lambda one: one["price"] is None and one["kind"] == "EXHIBITION")
        self._free = await self._bought(session["id"], count=1)
        return f"{event['name']}: {self._free['state']}, {self._free['number']}"

    async def come_in(self) -> str:
        which = {"purchaseId": self._free["id"], "ticketId": self._free["tickets"][0]["id"]}
        shown = await self.payer.phone.do("ShowTicketCode", "TicketCodeShown", **which, key=new_id())
        self.payer.kept["ticket code"] = shown["text"]
        done = await self.payer.as_payee(_KEEPER, "AdmitTicket", "TicketAdmitted", code=shown["text"])
        return f"{done['event']}: {done['inside']} of {done['of']}"

    async def once(self) -> str:
        code = self.payer.kept["ticket code"]
        return str((await self.payer.as_payee(_KEEPER, "AdmitTicket", "TicketCodeUsed", code=code))["message"])

    async def choose_a_seat(self) -> str:
        _, session = await self._on(lambda one: one["price"] is None and one["sessions"][0]["numbered"])
        places = (await self.payer.phone.read("SessionPlaces", sessionId=session["id"]))["sessionPlaces"]
        taken = set(places["taken"])
        every = (f"{row['label']}-{n}" for row in places["rows"] for n in range(1, row["seats"] + 1))
        seat = next(one for one in every if one not in taken)
        mine = await self._bought(session["id"], seats=[seat])
        said = {"sessionId": session["id"], "seats": [seat], "key": new_id()}
        refused = await self.payer.phone.do("BuyEventTickets", "SeatsTaken", **said)
        await self.payer.phone.do("ReturnEventTickets", "EventTicketsTaken", purchaseId=mine["id"], key=new_id())
        return f"{seat}; {refused['message']}"

    async def pay_and_return(self) -> str:
        event, session = await self._on(lambda one: one["price"] is not None and float(one["price"]["amount"]) <= 10)
        mine = await self._bought(session["id"], count=1, method="WALLET")
        given = {"purchaseId": mine["id"], "key": new_id()}
        back = await self.payer.phone.do("ReturnEventTickets", "EventTicketsTaken", **given)
        return f"{event['name']}: paid {mine['total']['amount']}, {back['purchase']['refunded']['amount']} came back"

    async def wait(self) -> str:
        """With one place in all, which the same person has, waits for, and gives back."""
        session = await self._of_one_place()
        mine = await self._bought(session, count=1)
        given = {"sessionId": session, "count": 1}
        joined = (await self.payer.phone.do("JoinEventWaitingList", "EventWaitKept", **given, key=new_id()))["wait"]
        await self.payer.phone.do("ReturnEventTickets", "EventTicketsTaken", purchaseId=mine["id"], key=new_id())
        refused = await self.payer.phone.do("BuyEventTickets", "TicketsSoldOut", **given, key=new_id())
        asked = {"waitId": joined["id"], "key": new_id()}
        taken = (await self.payer.phone.do("TakeOfferedTickets", "EventTicketsTaken", **asked))["purchase"]
        return f"{joined['state']}, {joined['ahead']} before; others: {refused['message']} Then {taken['state']}"

    async def _of_one_place(self) -> str:
        """A session in three days, of an event that is put on for it."""
        houses = (await self.payer.phone.read("CultureVenues"))["cultureVenues"]["edges"]
        house, hall = next((e["node"], h) for e in houses for h in e["node"]["halls"] if not h["rows"])
        event = {
            "kind": "WORKSHOP",
            "name": {"zh": "软木画体验", "en": "Cork carving"},
            "perPerson": 2,
            "returnHours": 0,
        }
        made = await self.payer.as_payee(_KEEPER, "DraftCultureEvent", "CultureEventKept", event=event)
        begins = datetime.now(UTC) + timedelta(days=3)
        times = {"startsAt": begins.isoformat(), "endsAt": (begins + timedelta(hours=2)).isoformat()}
        session = {"venueId": house["id"], "hall": hall["code"], "room": 1, **times}
        id_ = {"eventId": made["staged"]["event"]["id"]}
        await self.payer.as_payee(_KEEPER, "AddEventSession", "CultureEventKept", **id_, session=session)
        done = await self.payer.as_payee(_KEEPER, "PublishCultureEvent", "CultureEventKept", **id_)
        return str(done["staged"]["event"]["sessions"][0]["id"])

    async def renew(self) -> str:
        if not (await self.payer.phone.read("HasLibrary"))["hasLibrary"]:
            return "this city has no library to ask"
        stand_in = self.payer.journey.stand_ins
        await stand_in.delete("/control/library/sip")
        await self.payer.phone.do("BindLibraryCard", "ReaderCardBound", card=_CARD, pin=_PIN, key=new_id())
        loans = (await self.payer.phone.read("LibraryLoans"))["libraryLoans"]
        if not loans:
            raise TourFailed("the reader has nothing out")
        item = loans[-1]["item"]
        done = await self.payer.phone.do("RenewLoan", "LoanRenewed", item=item, key=new_id())
        await stand_in.post("/control/library/waiting", json={"item": item})
        refused = await self.payer.phone.do("RenewLoan", "LoanNotRenewed", item=item, key=new_id())
        await self.payer.phone.do("LetGoOfLibraryCard", "ReaderCardLetGo", key=new_id())
        return f"until {done['loan']['due']}; then: {refused['reason']}"

    async def look_around(self) -> str:
        sights = (await self.payer.phone.read("Sights"))["sights"]
        mine = next(one for one in sights if one["room"] <= 20_000)
        given = {"sightId": mine["id"], "people": mine["room"] * 85 // 100}
        token = await self.payer.token(_KEEPER)
        await self.payer.journey.provide_as(token, "CountSightCrowd", "CrowdCounted", **given)
        seen = (await self.payer.phone.read("Sight", sightId=mine["id"]))["sight"]
        return f"{seen['name']}: {seen['crowd']['level']}, {seen['crowd']['percent']} %"

    async def _on(self, fits: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """An event that fits, and its first session. Raises TourFailed."""
        found = (await self.payer.phone.read("CultureEvents", first=50))["cultureEvents"]["edges"]
        for edge in found:
            open_ = [one for one in edge["node"]["sessions"] if one["state"] == "OPEN"]
            if open_ and fits(edge["node"]):
                return edge["node"], open_[0]
        raise TourFailed("nothing of that kind is on")

    async def _bought(self, session: str, **wanted: Any) -> dict[str, Any]:
        given = {"sessionId": session, "key": new_id(), **wanted}
        purchase: dict[str, Any] = (await self.payer.phone.do("BuyEventTickets", "EventTicketsTaken", **given))[
            "purchase"
        ]
        if purchase["state"] != "GOOD":
            raise TourFailed(f"the tickets are {purchase['state']}")
        return purchase
