"""A home in an estate: let in, a visitor's pass that opens the gate once, a lamp that is mended."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

from app.core.clock import SystemClock
from app.core.ids import global_id, new_id
from app.tour.journey import Step
from app.tour.payment.payer import Payer, Tour
from app.tour.phone import TourFailed

_COMPANY, _ESTATE, _GATE = "rongcheng-estates", "banyan-garden", "banyan-garden:main"
_CODE = re.compile(r'data-code="([^"]+)"')


class Estates(Tour):
    """Wants a citizen who is known by name."""

    def __init__(self, payer: Payer) -> None:
        super().__init__(payer)
        self._home = self._page = self._code = self._room = ""

    def steps(self) -> list[tuple[str, Step]]:
        return [
            ("a home is asked for; the estate lets its owner in", self.move_in),
            ("a visitor's pass is made; the guest opens its page without the app", self.invite),
            ("the gate takes the code and opens; whoever invited sees it", self.enter),
            ("the same code opens nothing more, nor does the next one: one entry was given", self.once),
            ("a bay with a number is let to the home; who lives there finds it; it is free again", self.park),
            ("a dark lamp is reported, accepted, mended and rated", self.mend),
        ]

    async def move_in(self) -> str:
        estate = str(global_id("Estate", _ESTATE))
        rooms = (await self.payer.phone.read("EstateRooms", estateId=estate, building="5"))["estateRooms"]
        self._room = rooms[-1]
        wish = {"estateId": estate, "building": "5", "room": self._room, "relation": "OWNER"}
        asked = await self.payer.phone.do("AskResidency", "ResidencySaved", input=wish, key=new_id())
        self._home = asked["residency"]["id"]
        done = await self.payer.as_payee(
            _COMPANY, "VerifyResident", "ResidentSettled", residencyId=self._home, accept=True
        )
        return f"{done['resident']['name']} lives at 5-{self._room}"

    async def invite(self) -> str:
        now = SystemClock().now()
        wish: dict[str, Any] = {"residencyId": self._home, "guest": "陈舅舅", "entries": 1}
        wish |= {"begins": now.isoformat(), "ends": (now + timedelta(hours=3)).isoformat()}
        made = await self.payer.phone.do("InviteVisitor", "VisitorPassSaved", input=wish, key=new_id())
        self._page = made["visitorPass"]["url"].split("/", 3)[3]
        first = await self._shown()
        self._code = await self._shown()
        if first == self._code:
            raise TourFailed("the page showed one code twice")
        return "each time the page is drawn it shows another code"

    async def enter(self) -> str:
        opened = await self._read(self._code, "GateOpened")
        log = await self.payer.phone.read("HomeEntries", residencyId=self._home)
        entries = [edge["node"] for edge in log["homeEntries"]["edges"]]
        if not entries or entries[0]["guest"] != "陈舅舅":
            raise TourFailed("the entry is not in the home's log")
        return f"opened by {opened['way']}, {opened['left']} entries left"

    async def once(self) -> str:
        spent = await self._read(self._code, "PassCodeSpent")
        page = await self.payer.http.get(f"/{self._page}")
        if page.status_code != 410:
            raise TourFailed(f"the page of a used pass answered {page.status_code}")
        return f"{spent['message']}"

    async def park(self) -> str:
        number, estate = f"T-{new_id()[-8:].upper()}", str(global_id("Estate", _ESTATE))
        which, home = {"estateId": estate, "number": number}, {"building": "5", "room": self._room}
        await self.payer.as_payee(_COMPANY, "AddBays", "BaysAdded", estateId=estate, numbers=[number])
        let = (await self.payer.as_payee(_COMPANY, "LetBay", "BaySaved", **which, input=home))["bay"]["lets"][0]
        mine = (await self.payer.phone.read("HomeBays"))["homeBays"]
        if number not in {one["number"] for one in mine}:
            raise TourFailed("the bay is not shown to who lives there")
        await self.payer.as_payee(_COMPANY, "EndBayLet", "BaySaved", letId=let["id"])
        await self.payer.as_payee(_COMPANY, "RemoveBay", "BayRemoved", **which)
        return f"{number} from {let['since']} on"

    async def mend(self) -> str:
        wish = {"residencyId": self._home, "kind": "LIGHT", "words": "五楼楼道灯不亮", "atHome": False}
        wish |= {"spot": "5 幢五楼楼道"}
        repair = (await self.payer.phone.do("ReportRepair", "RepairSaved", input=wish, key=new_id()))["repair"]["id"]
        for to in ("ACCEPTED", "DONE"):
            given = {"repairId": repair, "to": to, "note": "已换灯泡" if to == "DONE" else "收到"}
            await self.payer.as_payee(_COMPANY, "MoveRepair", "RepairSaved", **given)
        rating = {"repairId": repair, "solved": True, "grade": 5, "key": new_id()}
        done = (await self.payer.phone.do("RateRepair", "RepairSaved", **rating))["repair"]
        return " → ".join(step["state"] for step in done["steps"])

    async def _shown(self) -> str:
        page = await self.payer.http.get(f"/{self._page}")
        found = _CODE.search(page.text)
        if found is None:
            raise TourFailed(f"the guest's page shows no code ({page.status_code})")
        return html.unescape(found.group(1))

    async def _read(self, code: str, wanted: str) -> dict[str, Any]:
        given = {"gateId": str(global_id("EstateGate", _GATE)), "code": code}
        return await self.payer.as_payee(_COMPANY, "OpenGate", wanted, readAt=SystemClock().now().isoformat(), **given)
