"""Estates, repairs that are late or with the city's centre, and what gates without network let in."""

from __future__ import annotations

from dataclasses import replace

from app.admin.console.desk import Desk
from app.admin.console.imports import bad_lines
from app.admin.console.pages import ADMINISTRATORS, OPERATORS
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
    Said,
    Table,
    badge,
    figure,
    hidden,
    link,
    mono,
    plain,
    when,
)
from app.admin.console.texts import Text, spoken
from app.admin.console.view import RoomView, allowed
from app.core.errors import BadInput
from app.core.paging import PageRequest
from app.core.places.model import Point
from app.core.said import Said as Named
from app.domains.community.estates.errors import EstateUnknown, HomeImportRefused
from app.domains.community.estates.gates.model import Gate, GateKind
from app.domains.community.estates.model import Estate, EstateRules
from app.domains.community.gates.model import Entry, Finding, Way
from app.domains.community.parking.model import CarPark
from app.domains.community.repairs.model import TERMS, Repair, RepairState, Why

_REPAIR_STATES = {
    RepairState.REPORTED: Text("已报修", "reported"),
    RepairState.ACCEPTED: Text("已受理", "accepted"),
    RepairState.SCHEDULED: Text("已约时间", "scheduled"),
    RepairState.DONE: Text("已办结", "done"),
    RepairState.RATED: Text("已评价", "rated"),
    RepairState.WITHDRAWN: Text("已撤回", "taken back"),
}
_WHY = {
    Why.NOT_ACCEPTED: Text("逾期未受理", "not accepted in time"),
    Why.NOT_DONE: Text("逾期未办结", "not done in time"),
    Why.ASKED: Text("居民要求", "the resident asked"),
}
_WAYS = {
    Way.CARD: Text("住户刷卡", "a resident's card"),
    Way.VISITOR: Text("访客通行证", "a visitor's pass"),
    Way.PLATE: Text("住户车辆", "a resident's car"),
}
_FINDINGS = {
    Finding.DOUBLE: Text("同一个码用了两次", "one code twice"),
    Finding.OVERUSED: Text("超出次数", "more often than the pass says"),
    Finding.REVOKED: Text("撤销后使用", "after it was revoked"),
    Finding.NOT_RESIDENT: Text("不是住户", "does not live there"),
    Finding.BARRED: Text("卡已挂失", "the card was barred"),
}
_RULES = (
    Field("bays", Text("车位", "Bays"), "number", value="0"),
    Field("visitor_bays", Text("访客车位（空：不限）", "Bays for visitors (empty: any)"), "number", required=False),
    Field("passes_a_day", Text("每户每天通行证", "Passes a day by home"), "number", value="10"),
    Field("most_entries", Text("每证次数", "Entries by pass"), "number", value="10"),
    Field("longest_hours", Text("每证时长（小时）", "Hours by pass"), "number", value="72"),
    Field("log_days", Text("进出记录保存天数", "Days the log is kept"), "number", value="30"),
)
_WORDS = (
    Field("name", Text("名称", "Name"), most=60),
    Field("name_en", Text("英文名称", "Name in English"), required=False, most=60),
    Field("committee", Text("居委会（编码）", "Committee (code)"), most=80),
    Field("company", Text("物业公司（编码）", "Company (code)"), most=80),
    Field("address", Text("地址", "Address"), most=120),
    Field("latitude", Text("纬度", "Latitude"), most=20, pattern=r"-?\d{1,3}(\.\d+)?"),
    Field("longitude", Text("经度", "Longitude"), most=20, pattern=r"-?\d{1,3}(\.\d+)?"),
)
_TERMS = (*_WORDS, *_RULES)
_CODE = Field("code", Text("代码", "Code"), most=40, hint=Text("小写字母、数字和 -。", "Small letters, digits and -."))
_FILE = Field("text", Text("表格（CSV：building,room）", "Table (CSV: building,room)"), "area", most=500_000)
_REV = hidden("rev")
_KINDS = {GateKind.PEOPLE: Text("人行", "people"), GateKind.CARS: Text("车行", "cars")}


class EstatesView(RoomView):
    noun = "estates"
    label = Text("小区", "Estates")
    lead = Text(
        "小区、所属居委会和物业公司。住户是谁，这里看不到。",
        "Estates, their committees and companies. Who lives there is not seen here.",
    )
    icon = "fa-building"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._estates = desk.services.community.neighbourhood.estates
        self._gates = desk.services.community.neighbourhood.gates.keeping
        self._parking = desk.services.community.neighbourhood.gates.parking
        self._bays = desk.services.community.neighbourhood.gates.bays
        self._homes = desk.services.community.neighbourhood.homes
        shut = Text(
            "不能再入住，各门不再放行；可以再开放。", "Nobody moves in, its gates let nobody in; it can be opened."
        )
        whole = Text("所有行都正确才会导入；已有的户不变。", "All of its lines, or none; homes that are there stay.")
        self.offers(
            Action(
                "add", Text("新增小区", "Add an estate"), OPERATORS, self._add, (_CODE, *_WORDS, *_RULES), tone="good"
            ),
            Action("amend", Text("修改", "Change"), OPERATORS, self._amend, (_REV, *_WORDS, *_RULES)),
            Action("homes", Text("导入户", "Import homes"), ADMINISTRATORS, self._import, (_FILE,), whole),
            Action("close", Text("关闭小区", "Close it"), OPERATORS, self._close, (REASON,), shut, "bad"),
            Action("reopen", Text("重新开放", "Open it again"), OPERATORS, self._reopen, (REASON,), tone="good"),
        )

    def _for_all(self) -> tuple[str, ...]:
        return ("add",)

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found = await self._estates.of_city(page)
        head = (
            Text("小区", "Estate"),
            Text("代码", "Code"),
            Text("居委会", "Committee"),
            Text("物业公司", "Company"),
            Text("车位", "Bays"),
            Text("状态", "State"),
        )
        more = self.next_page(found.has_next, found.items[-1].code if found.items else None)
        rows = tuple(self._row(one) for one in found.items)
        return Listing(Table(head, rows, empty=Text("还没有小区。", "There is no estate yet."), next=more))

    async def detail(self, asked: Asked) -> Detail | None:
        one = await self._estates.one(asked.target)
        if one is None:
            return None
        gates = await self._gates.of_estate(one.code)
        head = (Text("门", "Gate"), Text("代码", "Code"), Text("种类", "Kind"), Text("状态", "State"))
        table = Table(head, tuple(_gate(gate) for gate in gates), Text("门", "Gates"), Text("没有门。", "No gate."))
        homes, numbered = await self._estates.homes_of(one.code), await self._bays.counted(one.code)
        parts = (self._facts(one, homes, await self._parking.park(one.code), numbered), table)
        return Detail(one.name.within(spoken()), parts, _state(one), buttons=self._does(asked, one))

    def _does(self, asked: Asked, one: Estate) -> tuple[Button, ...]:
        ways = [self.button("amend", one.code, **_said(one)), self.button("homes", one.code)]
        return allowed(asked.viewer, *ways, self.button("close" if one.active else "reopen", one.code))

    def _row(self, one: Estate) -> Row:
        units = (plain(self._named(one.committee)), plain(self._named(one.company)))
        name = plain(one.name.within(spoken()))
        return Row((name, mono(one.code), *units, figure(one.bays), _state(one)), self.here(one.code))

    def _facts(self, one: Estate, homes: int, park: CarPark | None, numbered: tuple[int, int]) -> Facts:
        rules = one.rules
        visitors = rules.visitor_bays if rules.visitor_bays is not None else Text("不限", "any that is free")
        return Facts.of(
            Text("基本情况", "What it is"),
            (Text("代码", "Code"), mono(one.code)),
            (Text("地址", "Address"), plain(one.address)),
            (Text("坐标", "Coordinates"), mono(f"{one.point.latitude:.6f}, {one.point.longitude:.6f}")),
            (Text("居委会", "Committee"), plain(self._named(one.committee))),
            (Text("物业公司", "Company"), plain(self._named(one.company))),
            (Text("户数", "Homes"), link(homes, f"/admin/homes?estate={one.code}")),
            (Text("车位", "Bays"), figure(one.bays)),
            (Text("访客车位", "Bays for visitors"), plain(visitors)),
            (Text("固定车位 / 已分配", "Bays with numbers / let"), plain(f"{numbered[0]} / {numbered[1]}")),
            (Text("在场车辆", "Cars that are in"), figure(park.inside if park else 0)),
            (Text("其中访客", "Visitors' among them"), figure(park.visitors if park else 0)),
            (Text("每户每天通行证", "Passes a day by home"), figure(rules.passes_a_day)),
            (Text("每证次数", "Entries by pass"), figure(rules.most_entries)),
            (Text("每证时长（小时）", "Hours by pass"), figure(rules.longest_hours)),
            (Text("进出记录保存天数", "Days the log is kept"), figure(rules.log_days)),
        )

    def _named(self, unit: str) -> str:
        return self.desk.organisation(unit)

    async def _add(self, asked: Asked) -> Reply:
        return await self._save(asked, _estate(asked, asked["code"], 0))

    async def _amend(self, asked: Asked) -> Reply:
        was = await self._estates.one(asked.target)
        if was is None:
            raise EstateUnknown
        said = _estate(asked, was.code, _whole(asked, "rev"))
        return await self._save(asked, replace(said, state=was.state))

    async def _save(self, asked: Asked, estate: Estate) -> Reply:
        saved = await self._estates.save(asked.viewer, estate, asked.key)
        return Done(Text("已保存。", "Saved."), self.here(saved.code))

    async def _import(self, asked: Asked) -> Reply:
        try:
            done = await self._homes.bring(asked.viewer, asked.target, asked.exactly("text"))
        except HomeImportRefused as refused:  # the dialog stays, with the lines to mend
            return Said(bad_lines(refused.code, refused.rows, refused.more))
        fresh, same = done.tally.fresh, done.tally.same
        return Done(Text(f"新增 {fresh} 户，{same} 户已有。", f"{fresh} homes are new, {same} were there."))

    async def _close(self, asked: Asked) -> Reply:
        await self._estates.turn(asked.viewer, asked.target, asked["reason"], asked.key, active=False)
        return Done(Text("已关闭。", "It is closed."))

    async def _reopen(self, asked: Asked) -> Reply:
        await self._estates.turn(asked.viewer, asked.target, asked["reason"], asked.key, active=True)
        return Done(Text("已开放。", "It is open."))


class LateRepairsView(RoomView):
    noun = "late-repairs"
    label = Text("逾期报修", "Late repairs")
    lead = Text(
        "物业逾期未受理或未办结、以及已转诉求中心的报修。",
        "Repairs of which a term has passed, and those that the city's centre has.",
    )
    icon = "fa-screwdriver-wrench"

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        working = self.desk.services.community.neighbourhood.keeping.working
        given = asked["which"] == "given"
        if given:
            found = await working.handed_over(page)
            repairs, last = found.items, found.items[-1].id if found.items else None
            more = self.next_page(found.has_next, last, {"which": "given"})
        else:
            repairs, more = tuple(await working.late(page)), None
        head = (
            Text("小区", "Estate"),
            Text("事项", "Kind"),
            Text("报修", "Reported"),
            Text("应受理", "Accept by"),
            Text("应办结", "Finish by"),
            Text("状态", "State"),
            Text("诉求", "Case"),
        )
        options = (Option("late", Text("逾期未转", "late")), Option("given", Text("已转中心", "with the centre")))
        field = Field("which", Text("哪些", "Which"), "select", required=False, options=options, value=asked["which"])
        rows = tuple(_repair(one) for one in repairs)
        empty = Text("没有这样的报修。", "No repair is like that.")
        return Listing(Table(head, rows, empty=empty, next=more), filters=(field,))


class OddEntriesView(RoomView):
    noun = "odd-gate-entries"
    label = Text("门禁异常", "Odd entries at gates")
    lead = Text(
        "离线的门放行、事后发现不该放行的。是谁，这里看不到。",
        "What gates without network let in that they should not have. Who it was is not seen here.",
    )
    icon = "fa-door-open"

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found = await self.desk.services.community.neighbourhood.gates.log.odd_ones(page)
        head = (
            Text("小区", "Estate"),
            Text("门", "Gate"),
            Text("方式", "By"),
            Text("读码", "Read"),
            Text("上报", "Heard"),
            Text("发现", "Found"),
        )
        more = self.next_page(found.has_next, found.items[-1].turn if found.items else None)
        rows = tuple(_entry(one) for one in found.items)
        return Listing(Table(head, rows, empty=Text("没有异常。", "Nothing odd was found."), next=more))


def _estate(asked: Asked, code: str, rev: int) -> Estate:
    """As the dialog says it. Raises BadInput, PlaceNotOnEarth."""
    visitors = _whole(asked, "visitor_bays") if asked["visitor_bays"] else None
    passes, entries = _whole(asked, "passes_a_day"), _whole(asked, "most_entries")
    rules = EstateRules(passes, entries, _whole(asked, "longest_hours"), _whole(asked, "log_days"), visitors)
    return Estate(
        code,
        Named(asked["name"], asked["name_en"]),
        asked["committee"],
        asked["company"],
        Point(float(asked["latitude"]), float(asked["longitude"])),
        asked["address"],
        rules,
        _whole(asked, "bays"),
        rev=rev,
    )


def _said(one: Estate) -> dict[str, str]:
    """The dialog's fields as the estate stands."""
    rules = one.rules
    visitors = "" if rules.visitor_bays is None else str(rules.visitor_bays)
    days = {"passes_a_day": rules.passes_a_day, "most_entries": rules.most_entries, "log_days": rules.log_days}
    counted = {**days, "longest_hours": rules.longest_hours, "bays": one.bays, "rev": one.rev}
    place = {"latitude": f"{one.point.latitude:.6f}", "longitude": f"{one.point.longitude:.6f}"}
    words = {"name": one.name.zh, "name_en": one.name.en, "address": one.address, "visitor_bays": visitors}
    units = {"committee": one.committee, "company": one.company}
    return {**words, **units, **place, **{name: str(value) for name, value in counted.items()}}


def _whole(asked: Asked, name: str) -> int:
    """Raises BadInput."""
    text = asked[name]
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise BadInput(field=name)
    return int(text)


def _state(one: Estate) -> Cell:
    return badge("active") if one.active else badge("closed", "bad", Text("已关闭", "closed"))


def _gate(one: Gate) -> Row:
    state = badge("active") if one.active else badge("shut", "bad", Text("停用", "out of use"))
    return Row((plain(one.name.within(spoken())), mono(one.code), plain(_KINDS[one.kind]), state))


def _repair(one: Repair) -> Row:
    kind, given = TERMS[one.kind].name, one.handed_over
    times = (when(one.reported_at), when(one.accept_by), when(one.finish_by))
    case = plain(f"{given.number} · {_WHY[given.why]}") if given else plain(None)
    state = badge(one.state, "", _REPAIR_STATES[one.state])
    return Row((mono(one.estate), plain(kind.within(spoken())), *times, state, case))


def _entry(one: Entry) -> Row:
    found = badge(one.finding, "warn", _FINDINGS.get(one.finding))
    return Row((mono(one.estate), mono(one.gate), plain(_WAYS[one.way]), when(one.at), when(one.heard_at), found))
