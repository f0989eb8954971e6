"""The care list, and visits of relatives. Who it is about is not seen; one is looked up for a reason, and is told."""

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
    Shown,
    Table,
    badge,
    figure,
    link,
    mono,
    plain,
    short_link,
    when,
)
from app.admin.console.texts import Text, listed, spoken
from app.admin.console.view import RoomView
from app.core.paging import PageRequest
from app.domains.community.care.model import CareEntry, CareState, CareStep, Sign, Told
from app.domains.community.family_visits.houses.model import CareHouse, HouseKind, VisitingTime
from app.domains.community.family_visits.model import FamilyVisit, FamilyVisitState

_STATES = {
    CareState.PROPOSED: (Text("待本人同意", "to be agreed"), "warn"),
    CareState.ACTIVE: (Text("关爱中", "looked after"), "good"),
    CareState.PAUSED: (Text("暂停", "paused"), ""),
    CareState.ENDED: (Text("已结束", "ended"), ""),
    CareState.DECLINED: (Text("本人不同意", "declined"), ""),
}
_TOLD = {
    Told.NOBODY: (Text("无", "nobody"), ""),
    Told.HIMSELF: (Text("已提醒本人", "himself"), "warn"),
    Told.CONTACT: (Text("已通知联系人", "his contact"), "warn"),
    Told.OFFICER: (Text("已通知居委会", "his committee"), "bad"),
    Told.CENTRE: (Text("已报中心", "the centre"), "bad"),
}
_SIGNS = {
    Sign.APP: Text("本人报平安", "the app"),
    Sign.PHONE: Text("电话", "a call"),
    Sign.VISIT: Text("上门", "a visit"),
}
_DAYS = (
    Text("一", "Mon"),
    Text("二", "Tue"),
    Text("三", "Wed"),
    Text("四", "Thu"),
    Text("五", "Fri"),
    Text("六", "Sat"),
)
_WEEK = (*_DAYS, Text("日", "Sun"))
_MISSED = "missed"
_SIGN_FIELD = Field(
    "sign",
    Text("怎样得知平安", "How it is known"),
    "select",
    options=tuple(Option(sign.value, text) for sign, text in _SIGNS.items() if sign is not Sign.APP),
)
_REASON = Field("reason", Text("原因", "Reason"), "area", most=200)
_KINDS = {HouseKind.CARE_HOME: Text("养老机构", "care home"), HouseKind.WARD: Text("病区", "ward")}
_VISITS = {
    FamilyVisitState.ASKED: (Text("待答复", "to be answered"), "warn"),
    FamilyVisitState.ACCEPTED: (Text("已同意", "agreed"), "busy"),
    FamilyVisitState.REFUSED: (Text("未同意", "refused"), "bad"),
    FamilyVisitState.WITHDRAWN: (Text("已撤回", "taken back"), ""),
    FamilyVisitState.CANCELLED: (Text("已取消", "cancelled"), "bad"),
    FamilyVisitState.LAPSED: (Text("未答复失效", "not answered"), "bad"),
    FamilyVisitState.DONE: (Text("已探访", "done"), "good"),
    FamilyVisitState.MISSED: (Text("未到访", "nobody came"), ""),
}


class CareListView(RoomView):
    noun = "care-entries"
    label = Text("关爱名单", "Care list")
    lead = Text(
        "独居、高龄等关爱对象的报平安情况和逐级提醒；是谁，要说明原因才能查看，本人会看到。",
        "Check-ins of who is looked after, and whom one missed was told. Who it is, is seen for a reason; he is told.",
    )
    icon = "fa-hand-holding-heart"
    live = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._keeping = desk.services.community.together.caring.keeping
        told = Text("本人会在查询记录里看到这次查看及原因。", "He reads in his ledger that it was looked at, and why.")
        leaves = Text("本人会收到通知。", "He is told.")
        self.offers(
            Action("note", Text("确认平安", "He is well"), OPERATORS, self._note, (_SIGN_FIELD,), tone="good"),
            Action("reveal", Text("查看是谁", "Who it is"), OPERATORS, self._reveal, (_REASON,), told),
            Action("end", Text("移出名单", "Take off the list"), OPERATORS, self._end, (), leaves, "bad"),
        )

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        chosen = asked["state"] or _MISSED
        if chosen in set(CareState):
            found = await self._keeping.listed(asked.viewer, CareState(chosen), page)
        else:
            chosen, found = _MISSED, await self._keeping.missed(asked.viewer, page)
        head = (
            Text("编号", "Entry"),
            Text("小区", "Estate"),
            Text("居委会", "Committee"),
            Text("应报平安", "Due"),
            Text("最近平安", "Last heard of"),
            Text("提醒到", "Told"),
            Text("状态", "State"),
        )
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None, {"state": chosen})
        states = (Option(state.value, text) for state, (text, _) in _STATES.items())
        options = (Option(_MISSED, Text("未报平安", "missed")), *states)
        field = Field("state", Text("哪些", "Which"), "select", required=False, options=options, value=chosen)
        estates = await self.desk.estates(one.estate for one in found.items)
        rows = tuple(self._row(one, estates) for one in found.items)
        return Listing(
            Table(head, rows, empty=Text("没有这样的对象。", "Nobody is like that."), next=more), filters=(field,)
        )

    async def detail(self, asked: Asked) -> Detail | None:
        found = await self._keeping.one(asked.viewer, asked.target)
        if found is None:
            return None
        one = found.entry
        estates = await self.desk.estates([one.estate])
        facts = Facts.of(
            Text("关爱安排", "How he is looked after"),
            (Text("小区", "Estate"), link(estates[one.estate], f"/admin/estates/{one.estate}")),
            (Text("居委会", "Committee"), plain(self._unit(one))),
            (Text("报平安的日子", "Weekdays"), plain(listed(_WEEK[day] for day in one.rhythm.weekdays))),
            (Text("最迟", "Until"), plain(f"{one.rhythm.minute // 60:02d}:{one.rhythm.minute % 60:02d}")),
            (Text("本轮截止", "This round ends"), when(one.due_at)),
            (Text("最近平安", "Last heard of"), when(one.sign_at)),
            (Text("怎样得知", "How it was known"), plain(_SIGNS[one.sign] if one.sign else None)),
            (Text("入册", "On the list since"), when(one.made_at)),
        )
        head = (Text("应报平安", "Due"), Text("通知了", "Told"), Text("时间", "When"), Text("诉求", "Case"))
        steps = tuple(_step(step) for step in found.steps)
        none = Text("没有漏报。", "None was missed.")
        table = Table(head, steps, Text("漏报后的步骤", "Steps after missed check-ins"), none)
        does = ("note", "reveal", "end") if one.state is CareState.ACTIVE else ("reveal", "end")
        buttons = self.buttons(asked, one.id, *does) if one.state not in _OVER else ()
        return Detail(short(one.id), (facts, table), _care_state(one), buttons=buttons)

    def _row(self, one: CareEntry, estates: Mapping[str, str]) -> Row:
        where = (plain(estates[one.estate]), plain(self._unit(one)), when(one.due_at), when(one.sign_at))
        text, tone = _TOLD[one.told]
        here = self.here(one.id)
        return Row((short_link(one.id, here), *where, badge(one.told.name, tone, text), _care_state(one)), here)

    def _unit(self, one: CareEntry) -> str:
        return self.desk.organisation(one.organisation)

    async def _note(self, asked: Asked) -> Reply:
        await self._keeping.note(asked.viewer, asked.target, Sign(asked["sign"]), asked.key)
        return Done(Text("已记为平安。", "He is known to be well."), self.here(asked.target))

    async def _reveal(self, asked: Asked) -> Reply:
        found = await self._keeping.reveal(asked.viewer, asked.target, asked["reason"], asked.key)
        said = found.private
        rows = (
            (Text("姓名", "Name"), found.name),
            (Text("住处", "Home"), found.home),
            (Text("联系人", "Contact"), f"{said.contact} {said.phone}".strip() or "—"),
            (Text("备注", "Note"), said.note or "—"),
        )
        return Shown(Text("是谁", "Who it is"), rows)

    async def _end(self, asked: Asked) -> Reply:
        await self._keeping.end(asked.viewer, asked.target, asked.key)
        return Done(Text("已移出名单。", "He is not on the list any more."), self.here(asked.target))


class CareHousesView(RoomView):
    noun = "care-houses"
    label = Text("养老机构与病区", "Care homes and wards")
    lead = Text("接受亲友探访的机构和病区：时间、名额。", "Where relatives visit: the times, and how many.")
    icon = "fa-house-medical"

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found = await self.desk.services.community.together.visiting.houses.of_city(page)
        head = (
            Text("机构", "House"),
            Text("代码", "Code"),
            Text("类别", "Kind"),
            Text("单位", "Organisation"),
            Text("状态", "State"),
        )
        more = self.next_page(found.has_next, found.items[-1].code if found.items else None)
        rows = tuple(self._row(one) for one in found.items)
        return Listing(Table(head, rows, empty=Text("还没有机构。", "There is no house yet."), next=more))

    async def detail(self, asked: Asked) -> Detail | None:
        one = await self.desk.services.community.together.visiting.houses.one(asked.target)
        if one is None:
            return None
        rules = one.rules
        facts = Facts.of(
            Text("探访安排", "How visits are"),
            (Text("单位", "Organisation"), plain(self._unit(one))),
            (Text("地址", "Address"), plain(one.address)),
            (Text("每次（分钟）", "Minutes of a visit"), figure(rules.minutes)),
            (Text("同时接待", "At a time"), figure(rules.at_once)),
            (Text("每位住户每天", "A day for each resident"), figure(rules.a_day)),
            (Text("每次人数", "People at most"), figure(rules.people)),
        )
        head = (Text("星期", "Weekdays"), Text("时间", "Times"))
        rows = tuple(_time(time) for time in one.times)
        return Detail(
            one.name.within(spoken()), (facts, Table(head, rows, Text("探访时间", "Visiting times"))), _open(one)
        )

    def _row(self, one: CareHouse) -> Row:
        cells = (plain(one.name.within(spoken())), mono(one.code), plain(_KINDS[one.kind]), plain(self._unit(one)))
        return Row((*cells, _open(one)), self.here(one.code))

    def _unit(self, one: CareHouse) -> str:
        return self.desk.organisation(one.organisation)


class FamilyVisitsView(RoomView):
    noun = "family-visits"
    label = Text("亲友探访", "Visits of relatives")
    lead = Text(
        "探访预约及其结果；到时未答复的会自动失效。谁看谁，这里看不到。",
        "Visits and how they ended; what nobody answers lapses. Who visits whom is not seen here.",
    )
    icon = "fa-people-roof"

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        state = FamilyVisitState(asked["state"]) if asked["state"] in set(FamilyVisitState) else None
        found = await self.desk.services.community.together.visiting.keeping.of_city(state, page)
        head = (
            Text("机构", "House"),
            Text("时间", "Time"),
            Text("人数", "People"),
            Text("预约于", "Asked"),
            Text("状态", "State"),
        )
        chosen = {"state": state.value} if state else {}
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None, chosen)
        options = (Option("", Text("全部", "all")), *(Option(one.value, text) for one, (text, _) in _VISITS.items()))
        field = Field("state", Text("状态", "State"), "select", required=False, options=options, value=asked["state"])
        rows = tuple(_visit(one) for one in found.items)
        return Listing(Table(head, rows, empty=Text("没有探访。", "There is no visit."), next=more), filters=(field,))


_OVER = frozenset({CareState.ENDED, CareState.DECLINED})


def short(id_: str) -> str:
    return f"…{id_[-8:]}"


def _care_state(one: CareEntry) -> Cell:
    text, tone = _STATES[one.state]
    return badge(one.state, tone, text)


def _step(one: CareStep) -> Row:
    text, tone = _TOLD[one.told]
    return Row((when(one.due_at), badge(one.told.name, tone, text), when(one.at), mono(one.case)))


def _open(one: CareHouse) -> Cell:
    return badge("active") if one.active else badge("shut", "bad", Text("停用", "out of use"))


def _time(one: VisitingTime) -> Row:
    days = listed(_WEEK[day] for day in one.weekdays)
    times = f"{one.opens // 60:02d}:{one.opens % 60:02d} – {one.closes // 60:02d}:{one.closes % 60:02d}"
    return Row((plain(days), plain(times)))


def _visit(one: FamilyVisit) -> Row:
    text, tone = _VISITS[one.state]
    state = badge(one.state, tone, text)
    return Row((mono(one.house), when(one.starts_at), figure(one.people), when(one.asked_at), state))
