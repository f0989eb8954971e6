"""Bills: how they stand and what happened to them; what auto-pay did; payments that billers did not take."""

from __future__ import annotations

from collections.abc import Mapping

from app.admin.console.desk import Desk
from app.admin.console.parts import (
    NOTHING,
    Asked,
    Cell,
    Detail,
    Facts,
    Field,
    Listing,
    Option,
    Row,
    Table,
    badge,
    figure,
    link,
    mono,
    plain,
    short_link,
    when,
)
from app.admin.console.rooms.billers import KINDS
from app.admin.console.texts import Text
from app.admin.console.view import RoomView
from app.core.money import Money
from app.core.paging import PageRequest
from app.domains.payment.bills.auto_pay.model import Run, RunState
from app.domains.payment.bills.model import Bill, BillState, BillStep
from app.domains.payment.bills.receipts.model import Receipt
from app.domains.payment.bills.store import turn_of

STATES: Mapping[BillState, Text] = {
    BillState.OPEN: Text("待缴", "open"),
    BillState.PART_PAID: Text("部分已缴", "a part is paid"),
    BillState.PAID: Text("已缴清", "paid"),
    BillState.WITHDRAWN: Text("已撤回", "withdrawn"),
    BillState.CLEARED: Text("部分已缴，余额不再收取", "a part paid, the rest asked for no more"),
    BillState.SUPERSEDED: Text("已被替换", "superseded"),
}
_STEPS = {
    BillStep.ISSUED: Text("出账", "issued"),
    BillStep.CHANGED: Text("更改", "changed"),
    BillStep.PAID: Text("缴费", "paid"),
    BillStep.WITHDRAWN: Text("撤回", "withdrawn"),
    BillStep.CLEARED: Text("余额不再收取", "the rest asked for no more"),
    BillStep.SUPERSEDED: Text("被替换", "superseded"),
}
RUN_STATES: Mapping[RunState, Text] = {
    RunState.ANNOUNCED: Text("已预告", "announced"),
    RunState.PAID: Text("已扣款", "paid"),
    RunState.SKIPPED: Text("已跳过", "skipped"),
    RunState.FAILED: Text("失败", "failed"),
    RunState.TOO_HIGH: Text("超出上限", "above the cap"),
    RunState.LAPSED: Text("无需再扣", "nothing to pay any more"),
}
_TONES = {BillState.PAID: "good", BillState.PART_PAID: "warn"}
_RUN_TONES = {RunState.PAID: "good", RunState.FAILED: "bad", RunState.TOO_HIGH: "warn"}
_HEAD = (
    Text("账单号", "Number"),
    Text("缴费机构", "Biller"),
    Text("类别", "Kind"),
    Text("金额", "Amount"),
    Text("已缴", "Paid"),
    Text("到期", "Due"),
    Text("状态", "State"),
)
_HISTORY = (Text("时间", "When"), Text("发生了什么", "What"), Text("版本", "Version"), Text("金额", "Amount"))
_RUNS = (
    Text("账单", "Bill"),
    Text("缴费机构", "Biller"),
    Text("金额", "Amount"),
    Text("扣款日", "To be paid on"),
    Text("次数", "Tries"),
    Text("原因", "Why not"),
    Text("状态", "State"),
)
_REFUSED = (
    Text("付款编号", "Payment"),
    Text("缴费机构", "Biller"),
    Text("账单号", "Bill"),
    Text("金额", "Amount"),
    Text("付款时间", "Paid at"),
)


class BillsView(RoomView):
    noun = "bills"
    label = Text("账单", "Bills")
    lead = Text(
        "账单的进度和经过；明细和受益人只有市民自己能看到。",
        "How bills stand and what happened to them; lines and beneficiaries are the citizens' alone to see.",
    )
    icon = "fa-file-invoice-dollar"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._bills = desk.services.payment.bills.overseeing

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        chosen = BillState(asked["state"]) if asked["state"] in set(BillState) else BillState.OPEN
        found = await self._bills.page(chosen, asked["biller"] or None, page)
        kept = {"state": chosen.value, "biller": asked["biller"]}
        more = self.next_page(found.has_next, turn_of(found.items[-1]) if found.items else None, kept)
        rows = tuple(Row(self._cells(one), self.here(one.id)) for one in found.items)
        biller = Field("biller", Text("单位编码", "Biller's code"), required=False, most=40, value=asked["biller"])
        table = Table(_HEAD, rows, empty=Text("没有这样的账单。", "No bill is like that."), next=more, aside=_ASIDE)
        return Listing(table, filters=(_states(STATES, chosen.value), biller))

    async def detail(self, asked: Asked) -> Detail | None:
        found = await self._bills.one(asked.target)
        if found is None:
            return None
        one = found.bill
        facts = Facts.of(
            Text("基本情况", "What it is"),
            (Text("缴费机构", "Biller"), link(self.desk.organisation(one.biller), f"/admin/billers/{one.biller}")),
            (Text("户号", "Account"), mono(found.account)),
            (Text("绑定人数", "Bound by"), figure(found.binders)),
            (Text("版本", "Version"), figure(one.terms.version)),
            (Text("金额", "Amount"), figure(_yuan(one.terms.fen))),
            (Text("已缴", "Paid"), figure(_yuan(one.paid))),
            (Text("已退", "Given back"), figure(_yuan(one.refunded))),
            (Text("到期", "Due"), plain(one.terms.due.isoformat())),
            (Text("正在支付", "Being paid"), self._payment(one)),
        )
        return Detail(one.number, (facts, _history(one)), _state(one))

    def _payment(self, one: Bill) -> Cell:
        paying = one.engaged
        return short_link(paying.payment, f"/admin/payments/{paying.payment}") if paying else plain(NOTHING)

    def _cells(self, one: Bill) -> tuple[Cell, ...]:
        return (
            mono(one.number),
            plain(self.desk.organisation(one.biller)),
            plain(KINDS[one.kind]),
            figure(_yuan(one.terms.fen)),
            figure(_yuan(one.paid)),
            plain(one.terms.due.isoformat()),
            _state(one),
        )


class AutoPayRunsView(RoomView):
    noun = "auto-pay-runs"
    label = Text("自动缴费", "Auto-pay")
    lead = Text(
        "自动缴费对每张账单做了什么；到期前三天预告，到期前一天扣款，失败再试一次。",
        "What auto-pay did about each bill: announced three days before it is due, paid a day before, tried once more.",
    )
    icon = "fa-rotate"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._auto_pay = desk.services.payment.bills.auto_pay

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        chosen = RunState(asked["state"]) if asked["state"] in set(RunState) else None
        found = await self._auto_pay.runs(chosen, page)
        kept = {"state": chosen.value} if chosen else {}
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None, kept)
        rows = tuple(Row(_run(self.desk, one), f"/admin/bills/{one.bill}") for one in found.items)
        empty = Text("自动缴费还没有做什么。", "Auto-pay has done nothing yet.")
        states = _states(RUN_STATES, chosen.value if chosen else "", every=True)
        return Listing(Table(_RUNS, rows, empty=empty, next=more, aside=frozenset({2, 4})), filters=(states,))

    async def detail(self, asked: Asked) -> Detail | None:
        """Each row leads to its bill."""
        return None


class RefusedBillPaymentsView(RoomView):
    noun = "refused-bill-payments"
    label = Text("未被接收的缴费", "Payments not taken")
    lead = Text(
        "机构没有接收的缴费：钱已从市民处扣下，须在付款里退回。",
        "Payments that billers did not take: the money is taken from the citizen, and given back from the payment.",
    )
    icon = "fa-circle-exclamation"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._receipts = desk.services.payment.bills.receipts

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found = await self._receipts.refused(page)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None, {})
        rows = tuple(Row(_refused(self.desk, one), f"/admin/payments/{one.id}") for one in found.items)
        empty = Text("机构接收了所有的缴费。", "Billers took all payments.")
        return Listing(Table(_REFUSED, rows, empty=empty, next=more, aside=frozenset({3})))

    async def detail(self, asked: Asked) -> Detail | None:
        """Each row leads to its payment."""
        return None


_ASIDE = frozenset({3, 4})


def _states(texts: Mapping[BillState, Text] | Mapping[RunState, Text], chosen: str, *, every: bool = False) -> Field:
    first = [Option("", Text("全部", "All"))] if every else []
    options = (*first, *(Option(state.value, text) for state, text in texts.items()))
    return Field("state", Text("状态", "State"), "select", required=False, options=options, value=chosen)


def _history(one: Bill) -> Table:
    rows = tuple(
        Row((when(entry.at), plain(_STEPS[entry.what]), figure(entry.version), figure(_yuan(entry.fen))))
        for entry in one.history
    )
    return Table(_HISTORY, rows, Text("经过", "What happened"), aside=frozenset({2, 3}))


def _run(desk: Desk, one: Run) -> tuple[Cell, ...]:
    return (
        mono(one.bill[:12]),
        plain(desk.organisation(one.biller)),
        figure(_yuan(one.fen)),
        plain(one.pay_on.isoformat()),
        figure(one.tries),
        mono(one.code or NOTHING),
        badge(one.state, _RUN_TONES.get(one.state, ""), RUN_STATES[one.state]),
    )


def _refused(desk: Desk, one: Receipt) -> tuple[Cell, ...]:
    biller = plain(desk.organisation(one.biller))
    return mono(one.number), biller, mono(one.bill_number), figure(_yuan(one.fen)), when(one.at)


def _state(one: Bill) -> Cell:
    return badge(one.state, _TONES.get(one.state, ""), STATES[one.state])


def _yuan(fen: int) -> str:
    return Money(fen).spoken
