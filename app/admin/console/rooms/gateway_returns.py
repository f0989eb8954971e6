"""What the gateway was to give back: money that nobody could use, and that neither it nor a wallet takes."""

from __future__ import annotations

from app.admin.console.desk import Desk
from app.admin.console.pages import OPERATORS
from app.admin.console.parts import (
    NOTHING,
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
    figure,
    mono,
    plain,
    short_link,
    when,
)
from app.admin.console.rooms.gateway import ERRAND_STATES
from app.admin.console.rooms.refunds import NOTE
from app.admin.console.texts import Text
from app.admin.console.view import RoomView
from app.core.money import Money
from app.core.paging import PageRequest
from app.domains.payment.gateway.errands.model import ErrandState
from app.domains.payment.gateway.refunds.model import GatewayRefund, RefundPurpose

_HEAD = (
    Text("编号", "Id"),
    Text("用途", "What for"),
    Text("金额", "Amount"),
    Text("时间", "When"),
    Text("状态", "State"),
)
_STRANDED = "stranded"
_WAITS = Text("待人工处理", "waits for a hand")
_PURPOSES = {
    RefundPurpose.REFUND: Text("退款", "refund"),
    RefundPurpose.RETURN: Text("未能入账，退回", "could not be used, goes back"),
}
_TONES = {ErrandState.DONE: "good", ErrandState.FAILED: "bad"}


class GatewayReturnsView(RoomView):
    noun = "gateway-refunds"
    label = Text("网关退款", "Gateway refunds")
    lead = Text(
        "经网关退回的款；网关退不回去、钱包也收不了的在这里人工处理。",
        "What goes back by the gateway; what neither it nor a wallet takes is taken in hand here.",
    )
    icon = "fa-arrow-rotate-left"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        payment = desk.services.payment
        self._refunds, self._returns, self._orders = payment.gateway_refunds, payment.gateway_returns, payment.orders
        again = Text(
            "钱包现在能收就存入钱包并通知市民，否则再请网关退一次。",
            "Into the wallet when it takes it now, and the citizen is told; else the gateway is asked once more.",
        )
        hand = Text("只在款项确已汇给本人之后。", "Only when it has been paid out to him.")
        self.offers(
            Action("retry", Text("再试一次", "Try again"), OPERATORS, self._retry, (), again, icon="fa-rotate"),
            Action("settle", Text("已人工汇出", "Paid by hand"), OPERATORS, self._settle, (NOTE,), hand, "good"),
        )

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        chosen = asked["state"] if asked["state"] in set(ErrandState) else _STRANDED
        found = await (
            self._refunds.stranded(page) if chosen == _STRANDED else self._refunds.page(ErrandState(chosen), page)
        )
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None, {"state": chosen})
        rows = tuple(Row(_cells(one), self.here(one.id)) for one in found.items)
        states = tuple(Option(state.value, text) for state, text in ERRAND_STATES.items())
        options = (Option(_STRANDED, _WAITS), *states)
        field = Field("state", Text("状态", "State"), "select", required=False, options=options, value=chosen)
        empty = Text("没有这样的退款。", "No refund is like that.")
        return Listing(Table(_HEAD, rows, empty=empty, next=more, aside=frozenset({2})), filters=(field,))

    async def detail(self, asked: Asked) -> Detail | None:
        one = await self._refunds.get(asked.target)
        order = await self._orders.get(one.order) if one else None
        if one is None or order is None:
            return None
        facts = Facts.of(
            Text("基本情况", "What it is"),
            (Text("市民", "Citizen"), short_link(order.citizen, f"/admin/citizens/{order.citizen}")),
            (Text("网关订单", "Gateway order"), short_link(order.id, f"/admin/gateway-orders/{order.id}")),
            (Text("用途", "What for"), plain(_PURPOSES[one.purpose])),
            (Text("金额", "Amount"), figure(_yuan(one.fen))),
            (Text("网关流水号", "The gateway's number"), mono(one.gateway_id or NOTHING)),
            (Text("原因代码", "Code of the reason"), mono(one.reason or NOTHING)),
            (Text("发起", "Begun"), when(one.at)),
            (Text("完成", "Settled"), when(one.settled_at)),
            (Text("查询次数", "Looks"), figure(one.looks)),
        )
        buttons = self.buttons(asked, one.id, "retry", "settle") if one.stranded else ()
        return Detail(_PURPOSES[one.purpose], (facts,), _state(one), buttons=buttons)

    async def _retry(self, asked: Asked) -> Reply:
        now = await self._returns.retry(asked.viewer, asked.target)
        settled = now.state is ErrandState.FAILED and not now.stranded
        return Done(Text("不再待处理。", "It waits no more.") if settled else _word(now), self.here(now.id))

    async def _settle(self, asked: Asked) -> Reply:
        await self._returns.pay_by_hand(asked.viewer, asked.target, asked["note"])
        return Done(Text("已处理。", "Taken in hand."))


def _cells(one: GatewayRefund) -> tuple[Cell, ...]:
    return mono(one.id[-12:]), plain(_PURPOSES[one.purpose]), figure(_yuan(one.fen)), when(one.at), _state(one)


def _word(one: GatewayRefund) -> Text:
    if one.stranded:
        return _WAITS
    return Text("已人工汇出", "paid out by hand") if one.by_hand else ERRAND_STATES[one.state]


def _state(one: GatewayRefund) -> Cell:
    tone = "good" if one.by_hand and not one.stranded else _TONES.get(one.state, "")
    return badge(_STRANDED if one.stranded else one.state, "bad" if one.stranded else tone, _word(one))


def _yuan(fen: int) -> str:
    return f"{Money(fen).amount} CNY"
