"""The payment gateway: orders and payouts by their state, and wallets, frozen and freed with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from app.admin.console.desk import Desk
from app.admin.console.pages import OPERATORS
from app.admin.console.parts import (
    NOTHING,
    REASON,
    Action,
    Asked,
    Cell,
    Detail,
    Done,
    Facts,
    Field,
    Finder,
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
from app.admin.console.texts import Text
from app.admin.console.view import RoomView
from app.core.money import Money
from app.core.paging import PageRequest
from app.domains.payment.gateway.errands.model import ErrandState
from app.domains.payment.gateway.orders.model import Order, OrderPurpose, OrderState
from app.domains.payment.gateway.payouts.model import Payout, PayoutPurpose
from app.domains.payment.ledger.model import AccountState, FreezeReason
from app.domains.payment.wallet.model import Wallet

ORDER_STATES: Mapping[OrderState, Text] = {
    OrderState.MISMATCH: Text("金额不符", "another sum came"),
    OrderState.OPENING: Text("待下单", "being opened"),
    OrderState.OPEN: Text("待支付", "to be paid"),
    OrderState.PAID: Text("已支付", "paid"),
    OrderState.FAILED: Text("支付失败", "failed"),
    OrderState.CLOSED: Text("已关闭", "closed"),
    OrderState.RETURNED: Text("未能入账，退回", "could not be used, goes back"),
}
ERRAND_STATES: Mapping[ErrandState, Text] = {
    ErrandState.PROCESSING: Text("处理中", "in work"),
    ErrandState.ASKED: Text("待发送", "to be sent"),
    ErrandState.FAILED: Text("失败", "failed"),
    ErrandState.DONE: Text("完成", "done"),
}
WALLET_STATES: Mapping[AccountState, Text] = {
    AccountState.OPEN: Text("正常", "open"),
    AccountState.FROZEN: Text("已冻结", "frozen"),
    AccountState.CLOSED: Text("已注销", "closed"),
}
FREEZE_REASONS: Mapping[FreezeReason, Text] = {
    FreezeReason.DESK: Text("运行台冻结", "frozen by the desk"),
    FreezeReason.PAYER_STOPPED: Text("付款人已暂停", "its owner is stopped"),
    FreezeReason.OVERDUE: Text("逾期未还", "something is overdue"),
}
_PURPOSES = {
    OrderPurpose.TOP_UP: Text("钱包充值", "wallet top-up"),
    OrderPurpose.PAYMENT: Text("付款", "payment"),
    OrderPurpose.REPAYMENT: Text("信用还款", "credit repayment"),
}
_OUT = {
    PayoutPurpose.WITHDRAWAL: Text("钱包提现", "wallet withdrawal"),
    PayoutPurpose.SETTLEMENT: Text("商户结算", "settlement"),
}
_TONES = {OrderState.PAID: "good", OrderState.MISMATCH: "bad", OrderState.RETURNED: "warn"}
_ERRAND_TONES = {ErrandState.DONE: "good", ErrandState.FAILED: "bad"}
_WALLET_TONES = {AccountState.OPEN: "good", AccountState.FROZEN: "bad"}
_HEAD = (
    Text("编号", "Id"),
    Text("用途", "What for"),
    Text("金额", "Amount"),
    Text("时间", "When"),
    Text("查询次数", "Looks"),
    Text("状态", "State"),
)
S = TypeVar("S", OrderState, ErrandState)


class GatewayOrdersView(RoomView):
    noun = "gateway-orders"
    label = Text("网关订单", "Gateway orders")
    lead = Text(
        "经支付网关收的款：先看金额不符的，再看久未支付的。",
        "What is paid by the gateway: first those of another sum, then those that stay open.",
    )
    icon = "fa-right-to-bracket"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._orders = desk.services.payment.orders
        ask = Text("立即向网关查询", "Ask the gateway now")
        note = Text("按网关的回答结算，与通知同样只结算一次。", "It is settled by the answer, once, as by a notice.")
        self.offers(Action("look", ask, OPERATORS, self._look, (), note, icon="fa-rotate"))

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        chosen = _chosen(asked, OrderState, OrderState.MISMATCH)
        found = await self._orders.page(chosen, page)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None, {"state": chosen.value})
        rows = tuple(Row(_order_cells(one), self.here(one.id)) for one in found.items)
        empty = Text("没有这样的订单。", "No order is like that.")
        table = Table(_HEAD, rows, empty=empty, next=more, aside=frozenset({2, 4}))
        return Listing(table, filters=(_states(ORDER_STATES, chosen),))

    async def detail(self, asked: Asked) -> Detail | None:
        one = await self._orders.get(asked.target)
        if one is None:
            return None
        facts = Facts.of(
            Text("基本情况", "What it is"),
            (Text("市民", "Citizen"), short_link(one.citizen, f"/admin/citizens/{one.citizen}")),
            (Text("用途", "What for"), plain(_PURPOSES[one.purpose])),
            (Text("应付", "Asked for"), figure(_yuan(one.fen))),
            (Text("实付", "What came"), figure(_yuan(one.paid_fen))),
            (Text("网关流水号", "The gateway's number"), mono(one.gateway_id or NOTHING)),
            (Text("下单时间", "Begun"), when(one.at)),
            (Text("支付截止", "To be paid by"), when(one.expires_at)),
            (Text("结算时间", "Settled"), when(one.settled_at)),
            (Text("查询次数", "Looks"), figure(one.looks)),
        )
        state = badge(one.state, _TONES.get(one.state, ""), ORDER_STATES[one.state])
        return Detail(_PURPOSES[one.purpose], (facts,), state, buttons=self.buttons(asked, one.id, "look"))

    async def _look(self, asked: Asked) -> Reply:
        found = await self._orders.look(asked.target)
        return Done(ORDER_STATES[found.state])


class GatewayPayoutsView(RoomView):
    noun = "gateway-payouts"
    label = Text("网关出款", "Gateway payouts")
    lead = Text(
        "提现和商户结算的出款；失败的已退回原账户。",
        "What goes out to banks; what failed is where it came from again.",
    )
    icon = "fa-right-from-bracket"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._payouts = desk.services.payment.payouts

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        chosen = _chosen(asked, ErrandState, ErrandState.PROCESSING)
        found = await self._payouts.page(chosen, page)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None, {"state": chosen.value})
        rows = tuple(Row(_payout_cells(one), self.here(one.id)) for one in found.items)
        empty = Text("没有这样的出款。", "No payout is like that.")
        table = Table(_HEAD, rows, empty=empty, next=more, aside=frozenset({2, 4}))
        return Listing(table, filters=(_states(ERRAND_STATES, chosen),))

    async def detail(self, asked: Asked) -> Detail | None:
        one = await self._payouts.get(asked.target)
        if one is None:
            return None
        place = "citizens" if one.purpose is PayoutPurpose.WITHDRAWAL else "organisations"
        facts = Facts.of(
            Text("基本情况", "What it is"),
            (Text("收款人", "To whom"), short_link(one.owner, f"/admin/{place}/{one.owner}")),
            (Text("用途", "What for"), plain(_OUT[one.purpose])),
            (Text("金额", "Amount"), figure(_yuan(one.fen))),
            (Text("网关流水号", "The gateway's number"), mono(one.gateway_id or NOTHING)),
            (Text("原因代码", "Code of the reason"), mono(one.reason or NOTHING)),
            (Text("发起", "Begun"), when(one.at)),
            (Text("完成", "Settled"), when(one.settled_at)),
            (Text("查询次数", "Looks"), figure(one.looks)),
        )
        state = badge(one.state, _ERRAND_TONES.get(one.state, ""), ERRAND_STATES[one.state])
        return Detail(_OUT[one.purpose], (facts,), state)


class WalletsView(RoomView):
    noun = "wallets"
    label = Text("钱包", "Wallets")
    lead = Text(
        "按市民编号查看余额；冻结后不能支出，入账不受影响。", "By a citizen's id; a frozen one pays nothing out."
    )
    icon = "fa-wallet"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._wallets = desk.services.payment.wallet.wallets
        citizen = Field("citizen", Text("市民编号", "Citizen's id"), most=60)
        self.finder = Finder((citizen,), self._find, Text("该市民没有钱包。", "This citizen has no wallet."))
        told = Text("市民会收到通知；理由只记入审计。", "The citizen is told; the reason is for the audit chain.")
        self.offers(
            Action("freeze", Text("冻结", "Freeze"), OPERATORS, self._freeze, (REASON,), told, tone="bad"),
            Action("unfreeze", Text("解冻", "Free it"), OPERATORS, self._unfreeze, (REASON,), told, tone="good"),
        )

    def subject_of(self, target: str) -> str | None:
        return target or None

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        head = (Text("市民", "Citizen"), Text("余额", "Balance"), Text("状态", "State"))
        return Listing(Table(head, (), empty=Text("输入市民编号开始查找。", "Enter a citizen's id to begin.")))

    async def detail(self, asked: Asked) -> Detail | None:
        one = await self._wallets.of(asked.target)
        if not one.opened:
            return None
        facts = Facts.of(
            Text("基本情况", "What it is"),
            (Text("市民", "Citizen"), short_link(one.citizen, f"/admin/citizens/{one.citizen}")),
            (Text("余额", "Balance"), figure(f"{one.balance.amount} CNY")),
            (Text("在途", "On its way out"), figure(f"{one.held.amount} CNY")),
            (Text("上限", "At most"), figure(f"{one.most.amount} CNY")),
            (Text("冻结原因", "Frozen because"), plain(_reasons(one))),
        )
        state = badge(one.state, _WALLET_TONES.get(one.state, ""), WALLET_STATES[one.state])
        return Detail(self.label, (facts,), state, buttons=self.buttons(asked, one.citizen, *_turns(one)))

    async def _find(self, asked: Asked) -> str | None:
        citizen = asked["citizen"].strip()
        return self.here(citizen) if citizen and (await self._wallets.of(citizen)).opened else None

    async def _freeze(self, asked: Asked) -> Reply:
        await self._wallets.freeze(asked.viewer, asked.target, asked["reason"])
        return Done(Text("已冻结。", "Frozen."))

    async def _unfreeze(self, asked: Asked) -> Reply:
        await self._wallets.unfreeze(asked.viewer, asked.target, asked["reason"])
        return Done(Text("已解冻。", "Free again."))


def _turns(one: Wallet) -> tuple[str, ...]:
    """The desk's own reason, whatever others stand."""
    if one.state is AccountState.CLOSED:
        return ()
    return ("unfreeze",) if FreezeReason.DESK in one.frozen_for else ("freeze",)


def _reasons(one: Wallet) -> Text:
    said = [FREEZE_REASONS[why] for why in sorted(one.frozen_for)]
    return Text("、".join(why.zh for why in said) or "无", ", ".join(why.en for why in said) or "it is not")


def _chosen(asked: Asked, states: type[S], otherwise: S) -> S:
    return states(asked["state"]) if asked["state"] in {one.value for one in states} else otherwise


def _states(said: Mapping[S, Text], chosen: S) -> Field:
    options = tuple(Option(state.value, text) for state, text in said.items())
    return Field("state", Text("状态", "State"), "select", required=False, options=options, value=chosen.value)


def _order_cells(one: Order) -> tuple[Cell, ...]:
    state = badge(one.state, _TONES.get(one.state, ""), ORDER_STATES[one.state])
    what, looks = plain(_PURPOSES[one.purpose]), figure(one.looks)
    return mono(one.id[-12:]), what, figure(_yuan(one.fen)), when(one.at), looks, state


def _payout_cells(one: Payout) -> tuple[Cell, ...]:
    state = badge(one.state, _ERRAND_TONES.get(one.state, ""), ERRAND_STATES[one.state])
    what, looks = plain(_OUT[one.purpose]), figure(one.looks)
    return mono(one.id[-12:]), what, figure(_yuan(one.fen)), when(one.at), looks, state


def _yuan(fen: int) -> str:
    return f"{Money(fen).amount} CNY"
