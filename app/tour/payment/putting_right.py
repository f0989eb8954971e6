"""Putting right: a part of a payment goes back, and what is contested is answered or given up."""

from __future__ import annotations

from typing import Any

from app.core.ids import new_id
from app.tour.journey import Step
from app.tour.payment.payer import Tour
from app.tour.phone import TourFailed

_CANTEEN = "city-hall-canteen"


class PuttingRight(Tour):
    """Wants the payment at the till (`till payment`), of 18.50 yuan."""

    _dispute = ""

    def steps(self) -> list[tuple[str, Step]]:
        return [
            ("the canteen gives 3.50 yuan back, and the phone sees where to", self.refund),
            ("more than was paid does not go back", self.too_much),
            ("the rest is contested: the canteen has seven days", self.dispute),
            ("it accepts, and all of it is the citizen's again", self.accept),
        ]

    @property
    def _payment(self) -> str:
        found = self.payer.kept.get("till payment")
        if found is None:
            raise TourFailed("nothing was paid at a till")
        return str(found)

    async def refund(self) -> str:
        done = await self._give_back("3.50", "PaymentRefunded")
        seen = await self.payer.phone.read("Refunds", paymentId=self._payment)
        (back,) = seen["refunds"]
        if back["id"] != done["refund"]["id"]:
            raise TourFailed("the phone sees another refund")
        return f"{back['amount']['amount']} yuan, {back['state']}, to {back['parts'][0]['way']}"

    async def too_much(self) -> str:
        refused = await self._give_back("18.00", "RefundTooHigh")
        return f"{refused['message']} ({refused['left']['amount']} is left)"

    async def dispute(self) -> str:
        said = {"paymentId": self._payment, "reason": "NOT_AS_DESCRIBED", "words": "端上来的菜是凉的，和说好的不一样。"}
        opened = await self.payer.phone.do("DisputePayment", "DisputeKept", **said, key=new_id())
        self._dispute = str(opened["dispute"]["id"])
        return f"{opened['dispute']['amount']['amount']} yuan until {opened['dispute']['due'][:10]}"

    async def accept(self) -> str:
        given = {"disputeId": self._dispute}
        done = await self.payer.as_payee(_CANTEEN, "AcceptDispute", "DisputeKept", **given)
        seen = await self.payer.phone.read("Payment", paymentId=self._payment)
        return f"{done['dispute']['ending']['outcome']}: {seen['payment']['refunded']['amount']} went back in all"

    async def _give_back(self, amount: str, wanted: str) -> dict[str, Any]:
        said = {"paymentId": self._payment, "reason": "WRONG_AMOUNT", "amount": {"amount": amount}}
        return await self.payer.as_payee(_CANTEEN, "RefundPayment", wanted, **said)
