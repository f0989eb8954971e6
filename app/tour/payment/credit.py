"""Credit: a score that explains itself, a line by agreement, treated first and paid later, repaid."""

from __future__ import annotations

from typing import Any

from app.core.ids import new_id
from app.tour.journey import Step
from app.tour.payment.payer import Tour
from app.tour.phone import TourFailed

_HOSPITAL = "first-hospital"
_ESTIMATE, _BILL = "200.00", (("挂号", "15.00"), ("血常规", "32.00"), ("药费", "68.40"))
_CHARGED = "115.40"


class OnCredit(Tour):
    """Wants 116 yuan in the wallet, and a card."""

    _treatment = ""

    def steps(self) -> list[tuple[str, Step]]:
        return [
            ("which factors make a credit score is open to everybody", self.factors),
            ("the citizen agrees to be counted: the score explains itself", self.join),
            ("a credit line is opened by agreement, without interest", self.open_line),
            ("the hospital asks by the card's code, and the citizen confirms: treated first", self.authorise),
            ("a bill above what was held is refused, the right one is charged: paid later", self.charge),
            ("more than is owed cannot be repaid; what is owed is, from the wallet", self.repay),
        ]

    async def factors(self) -> str:
        rules = (await self.payer.phone.read("CreditRules"))["creditRules"]
        said = ", ".join(f"{one['name']} {one['weight']}" for one in rules["inForce"]["factors"])
        return f"{rules['least']} to {rules['most']}: {said}"

    async def join(self) -> str:
        terms = (await self.payer.phone.read("CreditRules"))["creditRules"]["terms"]["version"]
        made = await self.payer.phone.do("JoinCredit", "CreditScoreCounted", terms=terms, key=new_id())
        factors = made["score"]["latest"]["factors"]
        first = next(one for one in factors if one["advice"])
        return f"{made['score']['value']} points; {first['name']}: {first['counted']}. {first['advice']}"

    async def open_line(self) -> str:
        agreement = (await self.payer.phone.read("CreditRules"))["creditRules"]["agreement"]["version"]
        given = {"agreement": agreement, "most": None}
        refused = await self.payer.phone.do("OpenCreditLine", "PinNeeded", **given, key=new_id())
        given["pin"] = self.payer.kept["pin"]
        made = await self.payer.phone.do("OpenCreditLine", "CreditLineChanged", **given, key=new_id())
        return f"{refused['message']} Then: {made['limit']['amount']} yuan"

    async def authorise(self) -> str:
        shown = await self.payer.phone.do("ShowCode", "CodeShown", purpose="HOSPITAL", key=new_id())
        said = {"code": shown["cardCode"]["text"], "reference": f"M-{new_id()[-6:]}", "about": "内科门诊"}
        asked = await self.payer.as_payee(
            _HOSPITAL, "AuthoriseTreatment", "TreatmentAsked", **said, estimate={"amount": _ESTIMATE}
        )
        self._treatment = asked["treatment"]["id"]
        done = await self.payer.phone.do(
            "ConfirmTreatment", "TreatmentChanged", treatment=self._treatment, key=new_id()
        )
        line = await self._line()
        return f"{done['treatment']['state']}: {line['held']['amount']} held, {line['available']['amount']} free"

    async def charge(self) -> str:
        above = [{"what": "手术", "amount": {"amount": "200.01"}}]
        refused = await self._charge("TreatmentAboveHeld", above)
        bill = [{"what": what, "amount": {"amount": amount}} for what, amount in _BILL]
        done = (await self._charge("TreatmentChanged", bill))["treatment"]
        if done["charged"]["amount"] != _CHARGED:
            raise TourFailed(f"{done['charged']['amount']} was charged, not {_CHARGED}")
        statement = (await self.payer.phone.read("CreditStatement"))["creditStatement"]
        return f"{refused['message']} Then: {_CHARGED}, due {statement['nextDue']}"

    async def repay(self) -> str:
        phone = self.payer.phone
        refused = await phone.do("RepayCredit", "RepaymentTooHigh", amount={"amount": "115.41"}, key=new_id())
        done = await phone.do("RepayCredit", "CreditRepaid", amount={"amount": _CHARGED}, key=new_id())
        line = await self._line()
        left = done["repayment"]["left"]["amount"]
        return f"{refused['message']} Then: {left} owed, {line['available']['amount']} free again"

    async def _charge(self, wanted: str, bill: list[dict[str, Any]]) -> dict[str, Any]:
        return await self.payer.as_payee(_HOSPITAL, "ChargeTreatment", wanted, treatment=self._treatment, bill=bill)

    async def _line(self) -> dict[str, Any]:
        line: dict[str, Any] = (await self.payer.phone.read("CreditLine"))["creditLine"]
        return line
