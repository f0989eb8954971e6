"""Payments: where each stands and what moved in the ledger."""

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
from app.admin.console.texts import Text, told
from app.admin.console.view import RoomView
from app.core.money import Currency, Money
from app.core.paging import PageRequest
from app.domains.payment.ledger.model import Side, Transfer, TransferKind
from app.domains.payment.payments.model import Method, PayeeKind, Payment, PaymentState, Purpose

STATES: Mapping[PaymentState, Text] = {
    PaymentState.PROCESSING: Text("处理中", "in work"),
    PaymentState.WAITING_FOR_CONFIRMATION: Text("待顾客确认", "waits for its payer"),
    PaymentState.WAITING_FOR_GATEWAY: Text("待支付网关", "waits for the gateway"),
    PaymentState.CAPTURED: Text("已付款", "paid"),
    PaymentState.FAILED: Text("失败", "failed"),
    PaymentState.CANCELLED: Text("已取消", "cancelled"),
    PaymentState.EXPIRED: Text("已过期", "lapsed"),
}
METHODS: Mapping[Method, Text] = {
    Method.WALLET: Text("钱包", "wallet"),
    Method.CREDIT: Text("信用支付", "credit"),
    Method.GATEWAY: Text("银行卡（网关）", "gateway"),
    Method.POINTS: Text("积分", "points"),
}
PURPOSES: Mapping[Purpose, Text] = {
    Purpose.BILL: Text("账单", "bill"),
    Purpose.CODE: Text("付款码", "shown code"),
    Purpose.STATIC_CODE: Text("静态收款码", "static code"),
    Purpose.DYNAMIC_CODE: Text("动态收款码", "dynamic code"),
    Purpose.RIDE: Text("乘车", "ride"),
    Purpose.TREATMENT: Text("诊疗", "treatment"),
    Purpose.ORDER: Text("社区购物", "order from a shop"),
    Purpose.TICKET: Text("票务", "ticket"),
}
KINDS: Mapping[TransferKind, Text] = {
    TransferKind.TOP_UP: Text("充值", "top-up"),
    TransferKind.WITHDRAWAL: Text("提现", "withdrawal"),
    TransferKind.PAYMENT: Text("付款", "payment"),
    TransferKind.REFUND: Text("退款", "refund"),
    TransferKind.REVERSAL: Text("冲正", "reversal"),
    TransferKind.FEE: Text("手续费", "fee"),
    TransferKind.SETTLEMENT: Text("结算", "settlement"),
    TransferKind.REPAYMENT: Text("还款", "repayment"),
    TransferKind.GRANT: Text("发放", "grant"),
    TransferKind.SPENDING: Text("消费", "spending"),
    TransferKind.DONATION: Text("捐赠", "donation"),
    TransferKind.EXPIRY: Text("过期", "expiry"),
    TransferKind.PACKET: Text("红包", "red packet"),
    TransferKind.CHARGEBACK: Text("拒付", "chargeback"),
    TransferKind.CORRECTION: Text("更正", "correction"),
    TransferKind.REDEMPTION: Text("积分结算", "points bought back"),
}
_SIDES = {Side.DEBIT: Text("借", "debit"), Side.CREDIT: Text("贷", "credit")}
_TONES = {PaymentState.CAPTURED: "good", PaymentState.FAILED: "bad", PaymentState.WAITING_FOR_CONFIRMATION: "warn"}
_HEAD = (
    Text("编号", "Number"),
    Text("收款方", "Payee"),
    Text("金额", "Amount"),
    Text("用途", "What for"),
    Text("方式", "With what"),
    Text("时间", "When"),
    Text("状态", "State"),
)


class PaymentsView(RoomView):
    noun = "payments"
    label = Text("付款", "Payments")
    lead = Text(
        "每一笔付款的进度和分录；付款人只在单笔里能看到。",
        "Where each payment stands and what moved; who paid is seen on one payment alone.",
    )
    icon = "fa-receipt"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._payments, self._ledger = desk.services.payment.payments, desk.services.payment.ledger

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        chosen = PaymentState(asked["state"]) if asked["state"] in set(PaymentState) else None
        found = await self._payments.page(frozenset({chosen} if chosen else ()), page)
        kept = {"state": chosen.value} if chosen else {}
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None, kept)
        rows = tuple(Row(self._cells(one), self.here(one.id)) for one in found.items)
        options = (Option("", Text("全部", "All")), *(Option(state.value, text) for state, text in STATES.items()))
        field = Field("state", Text("状态", "State"), "select", required=False, options=options, value=asked["state"])
        empty = Text("没有这样的付款。", "No payment is like that.")
        return Listing(Table(_HEAD, rows, empty=empty, next=more, aside=frozenset({2})), filters=(field,))

    async def detail(self, asked: Asked) -> Detail | None:
        one = await self._payments.get(asked.target)
        if one is None:
            return None
        moved = await self._ledger.about(one.id)
        return Detail(one.number, (self._facts(one), _moved(moved)), _state(one))

    def _cells(self, one: Payment) -> tuple[Cell, ...]:
        return (
            mono(one.number),
            plain(self._name(one.payee.id)),
            figure(_sum(one.amount)),
            plain(PURPOSES[one.purpose]),
            plain(METHODS[one.method]),
            when(one.made_at),
            _state(one),
        )

    def _facts(self, one: Payment) -> Facts:
        currency = one.amount.currency
        return Facts.of(
            Text("基本情况", "What it is"),
            (Text("付款人", "Payer"), short_link(one.payer, f"/admin/citizens/{one.payer}")),
            (Text("收款方", "Payee"), self._payee(one)),
            (Text("金额", "Amount"), figure(_sum(one.amount))),
            (Text("手续费", "Fee"), figure(_sum(Money(one.fee, currency)))),
            (Text("已退", "Given back"), figure(_sum(Money(one.refunded, currency)))),
            (Text("用途", "What for"), plain(PURPOSES[one.purpose])),
            (Text("方式", "With what"), plain(METHODS[one.method])),
            (Text("商户订单号", "Merchant's order"), mono(one.order or NOTHING)),
            (Text("收银员", "Cashier"), mono(one.cashier or NOTHING)),
            (Text("发起", "Begun"), when(one.made_at)),
            (Text("确认截止", "To be confirmed by"), when(one.until)),
            (Text("付款时间", "Paid"), when(one.captured_at)),
            (Text("原因代码", "Code of the reason"), mono(one.reason or NOTHING)),
        )

    def _payee(self, one: Payment) -> Cell:
        place = "merchants" if one.payee.kind is PayeeKind.MERCHANT else "organisations"
        return link(self._name(one.payee.id), f"/admin/{place}/{one.payee.id}")

    def _name(self, code: str) -> str:
        return self.desk.organisation(code)


def _moved(transfers: list[Transfer]) -> Table:
    head = (Text("业务", "What"), Text("科目", "Account"), Text("借贷", "Side"), Text("金额", "Amount"))
    rows = tuple(
        Row(
            (
                plain(KINDS[one.kind]),
                mono(line.account.id),
                plain(_SIDES[line.side]),
                figure(_sum(Money(line.fen, line.account.currency))),
            )
        )
        for one in transfers
        for line in one.posted
    )
    nothing = Text("没有分录：没有动钱。", "Nothing was entered: no money moved.")
    return Table(head, rows, Text("分录", "Entries"), nothing, aside=frozenset({3}))


def _sum(money: Money) -> str:
    """Yuan with their sign, points with their name."""
    if money.currency is Currency.CNY:
        return money.spoken
    return told(f"{money.spoken} 积分", f"{money.spoken} points")


def _state(one: Payment) -> Cell:
    return badge(one.state, _TONES.get(one.state, ""), STATES[one.state])
