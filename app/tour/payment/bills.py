"""Bills: a child's school account is bound, its bill seen with the child's name, paid, and its receipt checked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from app.core.ids import new_id
from app.tour.journey import Step
from app.tour.payment.payer import Tour
from app.tour.phone import TourFailed

_SCHOOLS, _CHILD = "city-schools", "陈小满"
_CARE, _LUNCHES = "180.00", "252.00"


class Bills(Tour):
    """Wants 432 yuan in the wallet."""

    _account = ""

    def steps(self) -> list[tuple[str, Step]]:
        return [
            ("a school's batch of bills is answered row by row", self.push),
            ("an account is bound by the child's name, and by no other", self.bind),
            ("the bill says for which child, for what, and until when", self.see),
            ("it is changed at the school: the old one is not paid unseen", self.change),
            ("it is paid from the wallet, and leaves a receipt", self.pay),
            ("the receipt's code says that it is genuine, and shows no more than it must", self.check),
            ("the next one is paid by itself, up to a cap", self.auto_pay),
        ]

    @property
    def _pupil(self) -> str:
        """A pupil number of this tour alone."""
        return str(self.payer.kept.setdefault("pupil", f"98{datetime.now(UTC):%y%m%d%H%M%S}"))

    async def push(self) -> str:
        good, wrong = self._told(1, _CARE), {**self._told(1, _CARE), "number": "T-0", "lines": []}
        done = await self.payer.as_payee(_SCHOOLS, "PushBills", "BillsPushed", bills=[good, wrong])
        return ", ".join(f"{one['outcome']} {one['field'] or ''}".strip() for one in done["answers"])

    async def bind(self) -> str:
        given = {"biller": _SCHOOLS, "number": self._pupil, "label": "小满的学校"}
        refused = await self._do("BindBillerAccount", "AccountNotFound", **given, holder="别人")
        bound = await self._do("BindBillerAccount", "BillerAccountKept", **given, holder=_CHILD)
        self._account = bound["account"]["id"]
        return f"{refused['message']} Then: {bound['account']['label']}, {bound['account']['number']}"

    async def see(self) -> str:
        bill = await self._bill()
        lines = ", ".join(f"{line['text']} {line['amount']['amount']}" for line in bill["lines"])
        return f"for {bill['beneficiary']}: {bill['reason']} ({lines}), due {bill['due']}"

    async def change(self) -> str:
        seen = await self._bill()
        await self.payer.as_payee(_SCHOOLS, "PushBills", "BillsPushed", bills=[self._told(2, _CARE, _LUNCHES)])
        refused = await self._pay(seen, "BillChanged")
        return f"{refused['message']} {seen['amount']['amount']} → {(await self._bill())['amount']['amount']}"

    async def pay(self) -> str:
        bill = await self._bill()
        paid = await self._pay(bill, "BillsPaid")
        receipts = (await self.payer.phone.read("BillReceipts"))["billReceipts"]["edges"]
        receipt = self.payer.kept["bill receipt"] = receipts[0]["node"]
        pdf = await self.payer.http.get(receipt["pdf"]["url"])
        if not pdf.content.startswith(b"%PDF-"):
            raise TourFailed(f"the receipt answered {pdf.status_code}")
        state = paid["payments"][0]["payment"]["state"]
        return f"{state}: {receipt['number']}, PDF of {len(pdf.content) // 1024} kB"

    async def check(self) -> str:
        address = self.payer.kept["bill receipt"]["checkAt"]
        page = await self.payer.http.get(address, params={"lang": "en"})
        if "genuine" not in page.text or self._pupil in page.text or _CHILD in page.text:
            raise TourFailed(f"the receipt's page answered {page.status_code}, or shows too much")
        made_up = await self.payer.http.get(address[:-4] + "AAAA")
        return f"genuine, account …{self._pupil[-4:]}; a made-up code: {made_up.status_code}"

    async def auto_pay(self) -> str:
        given = {"account": self._account, "cap": {"amount": "500.00"}, "method": "WALLET"}
        allowed = await self._do("AllowAutoPay", "AutoPayAllowed", **given)
        await self._do("EndAutoPay", "AutoPayEnded", account=self._account)
        return f"up to {allowed['autoPay']['cap']['amount']} each; ended again"

    def _told(self, version: int, *amounts: str) -> dict[str, Any]:
        what = (("课后服务", "After-school care"), ("午餐", "Lunches"))
        lines = [{"text": {"zh": zh, "en": en}, "amount": one} for (zh, en), one in zip(what, amounts, strict=False)]
        return {
            "number": f"T-{self._pupil}",
            "version": version,
            "account": self._pupil,
            "holder": _CHILD,
            "beneficiary": _CHILD,
            "reason": {"zh": "榕树小学本月费用", "en": "Banyan Primary School, this month"},
            "lines": lines,
            "due": (datetime.now(UTC) + timedelta(days=9)).date().isoformat(),
        }

    async def _bill(self) -> dict[str, Any]:
        found = (await self.payer.phone.read("Bills"))["bills"]["edges"]
        bill: dict[str, Any] = next(edge["node"] for edge in found if edge["node"]["number"] == f"T-{self._pupil}")
        return bill

    async def _pay(self, bill: dict[str, Any], wanted: str) -> dict[str, Any]:
        choice = {"billId": bill["id"], "version": bill["version"]}
        return await self._do("PayBills", wanted, bills=[choice], method="WALLET")

    async def _do(self, operation: str, wanted: str, **given: Any) -> dict[str, Any]:
        return await self.payer.phone.do(operation, wanted, **given, key=new_id())
