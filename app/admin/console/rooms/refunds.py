"""Refunds: those that wait for somebody's hand, and giving back what a payee does not."""

from __future__ import annotations

from app.admin.console.desk import Desk
from app.admin.console.pages import OPERATORS
from app.admin.console.parts import (
    Action,
    Asked,
    Cell,
    Detail,
    Done,
    Facts,
    Field,
    Listing,
    Option,
    Reply,
    Row,
    Table,
    badge,
    mono,
    person,
    plain,
    short_link,
    when,
)
from app.admin.console.texts import Text
from app.admin.console.view import RoomView
from app.core.errors import BadInput
from app.core.money import Currency, Money, parse_money
from app.core.paging import PageRequest
from app.domains.payment.payments.errors import PaymentUnknown
from app.domains.payment.refunds.model import Cause, Refund, RefundReason, RefundState, Way

_HEAD = (
    Text("时间", "When"),
    Text("金额", "Amount"),
    Text("收款方", "Payee"),
    Text("由来", "By whom"),
    Text("去向", "Where to"),
    Text("状态", "State"),
)
_STATES = {
    RefundState.STRANDED: Text("待人工处理", "waits for a hand"),
    RefundState.UNDER_WAY: Text("退款中", "on its way"),
    RefundState.DONE: Text("已退", "done"),
}
_TONES = {RefundState.STRANDED: "bad", RefundState.UNDER_WAY: "busy", RefundState.DONE: "good"}
_CAUSES = {
    Cause.PAYEE: Text("收款方退款", "the payee"),
    Cause.DESK: Text("运行台退款", "the desk"),
    Cause.CANCELLED: Text("撤销交易", "cancelled at the till"),
    Cause.DISPUTE: Text("争议：收款方接受", "dispute accepted"),
    Cause.CHARGEBACK: Text("争议：拒付扣回", "chargeback"),
}
_REASONS = {
    RefundReason.RETURNED: Text("退货", "returned"),
    RefundReason.NOT_DELIVERED: Text("未收到", "not delivered"),
    RefundReason.WRONG_AMOUNT: Text("金额有误", "wrong amount"),
    RefundReason.PAID_TWICE: Text("重复付款", "paid twice"),
    RefundReason.CANCELLED: Text("交易撤销", "cancelled"),
    RefundReason.DISPUTED: Text("争议处理", "disputed"),
    RefundReason.OTHER: Text("其他", "other"),
}
_WAYS = {
    Way.WALLET: Text("钱包", "wallet"),
    Way.POINTS: Text("积分", "points"),
    Way.CREDIT: Text("冲减信用欠款", "off the credit line"),
    Way.GATEWAY: Text("支付渠道原路退回", "back by the gateway"),
    Way.BANK: Text("人工汇出", "paid out by hand"),
    Way.SUSPENSE: Text("暂挂", "nobody's yet"),
}
HANDS = (
    Option("bank", Text("已人工汇给本人", "it was paid out to him by hand")),
    Option("wallet", Text("再退入钱包", "into his wallet, which takes it again")),
)
NOTE = Field("note", Text("说明", "Note"), "area", Text("记入审计。", "Kept in the audit chain."), most=500)


class RefundsView(RoomView):
    noun = "refunds"
    label = Text("退款", "Refunds")
    lead = Text(
        "钱包已注销或已满、无法入账的退款在这里人工处理；收款方不退的，也可以在这里退。",
        "What no wallet can take is taken in hand here; and what a payee does not give back, the desk does.",
    )
    icon = "fa-rotate-left"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._asking = desk.services.payment.refund_asking
        payment = Field("payment", Text("付款标识", "Id of the payment"), most=80, pattern=r"[0-9A-Za-z-]{8,80}")
        amount = Field(
            "amount", Text("金额", "Amount"), hint=Text("不填即全部退回", "empty for all"), required=False, most=15
        )
        reasons = tuple(Option(reason.value, text) for reason, text in _REASONS.items())
        reason = Field("why", Text("原因", "Reason"), "select", options=reasons)
        hand = Field("hand", Text("如何处理", "How"), "select", options=HANDS)
        told = Text("付款人会收到通知。", "The payer is told.")
        self.offers(
            Action("give", Text("退款", "Give back"), OPERATORS, self._give, (payment, amount, reason, NOTE), told),
            Action("settle", Text("已处理", "Take in hand"), OPERATORS, self._settle, (hand, NOTE), told, "good"),
        )

    def _for_all(self) -> tuple[str, ...]:
        return ("give",)

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        states = {state.value: state for state in RefundState}
        chosen = states.get(asked["state"], RefundState.STRANDED)
        found = await self._asking.in_state(chosen, page)
        rows = tuple(self._row(one) for one in found.items)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None, {"state": chosen.value})
        options = tuple(Option(state.value, text) for state, text in _STATES.items())
        field = Field("state", Text("状态", "State"), "select", required=False, options=options, value=chosen.value)
        empty = Text("没有这样的退款。", "No refund is like that.")
        return Listing(Table(_HEAD, rows, empty=empty, next=more, aside=frozenset({3})), filters=(field,))

    async def detail(self, asked: Asked) -> Detail | None:
        one = await self._asking.one(asked.target)
        if one is None:
            return None
        names = await self.desk.names([one.by])
        facts = Facts.of(
            Text("退款", "Refund"),
            (Text("付款", "Payment"), mono(one.payment)),
            (Text("付款人", "Payer"), short_link(one.payer, f"/admin/citizens/{one.payer}")),
            (Text("收款方", "Payee"), self.desk.payee(one.payee)),
            (Text("金额", "Amount"), _sum(one.amount)),
            (Text("此前已退", "Gone back before"), _sum(Money(one.before, one.amount.currency))),
            (Text("由来", "By whom"), plain(_CAUSES[one.cause])),
            (Text("原因", "Reason"), plain(_REASONS[one.reason])),
            (Text("经办", "By"), person(one.by, names)),
            (Text("时间", "When"), when(one.at)),
            (Text("了结", "Settled"), when(one.settled_at)),
            (Text("渠道代码", "The gateway's code"), mono(one.fault)),
            (Text("说明", "Note"), plain(one.note)),
        )
        head = (Text("去向", "Where to"), Text("金额", "Amount"))
        rows = tuple(Row((plain(_WAYS[part.way]), _sum(Money(part.fen, one.amount.currency)))) for part in one.parts)
        buttons = self.buttons(asked, asked.target, "settle") if one.state is RefundState.STRANDED else ()
        ways = Table(head, rows, Text("去向", "Where to"))
        return Detail(_words(one.amount), (facts, ways), _state(one.state), buttons=buttons)

    def _row(self, one: Refund) -> Row:
        cells = (
            when(one.at),
            _sum(one.amount),
            self.desk.payee(one.payee),
            plain(_CAUSES[one.cause]),
            plain(_WAYS[one.parts[0].way]),
            _state(one.state),
        )
        return Row(cells, self.here(one.id))

    async def _give(self, asked: Asked) -> Reply:
        found = await self.desk.services.payment.payments.get(asked["payment"])
        if found is None:
            raise PaymentUnknown
        amount = parse_money(asked["amount"], found.amount.currency) if asked["amount"] else None
        reason = _reason(asked["why"])
        done = await self._asking.by_desk(asked.viewer, found.id, amount, reason, asked["note"], asked.key)
        return Done(Text(f"已退 {_words(done.amount)}。", f"{_words(done.amount)} goes back."), self.here(done.id))

    async def _settle(self, asked: Asked) -> Reply:
        to_bank = asked["hand"] == "bank"
        await self._asking.take_in_hand(asked.viewer, asked.target, to_bank=to_bank, note=asked["note"], key=asked.key)
        return Done(Text("已处理。", "Taken in hand."))


def _reason(raw: str) -> RefundReason:
    try:
        return RefundReason(raw)
    except ValueError:
        raise BadInput(field="why") from None


def _words(amount: Money) -> str:
    return amount.spoken if amount.currency is Currency.CNY else f"{amount.spoken} P"


def _sum(amount: Money) -> Cell:
    return Cell("figure", _words(amount))


def _state(state: RefundState) -> Cell:
    return badge(state, _TONES[state], _STATES[state])
