"""Shops, and orders that are stuck or whose money could not go back. Where they are brought is not seen here."""

from __future__ import annotations

from collections.abc import Mapping

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
    figure,
    link,
    mono,
    plain,
    short_link,
    when,
    yuan,
)
from app.admin.console.texts import Text, listed, spoken
from app.admin.console.view import RoomView
from app.core.messages import message
from app.core.paging import PageRequest
from app.domains.community.shops.model import Shop, ShopKind
from app.domains.community.shops.orders.model import AT_WORK, FetchWay, Line, OrderState, OrderStep, ShopOrder, Unasked

_KINDS = {
    ShopKind.GROCER: Text("便利店", "grocer"),
    ShopKind.CANTEEN: Text("食堂", "canteen"),
    ShopKind.PHARMACY: Text("药店", "pharmacy"),
    ShopKind.LAUNDRY: Text("洗衣店", "laundry"),
    ShopKind.PARCELS: Text("驿站", "parcel station"),
    ShopKind.OTHER: Text("其他", "other"),
}
_STATES = {
    OrderState.PLACED: (Text("待支付", "to be paid"), "warn"),
    OrderState.PAID: (Text("待接单", "not taken up yet"), "warn"),
    OrderState.ACCEPTED: (Text("备货中", "being prepared"), "busy"),
    OrderState.READY: (Text("待取货", "to be fetched"), "busy"),
    OrderState.DELIVERING: (Text("配送中", "on its way"), "busy"),
    OrderState.DELIVERED: (Text("已完成", "delivered"), "good"),
    OrderState.LAPSED: (Text("超时未付", "not paid in time"), ""),
    OrderState.GIVEN_UP: (Text("未支付", "given up"), ""),
    OrderState.CANCELLED: (Text("已取消", "cancelled"), ""),
    OrderState.REFUSED: (Text("已退单", "refused"), "bad"),
}
_WAYS = {FetchWay.PICK_UP: Text("自取", "fetched"), FetchWay.DELIVERY: Text("配送", "brought")}
_STUCK = "stuck"
_REASON = Field("reason", Text("原因", "Reason"), "area", most=100)


class ShopsView(RoomView):
    noun = "shops"
    label = Text("社区店铺", "Shops")
    lead = Text(
        "小区店铺、食堂和驿站。可暂停接单；已下的订单照常办完或退款。",
        "Shops, canteens and parcel stations. One can be stopped; what was ordered is brought, or goes back.",
    )
    icon = "fa-store"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._shops = desk.services.community.together.shopping.shops
        seen = Text("店主能看到。", "Its merchant sees it.")
        self.offers(
            Action("halt", Text("暂停接单", "Stop it"), OPERATORS, self._halt, (_REASON,), seen, "bad"),
            Action("resume", Text("恢复接单", "Let it go on"), OPERATORS, self._resume, (), seen, "good"),
        )

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found = await self._shops.of_city(page)
        head = (
            Text("店铺", "Shop"),
            Text("代码", "Code"),
            Text("类别", "Kind"),
            Text("小区", "Estates"),
            Text("状态", "State"),
        )
        more = self.next_page(found.has_next, found.items[-1].code if found.items else None)
        rows = tuple(self._row(one) for one in found.items)
        return Listing(Table(head, rows, empty=Text("还没有店铺。", "There is no shop yet."), next=more))

    async def detail(self, asked: Asked) -> Detail | None:
        one = await self._shops.one(asked.target)
        if one is None:
            return None
        menu, here = await self._shops.whole_menu(one), spoken()
        head = (Text("商品", "Item"), Text("分类", "Category"), Text("价格", "Price"), Text("库存", "Stock"))
        rows = tuple(
            Row((plain(item.name.within(here)), plain(item.category.within(here)), yuan(item.fen), figure(item.stock)))
            for item in menu.items
        )
        table = Table(head, rows, Text("商品", "Items"), Text("没有商品。", "No item."))
        does = self.buttons(asked, one.code, "resume" if one.halted else "halt")
        return Detail(
            one.name.within(spoken()),
            (self._facts(one, await self.desk.estates(one.delivery.estates)), table),
            _open(one),
            buttons=does,
        )

    def _row(self, one: Shop) -> Row:
        cells = (plain(one.name.within(spoken())), mono(one.code), plain(_KINDS[one.kind]))
        return Row((*cells, figure(len(one.delivery.estates)), _open(one)), self.here(one.code))

    def _facts(self, one: Shop, estates: Mapping[str, str]) -> Facts:
        hours, terms = one.hours, one.delivery
        name = self.desk.organisation(one.organisation)
        return Facts.of(
            Text("基本情况", "What it is"),
            (Text("代码", "Code"), mono(one.code)),
            (Text("商户", "Merchant"), link(name, f"/admin/organisations/{one.organisation}")),
            (Text("类别", "Kind"), plain(_KINDS[one.kind])),
            (Text("营业时间", "Hours"), plain(_hours(hours.opens, hours.closes))),
            (Text("配送小区", "Delivers to"), plain(listed(estates[code] for code in terms.estates))),
            (Text("配送费", "For bringing"), yuan(terms.fen)),
            (Text("起送价", "Least"), yuan(terms.least)),
            (Text("暂停原因", "Stopped because"), plain(one.halted or None)),
        )

    async def _halt(self, asked: Asked) -> Reply:
        done = await self._shops.halt(asked.viewer, asked.target, asked["reason"], asked.key)
        return Done(Text("已暂停接单。", "It takes no orders."), self.here(done.code))

    async def _resume(self, asked: Asked) -> Reply:
        done = await self._shops.halt(asked.viewer, asked.target, "", asked.key)
        return Done(Text("已恢复。", "It goes on."), self.here(done.code))


class ShopOrdersView(RoomView):
    noun = "shop-orders"
    label = Text("店铺订单", "Shop orders")
    lead = Text(
        "到点没有自动推进、或款项退不回去的订单；争议与退款见对应付款。",
        "Orders that did not move when they should, or whose money could not go back. Disputes are with the payment.",
    )
    icon = "fa-basket-shopping"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._orders = desk.services.community.together.shopping.desk
        told = Text("已付的款原路退回，市民会收到通知。", "What was paid goes back; the citizen is told.")
        self.offers(
            Action("undo", Text("退单退款", "Undo and give back"), OPERATORS, self._undo, (_REASON,), told, "bad")
        )

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        chosen, more = asked["state"] or _STUCK, None
        if chosen in set(OrderState):
            found = await self._orders.page(OrderState(chosen), page)
            orders, last = found.items, found.items[-1].id if found.items else None
            more = self.next_page(found.has_next, last, {"state": chosen})
        else:
            chosen, orders = _STUCK, tuple(await self._orders.stuck())
        head = (
            Text("下单", "Made"),
            Text("单号", "Number"),
            Text("店铺", "Shop"),
            Text("取货", "Way"),
            Text("金额", "Total"),
            Text("已退", "Went back"),
            Text("退不回", "Could not go back"),
            Text("状态", "State"),
        )
        states = tuple(Option(state.value, text) for state, (text, _) in _STATES.items())
        options = (Option(_STUCK, Text("卡住的", "stuck")), *states)
        field = Field("state", Text("状态", "State"), "select", required=False, options=options, value=chosen)
        rows = tuple(self._row(one) for one in orders)
        empty = Text("没有这样的订单。", "No order is like that.")
        return Listing(Table(head, rows, empty=empty, next=more), filters=(field,))

    async def detail(self, asked: Asked) -> Detail | None:
        one = await self._orders.one(asked.target)
        if one is None:
            return None
        lines = Table(
            (Text("商品", "Item"), Text("单价", "Price"), Text("数量", "Count")),
            tuple(_line(line) for line in one.lines),
            Text("商品", "Items"),
            Text("没有商品。", "No item."),
        )
        steps = Table(
            (Text("时间", "When"), Text("状态", "State")),
            tuple(_step(step) for step in one.steps),
            Text("经过", "Steps"),
        )
        does = self.buttons(asked, one.id, "undo") if one.state in AT_WORK else ()
        return Detail(one.number, (self._facts(one), lines, steps), _state(one.state), buttons=does)

    def _row(self, one: ShopOrder) -> Row:
        where = link(one.shop, f"/admin/shops/{one.shop}")
        sums = (yuan(one.total), yuan(one.refunded), yuan(one.failed))
        cells = (when(one.made_at), mono(one.number), where, plain(_WAYS[one.way]), *sums, _state(one.state))
        return Row(cells, self.here(one.id))

    def _facts(self, one: ShopOrder) -> Facts:
        paid = short_link(one.sale, f"/admin/payments/{one.sale}") if one.sale else plain(None)
        return Facts.of(
            Text("订单", "Order"),
            (Text("店铺", "Shop"), link(one.shop, f"/admin/shops/{one.shop}")),
            (Text("市民", "Citizen"), short_link(one.citizen, f"/admin/citizens/{one.citizen}")),
            (Text("付款", "Payment"), paid),
            (Text("金额", "Total"), yuan(one.total)),
            (Text("其中配送费", "Of it for bringing"), yuan(one.fee)),
            (Text("包裹", "Parcels"), figure(len(one.parcels))),
            (Text("已退", "Went back"), yuan(one.refunded)),
            (Text("待退", "To go back"), yuan(one.owed)),
            (Text("退不回", "Could not go back"), yuan(one.failed)),
            (Text("将自动推进", "Moves by itself"), when(one.look_at)),
            (Text("原因", "Reason"), plain(_why(one))),
        )

    async def _undo(self, asked: Asked) -> Reply:
        done = await self._orders.undo(asked.viewer, asked.target, asked["reason"], asked.key)
        return Done(Text("已退单。", "It was undone."), self.here(done.id))


def _open(one: Shop) -> Cell:
    if one.halted:
        return badge("halted", "bad", Text("已暂停", "stopped"))
    return badge("active") if one.open else badge("closed", "", Text("店主关闭", "closed by its merchant"))


def _hours(opens: int, closes: int) -> Text | str:
    if opens == closes:
        return Text("全天", "day and night")
    return f"{opens // 60:02d}:{opens % 60:02d}–{closes // 60:02d}:{closes % 60:02d}"


def _why(one: ShopOrder) -> str | None:
    return message(f"ORDER_{one.reason}", spoken()) if one.reason in set(Unasked) else one.reason or None


def _line(line: Line) -> Row:
    return Row((plain(line.said.within(spoken())), yuan(line.fen), figure(line.count)))


def _step(step: OrderStep) -> Row:
    return Row((when(step.at), _state(step.state)))


def _state(state: OrderState) -> Cell:
    text, tone = _STATES[state]
    return badge(state, tone, text)
