"""Merchants: who takes payments by code, on what terms, and whose shifts were at its tills."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.admin.console.desk import Desk
from app.admin.console.pages import OPERATORS
from app.admin.console.parts import (
    REASON,
    Action,
    Asked,
    Button,
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
    person,
    plain,
    when,
)
from app.admin.console.texts import Text, spoken
from app.admin.console.view import RoomView, allowed
from app.core.paging import PageRequest
from app.domains.payment.merchants.model import Category, Merchant, MerchantState
from app.domains.payment.merchants.service import Profile
from app.domains.payment.settlement.fees.model import MOST_POINTS

CATEGORIES: Mapping[Category, Text] = {
    Category.TRANSPORT: Text("交通票务", "transport"),
    Category.UTILITIES: Text("公用事业", "utilities"),
    Category.SUPERMARKET: Text("超市", "supermarket"),
    Category.MARKET: Text("菜市场", "market"),
    Category.BAKERY: Text("糕饼面包", "bakery"),
    Category.CONVENIENCE: Text("便利店", "convenience shop"),
    Category.FUEL: Text("加油站", "fuel"),
    Category.CLOTHES: Text("服装", "clothes"),
    Category.CANTEEN: Text("食堂", "canteen"),
    Category.RESTAURANT: Text("餐馆", "restaurant"),
    Category.SNACKS: Text("小吃", "snacks"),
    Category.PHARMACY: Text("药店", "pharmacy"),
    Category.BOOKS: Text("书店文具", "books"),
    Category.FLOWERS: Text("花店", "flowers"),
    Category.LAUNDRY: Text("洗衣", "laundry"),
    Category.HAIRDRESSER: Text("理发", "hairdresser"),
    Category.PARKING: Text("停车", "parking"),
    Category.REPAIR: Text("维修", "repairs"),
    Category.CINEMA: Text("影院", "cinema"),
    Category.SPORTS: Text("体育场馆", "sports"),
    Category.HOSPITAL: Text("医院", "hospital"),
    Category.EDUCATION: Text("教育培训", "education"),
    Category.GOVERNMENT: Text("政务收费", "government"),
}
STATES: Mapping[MerchantState, Text] = {
    MerchantState.ACTIVE: Text("正常", "active"),
    MerchantState.SUSPENDED: Text("已停用", "suspended"),
    MerchantState.CLOSED: Text("已关闭", "closed"),
}
_TONES = {MerchantState.ACTIVE: "good", MerchantState.SUSPENDED: "warn", MerchantState.CLOSED: ""}
_HEAD = (
    Text("商户", "Merchant"),
    Text("单位编码", "Organisation"),
    Text("类别", "Category"),
    Text("费率（基点）", "Fee, basis points"),
    Text("状态", "State"),
)
_SHIFTS = (Text("收银台", "Till"), Text("收银员", "Cashier"), Text("开班", "Opened"), Text("交班", "Closed"))
_ORGANISATION = Field("organisation", Text("单位编码", "Code of the organisation"), most=40)
_PROFILE = (
    Field("name", Text("商户名称（付款人看到的）", "Name, as payers see it"), most=60),
    Field(
        "category",
        Text("类别", "Category"),
        "select",
        options=tuple(Option(one.value, text) for one, text in CATEGORIES.items()),
    ),
    Field(
        "fee",
        Text(f"费率：基点，最多 {MOST_POINTS}", f"Fee in basis points, at most {MOST_POINTS}"),
        "number",
        most=3,
        pattern="[0-9]+",
    ),
)


class MerchantsView(RoomView):
    noun = "merchants"
    label = Text("商户", "Merchants")
    lead = Text(
        "能用付款码和收款码收款的单位；停用后立即不能收款，关闭后不能恢复。",
        "Organisations that take payments by code; a suspended one takes nothing at once, a closed one never again.",
    )
    icon = "fa-store"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._merchants, self._shifts = desk.services.payment.merchants, desk.services.payment.shifts
        add = Text("新增商户", "Add a merchant")
        ending = Text("关闭后静态收款码作废，不能恢复。", "Its static code ends with it; this cannot be undone.")
        self.offers(
            Action("add", add, OPERATORS, self._add, (_ORGANISATION, *_PROFILE), tone="good", icon="fa-plus"),
            Action("change", Text("修改", "Change"), OPERATORS, self._change, _PROFILE, icon="fa-pen"),
            Action("suspend", Text("停用", "Suspend"), OPERATORS, self._suspend, (REASON,), tone="bad"),
            Action("resume", Text("恢复", "Take up again"), OPERATORS, self._resume, (REASON,)),
            Action("close", Text("关闭", "Close"), OPERATORS, self._close, (REASON,), ending, tone="bad"),
        )

    def _for_all(self) -> Iterable[str]:
        return ("add",)

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        chosen = MerchantState(asked["state"]) if asked["state"] in set(MerchantState) else None
        found = await self._merchants.page(page, chosen)
        kept = {"state": chosen.value} if chosen else {}
        more = self.next_page(found.has_next, found.items[-1].organisation if found.items else None, kept)
        rows = tuple(Row(self._cells(one), self.here(one.organisation)) for one in found.items)
        options = (Option("", Text("全部", "All")), *(Option(state.value, text) for state, text in STATES.items()))
        field = Field("state", Text("状态", "State"), "select", required=False, options=options, value=asked["state"])
        empty = Text("还没有商户。", "There is no merchant yet.")
        return Listing(Table(_HEAD, rows, empty=empty, next=more, aside=frozenset({3})), filters=(field,))

    async def detail(self, asked: Asked) -> Detail | None:
        one = await self._merchants.get(asked.target)
        if one is None:
            return None
        facts = Facts.of(
            Text("基本情况", "What it is"),
            (Text("单位", "Organisation"), self.desk.office(one.organisation)),
            (Text("类别", "Category"), plain(CATEGORIES[one.category])),
            (Text("行业代码", "Code of ISO 18245"), mono(one.category.value)),
            (Text("费率（基点）", "Fee, basis points"), figure(one.fee)),
            (Text("静态收款码", "Static code"), mono(one.code)),
            (Text("开通时间", "Since"), when(one.since)),
        )
        return Detail(self._name(one), (facts, await self._table(one)), _state(one), buttons=self._offered(asked, one))

    def _offered(self, asked: Asked, one: Merchant) -> tuple[Button, ...]:
        if one.state is MerchantState.CLOSED:
            return ()
        turn = "suspend" if one.active else "resume"
        change = self.button("change", one.organisation, name=one.name, category=one.category.value, fee=str(one.fee))
        return allowed(
            asked.viewer, change, self.button(turn, one.organisation), self.button("close", one.organisation)
        )

    async def _table(self, one: Merchant) -> Table:
        found = await self._shifts.of_merchant(one.organisation, PageRequest(20))
        names = await self.desk.names(shift.cashier for shift in found.items)
        rows = tuple(
            Row((plain(s.till), person(s.cashier, names), when(s.opened_at), when(s.closed_at))) for s in found.items
        )
        return Table(_SHIFTS, rows, Text("最近的班次", "Latest shifts"), Text("没有班次。", "No shift yet."))

    def _cells(self, one: Merchant) -> tuple[Cell, ...]:
        name, category = plain(self._name(one)), plain(CATEGORIES[one.category])
        return name, mono(one.organisation), category, figure(one.fee), _state(one)

    def _name(self, one: Merchant) -> str:
        return self._merchants.called(one).within(spoken())

    async def _add(self, asked: Asked) -> Reply:
        made = await self._merchants.put(asked.viewer, asked["organisation"], _profile(asked), asked.key)
        return Done(Text("已开通。", "Added."), self.here(made.organisation))

    async def _change(self, asked: Asked) -> Reply:
        await self._merchants.put(asked.viewer, asked.target, _profile(asked), asked.key)
        return Done(Text("已修改。", "Changed."))

    async def _suspend(self, asked: Asked) -> Reply:
        return await self._turn(asked, MerchantState.SUSPENDED, Text("已停用。", "Suspended."))

    async def _resume(self, asked: Asked) -> Reply:
        return await self._turn(asked, MerchantState.ACTIVE, Text("已恢复。", "Taken up again."))

    async def _close(self, asked: Asked) -> Reply:
        return await self._turn(asked, MerchantState.CLOSED, Text("已关闭。", "Closed."))

    async def _turn(self, asked: Asked, to: MerchantState, said: Text) -> Reply:
        await self._merchants.turn(asked.viewer, asked.target, to, asked["reason"], asked.key)
        return Done(said)


def _profile(asked: Asked) -> Profile:
    return Profile.parse(asked["name"], Category(asked["category"]), int(asked["fee"]))


def _state(one: Merchant) -> Cell:
    return badge(one.state, _TONES[one.state], STATES[one.state])
