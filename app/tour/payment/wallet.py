"""The wallet: topped up on the gateway's page, whatever becomes of its notices, and withdrawn from to a bank card."""

from __future__ import annotations

import asyncio
from typing import Any

from app.core.clock import SystemClock, civil_day
from app.core.ids import new_id
from app.tour.journey import Step
from app.tour.payment.payer import Tour
from app.tour.phone import TourFailed

_PATIENCE = 100


class Filling(Tour):
    """Leaves about 4,800 yuan in the wallet for those who pay after it."""

    _first = ""

    def steps(self) -> list[tuple[str, Step]]:
        return [
            ("the wallet is topped up on the gateway's page, and the notice fills it", self.top_up),
            ("a notice that comes twice and one that is lost: the money is there once", self.notices),
            ("a forged notice moves nothing", self.forged),
            ("a bank card of one's own is bound, and money goes out to it", self.withdraw),
            ("the statement comes as PDF, the month with what it was spent on", self.statement),
        ]

    async def top_up(self) -> str:
        begun = await self._begin("4700.00")
        page = await self._stand_in().get(begun["payAt"])
        if "4700.00" not in page.text:
            raise TourFailed("the page does not say what is to be paid")
        await self._pay(begun)
        settled = await self._settled(begun["id"])
        self._first = settled["id"]
        return f"{settled['state']}: ¥{(await self._wallet())['balance']['amount']} in the wallet"

    async def notices(self) -> str:
        twice = await self._begin("100.00")
        await self._faults(doubled=True, next=1)
        await self._pay(twice)
        await self._settled(twice["id"])
        lost = await self._begin("50.00")
        await self._faults(lost=True, next=1)
        await self._pay(lost)
        looked = await self.payer.phone.do("CheckTopUp", "TopUpLookedAt", topUp=lost["id"], key=new_id())
        if looked["topUp"]["state"] != "PAID":
            raise TourFailed(f"asked about, it is {looked['topUp']['state']}")
        held = (await self._wallet())["balance"]["amount"]
        if held != "4850.00":
            raise TourFailed(f"{held} in the wallet")
        return f"¥{held}, to the fen"

    async def forged(self) -> str:
        begun = await self._begin("99.00")
        notice = {"kind": "order", "reference": new_id(), "gateway_id": "x", "state": "paid", "amount_fen": 9900}
        answer = await self.payer.http.post("/payment/notices/gateway", json=notice)
        if answer.status_code != 401:
            raise TourFailed(f"answered with {answer.status_code}")
        done = await self.payer.phone.do("CancelTopUp", "TopUpCancelled", topUp=begun["id"], key=new_id())
        return f"refused with {answer.status_code}; the top-up: {done['topUp']['state']}"

    async def withdraw(self) -> str:
        number = "6222021234567890128"
        bound = await self.payer.phone.do("BindBankCard", "BankCardBound", number=number, key=new_id())
        asked = {"card": bound["card"]["id"], "amount": {"amount": "50.00"}, "key": new_id()}
        done = await self.payer.phone.do("WithdrawFromWallet", "WithdrawalBegun", **asked)
        for _ in range(_PATIENCE):
            (newest, *_) = (await self.payer.phone.read("Withdrawals", first=1))["withdrawals"]["edges"]
            if newest["node"]["state"] == "DONE":
                return f"¥50.00 to {bound['card']['bank']} **** {bound['card']['lastFour']}"
            await asyncio.sleep(0.1)
        raise TourFailed(f"it did not arrive: {done['withdrawal']['state']}")

    async def statement(self) -> str:
        today = civil_day(SystemClock().now()).isoformat()
        month = (await self.payer.phone.read("WalletMonth", day=today))["walletMonth"]
        asked: dict[str, Any] = {"from": today, "to": today, "form": "PDF"}
        ready = (await self.payer.phone.read("WalletStatement", **asked))["walletStatement"]
        file = await self.payer.http.get(ready["url"])
        if not file.content.startswith(b"%PDF"):
            raise TourFailed(f"no PDF: {file.status_code}")
        said = ", ".join(f"{one['category']} {one['sum']['amount']}" for one in month["categories"])
        return f"{len(file.content) // 1024} kB; {said}"

    async def _begin(self, amount: str) -> dict[str, Any]:
        done = await self.payer.phone.do("TopUpWallet", "TopUpBegun", amount={"amount": amount}, key=new_id())
        begun: dict[str, Any] = done["topUp"]
        return begun

    async def _pay(self, begun: dict[str, Any]) -> None:
        """As the citizen presses the button on the gateway's page."""
        led = await self._stand_in().post(begun["payAt"], data={"do": "pay"})
        if led.status_code != 303:
            raise TourFailed(f"the page answers with {led.status_code}")

    async def _settled(self, top_up: str) -> dict[str, Any]:
        for _ in range(_PATIENCE):
            found: dict[str, Any] = (await self.payer.phone.read("TopUp", topUp=top_up))["topUp"]
            if found["state"] != "OPEN":
                return found
            await asyncio.sleep(0.1)
        raise TourFailed("no notice came")

    async def _wallet(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.payer.phone.read("Wallet"))["wallet"]
        return found

    async def _faults(self, **how: Any) -> None:
        (await self._stand_in().post("/control/gateway/notices", json=how)).raise_for_status()

    def _stand_in(self) -> Any:
        return self.payer.journey.stand_ins
