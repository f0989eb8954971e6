"""Fares of lines: what is in force, what comes, and the rides that were taken."""

from __future__ import annotations

from datetime import date, timedelta

from app.admin.console.desk import Desk
from app.admin.console.pages import ADMINISTRATORS
from app.admin.console.parts import (
    REASON,
    Action,
    Asked,
    Cell,
    Detail,
    Done,
    Facts,
    Field,
    Listing,
    Reply,
    Row,
    Table,
    badge,
    figure,
    mono,
    plain,
    when,
)
from app.admin.console.texts import Text
from app.admin.console.view import RoomView
from app.core.clock import civil_day
from app.core.errors import BadInput
from app.core.money import Money
from app.core.paging import PageRequest
from app.core.said import Said
from app.domains.payment.rides.fares.model import FareRules
from app.domains.payment.rides.fares.service import newest_of
from app.domains.payment.rides.model import Ride, RideState

_STATES = {
    RideState.FREE: (Text("免费", "free"), ""),
    RideState.PAID: (Text("已付", "paid"), "good"),
    RideState.OWED: (Text("欠付", "owed"), "warn"),
    RideState.BORNE: (Text("本市承担", "the city bears it"), "warn"),
}


def _fen(name: str, label: Text, value: str = "0") -> Field:
    return Field(name, label, "number", required=False, most=6, pattern=r"[0-9]{1,6}", value=value)


_FIELDS = (
    Field("operator", Text("运营单位编号", "Operator"), most=40),
    Field("line", Text("线路", "Line"), most=20, pattern=r"[A-Za-z0-9-]{1,20}"),
    Field("from_day", Text("自何日起", "From"), "day", most=10),
    Field("zh", Text("线路名称", "Name in Chinese"), most=40),
    Field("en", Text("英文名称", "Name in English"), required=False, most=80),
    _fen("base", Text("起步价（分）", "Base in fen"), "200"),
    _fen("base_metres", Text("起步里程（米）", "Base in metres")),
    _fen("step", Text("每段加价（分）", "Each step in fen")),
    _fen("step_metres", Text("每段里程（米）", "Each step in metres")),
    _fen("most", Text("最高票价（分），0 为不设", "Longest fare in fen; 0: none")),
    _fen("senior", Text("60 岁以上付（%）", "People of 60 and more pay (%)")),
    _fen("minor", Text("18 岁以下付（%）", "People under 18 pay (%)"), "50"),
    _fen("transfer_off", Text("换乘优惠（分）", "Off for a transfer, in fen")),
    _fen("transfer_minutes", Text("换乘时限（分钟）", "Transfer within (minutes)"), "60"),
    _fen("day_cap", Text("每日封顶（分），0 为不设", "Cap of a day in fen; 0: none")),
    REASON,
)


class FaresView(RoomView):
    noun = "fares"
    label = Text("乘车票价", "Fares")
    lead = Text(
        "各线路的票价规则，自某日起生效；已生效的不能更改。",
        "What lines cost, from a day on. What is in force is not changed any more.",
    )
    icon = "fa-bus"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._rides = desk.services.payment.rides
        note = Text("最早从明日起生效；新线路可当日生效。", "From tomorrow at the earliest; of a new line, at once.")
        self.offers(
            Action("put", Text("制定票价", "Make a fare"), ADMINISTRATORS, self._put, _FIELDS, note),
            Action("drop", Text("撤销", "Drop"), ADMINISTRATORS, self._drop, (REASON,), tone="bad"),
        )

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        head = (
            Text("线路", "Line"),
            Text("名称", "Name"),
            Text("运营单位", "Operator"),
            Text("自", "From"),
            Text("起步价", "Base"),
            Text("每日封顶", "Cap of a day"),
            Text("状态", "State"),
        )
        found = await self._rides.fares.all()
        today = civil_day(self.desk.city.clock.now())
        force = {one.id for one in newest_of(found, today)}
        rows = tuple(self._row(one, force, today) for one in found)
        return Listing(Table(head, rows, empty=Text("还没有票价。", "There is no fare yet.")))

    async def detail(self, asked: Asked) -> Detail | None:
        one = await self._rides.fares.one(asked.target)
        if one is None:
            return None
        found, today = await self._rides.fares.all(one.operator), civil_day(self.desk.city.clock.now())
        state = _state(one, {rules.id for rules in newest_of(found, today)}, today)
        page = await self._rides.rides.of_operator(one.operator, PageRequest(20))
        buttons = self.buttons(asked, one.id, "drop") if one.from_day > today else ()
        title = Text(one.name.zh, one.name.en or one.name.zh)
        return Detail(title, (self._facts(one), _taken(page.items)), state, buttons=buttons)

    def _for_all(self) -> tuple[str, ...]:
        return ("put",)

    def _row(self, one: FareRules, force: set[str], today: date) -> Row:
        name = plain(Text(one.name.zh, one.name.en or one.name.zh))
        where = (mono(one.line), name, self.desk.office(one.operator), when(one.from_day))
        return Row((*where, _sum(one.base), _sum(one.day_cap), _state(one, force, today)), self.here(one.id))

    def _facts(self, one: FareRules) -> Facts:
        per = Text(f"每 {one.step_metres} 米", f"each {one.step_metres} m")
        return Facts.of(
            Text("票价规则", "How a fare comes about"),
            (Text("运营单位", "Operator"), self.desk.office(one.operator)),
            (Text("自", "From"), when(one.from_day)),
            (Text("起步价", "Base"), _sum(one.base)),
            (Text("起步里程（米）", "Base in metres"), figure(one.base_metres or None)),
            (Text("每段加价", "Each step"), _sum(one.step)),
            (Text("每段里程", "Length of a step"), plain(per if one.step_metres else None)),
            (Text("最高票价", "Longest fare"), _sum(one.most)),
            (Text("60 岁以上", "People of 60 and more"), figure(f"{one.senior} %")),
            (Text("18 岁以下", "People under 18"), figure(f"{one.minor} %")),
            (Text("换乘优惠", "Off for a transfer"), _sum(one.transfer_off)),
            (Text("换乘时限（分钟）", "Within (minutes)"), figure(int(one.transfer_within.total_seconds()) // 60)),
            (Text("每日封顶", "Cap of a day"), _sum(one.day_cap)),
        )

    async def _put(self, asked: Asked) -> Reply:
        rules = FareRules(
            operator=asked["operator"],
            line=asked["line"],
            name=Said(asked["zh"], asked["en"]),
            from_day=_day(asked["from_day"]),
            transfer_within=timedelta(minutes=_number(asked, "transfer_minutes")),
            **{name: _number(asked, name) for name in _NUMBERS},
        )
        await self._rides.fares.put(asked.viewer, rules, asked["reason"])
        return Done(Text("票价已制定。", "The fare is made."), self.here(rules.id))

    async def _drop(self, asked: Asked) -> Reply:
        await self._rides.fares.drop(asked.viewer, asked.target, asked["reason"])
        return Done(Text("已撤销。", "It is dropped."), self.here())


_NUMBERS = ("base", "base_metres", "step", "step_metres", "most", "senior", "minor", "transfer_off", "day_cap")


def _taken(rides: tuple[Ride, ...]) -> Table:
    head = (Text("线路", "Line"), Text("时间", "When"), Text("车费", "Fare"), Text("状态", "State"))
    rows = tuple(Row((mono(one.line), when(one.at), figure(one.amount.spoken), _paid(one))) for one in rides)
    empty = Text("还没有乘车记录。", "No ride was taken yet.")
    return Table(head, rows, Text("该单位最近的乘车", "The operator's latest rides"), empty=empty)


def _paid(one: Ride) -> Cell:
    text, tone = _STATES[one.state]
    return badge(one.state, tone, text)


def _state(one: FareRules, force: set[str], today: date) -> Cell:
    if one.id in force:
        return badge("active", "good", Text("执行中", "in force"))
    if one.from_day > today:
        return badge("planned", "busy", Text("待生效", "to come"))
    return badge("over", "", Text("已过", "over"))


def _sum(fen: int) -> Cell:
    return figure(Money(fen).spoken) if fen else plain(None)


def _number(asked: Asked, name: str) -> int:
    """Raises BadInput."""
    text = asked[name] or "0"
    if not text.isdecimal():
        raise BadInput(field=name)
    return int(text)


def _day(text: str) -> date:
    """Raises BadInput."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(field="from_day") from None
