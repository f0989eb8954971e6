"""The day after: what merchants were paid, and yesterday compared with the gateway, put right, and closed."""

from __future__ import annotations

from typing import Any

from app.tour.desk import Desk
from app.tour.journey import Step
from app.tour.payment.payer import Payer, Tour
from app.tour.phone import TourFailed, ask

_CANTEEN = "city-hall-canteen"
_REASON = "已与网关核实"


class DayAfter(Tour):
    """Wants a seeded city: it has a day with three differences to work on."""

    def __init__(self, payer: Payer) -> None:
        super().__init__(payer)
        self._desk = Desk(payer.journey, payer.http, payer.demo, "operator")
        self._day: dict[str, Any] = {}

    def steps(self) -> list[tuple[str, Step]]:
        return [
            ("a merchant sees what was paid out for each day", self.settled),
            ("the desk sees yesterday's differences, with which it cannot be closed", self.differs),
            ("each is taken in hand and put right by a transfer of the ledger", self.put_right),
            ("the day is closed, and stays closed", self.close),
        ]

    async def settled(self) -> str:
        token = await self.payer.token(_CANTEEN)
        found = await ask(self.payer.http, "/provider/graphql", "provider", "Settlements", {"first": 1}, token)
        edges = found["settlements"]["edges"]
        if not edges:
            return "nothing yet: this city has no past"
        one = edges[0]["node"]
        fees = ", ".join(
            f"{line['kind']} {line['net']['amount']} after {line['fee']['amount']}" for line in one["lines"]
        )
        return f"{one['day']}: {one['total']['amount']} yuan, {one['state']} ({fees})"

    async def differs(self) -> str:
        await self._desk.sign_in()
        days = (await self._desk.asked("GET", "/gateway-days?first=31"))["items"]
        self._day = next((day for day in days if day["state"] == "open"), {})
        if not self._day:
            return f"{len(days)} days, all closed"
        refused = await self._desk.sent("POST", f"/gateway-days/{self._day['day']}/close")
        if self._day["unresolved"] and refused.json()["code"] != "DAY_HAS_OPEN_DIFFERENCES":
            raise TourFailed(f"a day with open differences answered {refused.status_code}")
        gap = (self._day["theirs_net_fen"] - self._day["ours_net_fen"]) / 100
        return f"{self._day['day']}: {self._day['unresolved']} open, {gap:.2f} yuan between the two sides"

    async def put_right(self) -> str:
        if not self._day:
            return "nothing was left"
        day = self._day["day"]
        listed = (await self._desk.asked("GET", f"/gateway-days/{day}/differences"))["items"]
        done = []
        for one in (each for each in listed if each["state"] != "resolved"):
            path = f"/gateway-differences/{one['id']}"
            await self._desk.asked("POST", f"{path}/take")
            body = {"remedy": "suspense" if one["gap"] else "none", "reason": _REASON}
            resolved = await self._desk.asked("POST", f"{path}/resolve", body)
            done.append(f"{one['what']} {one['gap'] / 100:+.2f} → {resolved['resolution']['remedy']}")
        return "; ".join(done)

    async def close(self) -> str:
        if not self._day:
            return "nothing was left"
        day = self._day["day"]
        closed = await self._desk.asked("POST", f"/gateway-days/{day}/close")
        again = await self._desk.sent("POST", f"/gateway-days/{day}/comparison")
        if again.json().get("code") != "DAY_CLOSED":
            raise TourFailed(f"a closed day was compared again: {again.status_code}")
        return f"{day} {closed['state']}; then: {again.json()['message']}"
