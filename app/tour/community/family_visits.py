"""A grandmother moves into a care home and names who may come; the visit is asked for and agreed to."""

from __future__ import annotations

from datetime import timedelta

from app.core.clock import SystemClock, civil_day
from app.core.ids import global_id, new_id
from app.tour.journey import Journey, Step
from app.tour.payment.payer import Payer, Tour
from app.tour.phone import TourFailed, local

_HOUSE = "banyan-care-home"


class FamilyVisits(Tour):
    """Wants a citizen who is known by name."""

    def __init__(self, payer: Payer) -> None:
        super().__init__(payer)
        self._elder: Journey | None = None
        self._stay = ""

    def steps(self) -> list[tuple[str, Step]]:
        return [
            ("a care home asks who stays there; she agrees, and names the citizen", self.named),
            ("he asks for a time; the house agrees; it waits on the home page", self.visit),
            ("she goes home: the visit is cancelled, and its place is free again", self.home),
        ]

    async def named(self) -> str:
        self._elder = elder = self.payer.journey.another()
        await elder.sign_in()
        said = {"houseId": str(global_id("CareHouse", _HOUSE)), "phone": elder.number, "label": "3 楼 308 室"}
        asked = await self.payer.as_payee(_HOUSE, "ProposeStay", "FamilyStaySaved", **said)
        self._stay = asked["stay"]["id"]
        await elder.phone.do("AnswerStay", "FamilyStaySaved", stayId=self._stay, accept=True, key=new_id())
        kin = {"stayId": self._stay, "phone": self.payer.journey.number, "kinship": "GRANDCHILD"}
        done = await elder.phone.do("NameRelative", "FamilyStaySaved", **kin, key=new_id())
        return f"{done['stay']['house']['name']}: {done['stay']['relatives'][0]['name']} may come"

    async def visit(self) -> str:
        starts = await self._free()
        wish = {"stayId": self._stay, "startsAt": starts, "people": 2, "words": "带一束花"}
        visit = (await self.payer.phone.do("AskFamilyVisit", "FamilyVisitSaved", visit=wish, key=new_id()))["visit"]
        agreed = {"visitId": visit["id"], "accept": True, "reason": ""}
        done = await self.payer.as_payee(_HOUSE, "SettleFamilyVisit", "FamilyVisitSaved", **agreed)
        self.payer.kept["visit"] = visit["id"]
        due = {one["aboutId"] for one in (await self.payer.phone.read("Home"))["home"]["due"]}
        if visit["id"] not in due:
            raise TourFailed("the visit is not on the home page")
        return f"{local(starts)}: {done['visit']['visitState']}"

    async def home(self) -> str:
        await self.payer.as_payee(_HOUSE, "EndStay", "FamilyStaySaved", stayId=self._stay)
        asked = {"visitId": self.payer.kept["visit"]}
        state = (await self.payer.phone.read("FamilyVisit", **asked))["familyVisit"]["visitState"]
        if state != "CANCELLED":
            raise TourFailed(f"the visit is {state}")
        if self._elder is not None:
            await self._elder.close()
        return str(state)

    async def _free(self) -> str:
        """Of the days from tomorrow on: whatever hour it is now, they have all their times."""
        for ahead in range(1, 6):
            day = civil_day(SystemClock().now()) + timedelta(days=ahead)
            asked = {"stayId": self._stay, "day": day.isoformat()}
            times = (await self.payer.phone.read("FamilyVisitTimes", **asked))["familyVisitTimes"]
            if free := [one["startsAt"] for one in times if one["free"]]:
                return str(free[0])
        raise TourFailed("the house takes nobody")
