"""Points for an afternoon of volunteering, a red packet for a friend, and a bus ride with a change."""

from __future__ import annotations

from typing import Any

from app.core.clock import SystemClock
from app.core.ids import new_id
from app.tour.journey import Journey, Step
from app.tour.payment.payer import Payer, Tour
from app.tour.phone import TourFailed

_UNION, _BUS = "volunteer-union", "city-bus"


class Giving(Tour):
    """Wants 20 yuan in the wallet."""

    def __init__(self, payer: Payer) -> None:
        super().__init__(payer)
        self._friend: Journey = payer.journey.another()
        self._link = ""

    def steps(self) -> list[tuple[str, Step]]:
        return [
            ("an afternoon of volunteering becomes points, once for each reference", self.earn),
            ("some of them are given to a good cause", self.donate),
            ("a red packet is sent; a friend opens it, and sees what the others got", self.packet),
            ("opened a second time it gives nothing more; nobody opens what is empty", self.once),
            ("a bus takes the card's code; the change to another line costs less", self.ride),
            ("a ride read without network is reported late, and twice: it is charged once", self.late),
        ]

    async def earn(self) -> str:
        shown = await self.payer.phone.do("ShowCode", "CodeShown", purpose="SERVICE_HALL", key=new_id())
        code = {"code": shown["cardCode"]["text"], "purpose": "SERVICE_HALL"}
        seen = await self.payer.as_payee(_UNION, "VerifyCode", "CodeVerified", **code)
        wish = {"to": {"verificationId": seen["id"]}, "reference": new_id(), "points": 120, "reason": "VOLUNTEERING"}
        for _ in range(2):
            said = {**wish, "what": "西湖清洁行动，三小时"}
            done = await self.payer.as_payee(_UNION, "GrantPoints", "PointsGranted", grant=said)
        held = (await self.payer.phone.read("Points"))["points"]
        if held["points"] != done["grant"]["points"]:
            raise TourFailed(f"{held['points']} points of one grant")
        return f"{held['points']} points, good until {held['parts'][0]['expiresOn']}"

    async def donate(self) -> str:
        cause = (await self.payer.phone.read("GoodCauses"))["goodCauses"][0]
        given = {"cause": cause["id"], "points": 50, "key": new_id()}
        done = await self.payer.phone.do("DonatePoints", "PointsDonated", **given)
        return f"{done['points']} to “{done['cause']['name']}”, which has {done['cause']['given']}; {done['left']} left"

    async def packet(self) -> str:
        await self._friend.sign_in()
        await self._friend.verify_identity()
        wish = {"amount": {"amount": "8.88"}, "shares": 2, "kind": "LUCKY", "wish": "恭喜搬家"}
        sent = await self.payer.phone.do("SendRedPacket", "RedPacketSent", packet=wish, key=new_id())
        self._link = sent["packet"]["link"]
        await self._open(self.payer.journey)
        got = (await self._open(self._friend))["packet"]
        shares = [float(one["amount"]["amount"]) for one in got["shares"]]
        if round(sum(shares), 2) != 8.88:
            raise TourFailed(f"the shares are {shares}")
        return " + ".join(f"{one['name']} {one['amount']['amount']}" for one in got["shares"]) + " = 8.88"

    async def once(self) -> str:
        again = (await self._open(self._friend))["packet"]
        late = self.payer.journey.another()
        await late.sign_in()
        await late.verify_identity()
        refused = await self._open(late, "PacketEmpty")
        return f"{again['mine']['amount']} as before; {refused['message']}"

    async def ride(self) -> str:
        fares = [await self._boarded(line) for line in ("1", "5")]
        first, second = (float(one["fare"]["amount"]) for one in fares)
        if first and second >= first:  # people of 60 and more go free
            raise TourFailed("the change was no cheaper")
        said = [" ".join(f"{step['part']} {step['amount']['amount']}" for step in one["steps"]) for one in fares]
        return "; then ".join(said)

    async def late(self) -> str:
        shown = await self.payer.phone.do("ShowOfflineCode", "CodeShown", purpose="TRANSIT", key=new_id())
        one = {"line": "27", "code": shown["cardCode"]["text"], "at": _now(), "metres": 15_000}
        batch = [{**one, "reference": new_id()}, {**one, "reference": new_id()}]
        results = []
        for _ in range(2):
            done = await self._reported(batch)
            results.append(" ".join(answer["result"] for answer in done))
        if results != ["TAKEN DOUBLE", "REPEATED DOUBLE"]:
            raise TourFailed(f"the batches were answered {results}")
        owed = (await self.payer.phone.read("OwedRides"))["owedRides"]
        return f"{', then '.join(results)}; {owed['rides']} rides are owed"

    async def _open(self, who: Journey, wanted: str = "RedPacketOpened") -> dict[str, Any]:
        return await who.phone.do("OpenRedPacket", wanted, which={"link": self._link}, key=new_id())

    async def _boarded(self, line: str) -> dict[str, Any]:
        shown = await self.payer.phone.do("ShowCode", "CodeShown", purpose="TRANSIT", key=new_id())
        ride = {"reference": new_id(), "line": line, "code": shown["cardCode"]["text"]}
        done = await self.payer.as_payee(_BUS, "ReportRide", "RideReported", ride=ride)
        taken: dict[str, Any] = done["ride"]
        return taken

    async def _reported(self, batch: list[dict[str, Any]]) -> list[dict[str, Any]]:
        token = await self.payer.token(_BUS)
        done = await self.payer.journey.provide_as(token, "ReportOfflineRides", "RidesReported", rides=batch)
        answered: list[dict[str, Any]] = done["rides"]
        return answered


def _now() -> str:
    return SystemClock().now().isoformat()
