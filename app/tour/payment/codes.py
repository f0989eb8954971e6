"""Paying by code: the citizen shows one at a till, is asked above a sum, and scans the one at a counter."""

from __future__ import annotations

from typing import Any

from app.core.ids import new_id
from app.tour.journey import Step
from app.tour.payment.payer import Tour
from app.tour.phone import TourFailed, ask

_CANTEEN, _SUPERMARKET, _SNACKS = "city-hall-canteen", "banyan-fresh", "fishball-corner"
_PIN = "739164"


class ByCode(Tour):
    """Wants 1,400 yuan in the wallet."""

    _code = ""

    def steps(self) -> list[tuple[str, Step]]:
        return [
            ("a PIN that is easily guessed is refused, another is chosen", self.choose_pin),
            ("who has a PIN withdraws nothing without it", self.guarded),
            ("the phone shows a code, and the canteen charges it", self.pay_at_a_till),
            ("the same code a second time is refused", self.spent),
            ("above 1,000 yuan the till waits: the phone asks, and the PIN confirms", self.confirm),
            ("the code that hangs at a counter is scanned and paid", self.scan),
            ("an order that is cancelled before it arrives is charged no more", self.closed_beforehand),
        ]

    async def choose_pin(self) -> str:
        phone = self.payer.phone
        refused = await phone.do("ChoosePayPin", "PinTooWeak", pin="123456", key=new_id())
        await phone.do("ChoosePayPin", "PayPinSet", pin=_PIN, key=new_id())
        self.payer.kept["pin"] = _PIN
        return str(refused["message"])

    async def guarded(self) -> str:
        (card, *_) = (await self.payer.phone.read("Wallet"))["wallet"]["cards"]
        asked = {"card": card["id"], "amount": {"amount": "1.00"}, "key": new_id()}
        refused = await self.payer.phone.do("WithdrawFromWallet", "PinNeeded", **asked)
        await self.payer.phone.do("WithdrawFromWallet", "WithdrawalBegun", **asked, pin=_PIN)
        return str(refused["message"])

    async def pay_at_a_till(self) -> str:
        self._code = await self._shown()
        done = await self._collect(_CANTEEN, self._code, "18.50")
        self.payer.kept["till payment"] = done["payment"]["id"]
        return f"{done['state']}: {done['amount']['amount']} yuan, fee {done['payment']['fee']['amount']}"

    async def spent(self) -> str:
        said = {"amount": {"amount": "18.50"}, "order": new_id()}
        refused = await self.payer.as_payee(_CANTEEN, "CollectPayment", "PayCodeUsed", code=self._code, **said)
        return str(refused["message"])

    async def confirm(self) -> str:
        waits = await self._collect(_SUPERMARKET, await self._shown(), "1280.00")
        if not waits["waitingForConfirmation"]:
            raise TourFailed(f"the till did not wait: {waits['state']}")
        (asked,) = (await self.payer.phone.read("PaymentsToConfirm"))["paymentsToConfirm"]
        bare = await self.payer.phone.do("ConfirmPayment", "SpendingLimitReached", paymentId=asked["id"], key=new_id())
        await self.payer.phone.do("ConfirmPayment", "PaymentConfirmed", paymentId=asked["id"], pin=_PIN, key=new_id())
        stands = await self._order(_SUPERMARKET, waits["order"])
        return f"without the PIN {bare['left']['amount']} are left today; with it: {stands['state']}"

    async def scan(self) -> str:
        token = await self.payer.token(_SNACKS)
        found = await ask(self.payer.http, "/provider/graphql", "provider", "Merchant", {}, token)
        text = found["merchant"]["code"]
        seen = (await self.payer.phone.read("MerchantCode", text=text))["merchantCode"]
        paid = await self.payer.phone.do(
            "PayMerchant", "MerchantPaid", code=text, amount={"amount": "12.00"}, key=new_id()
        )
        return f"{seen['merchant']}: {paid['payment']['state']}, {seen['remaining']['amount']} a day by such codes"

    async def closed_beforehand(self) -> str:
        order = f"T-{new_id()[-8:]}"
        done = await self.payer.as_payee(_CANTEEN, "CancelPayment", "PaymentCancelled", order=order)
        said = {"amount": {"amount": "5.00"}, "order": order, "code": await self._shown()}
        late = await self.payer.as_payee(_CANTEEN, "CollectPayment", "OrderClosed", **said)
        return f"{done['order']['state']}; {late['message']}"

    async def _shown(self) -> str:
        shown = await self.payer.phone.do("CreatePayCode", "PayCodeShown", key=new_id())
        return str(shown["payCode"]["text"])

    async def _collect(self, merchant: str, code: str, amount: str) -> dict[str, Any]:
        said = {"code": code, "amount": {"amount": amount}, "order": f"T-{new_id()[-8:]}"}
        done = await self.payer.as_payee(merchant, "CollectPayment", "PaymentCollected", **said)
        order: dict[str, Any] = done["order"]
        return order

    async def _order(self, merchant: str, order: str) -> dict[str, Any]:
        token = await self.payer.token(merchant)
        given = {"order": order}
        found = await ask(self.payer.http, "/provider/graphql", "provider", "QueryPayment", given, token)
        stands: dict[str, Any] = found["queryPayment"]
        return stands
