"""Applications of citizens: where they stand, what is late, who holds them; without what is in them."""

from __future__ import annotations

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
    Section,
    Table,
    badge,
    figure,
    mono,
    person,
    plain,
    short_link,
    when,
)
from app.admin.console.texts import Text, word
from app.admin.console.view import RoomView
from app.core.calendar import Light, WorkingClock
from app.core.paging import PageRequest
from app.domains.government.applications.history.model import State
from app.domains.government.applications.materials.model import Standing
from app.domains.government.applications.model import Application

_LATE = "late"
_HEAD = (
    Text("编号", "Number"),
    Text("事项", "Item"),
    Text("单位", "Unit"),
    Text("提交时间", "Handed in"),
    Text("应办结", "Due"),
    Text("状态", "State"),
)
_TONES = {Light.GREEN: "good", Light.YELLOW: "warn", Light.RED: "bad"}
_WORDS = {
    State.DRAFT: Text("草稿", "draft"),
    State.SUBMITTED: Text("待受理", "handed in"),
    State.RETURNED: Text("待补正", "to be mended"),
    State.REFUSED: Text("不予受理", "not taken in"),
    State.ACCEPTED: Text("已受理", "taken in"),
    State.IN_REVIEW: Text("审查中", "in review"),
    State.DECIDED: Text("已决定", "decided"),
    State.DELIVERED: Text("已送达", "delivered"),
    State.WITHDRAWN: Text("已撤回", "withdrawn"),
}
_STATES = {state.value: _WORDS[state] for state in State}


class ServiceApplicationsView(RoomView):
    noun = "service-applications"
    label = Text("办件", "Service applications")
    lead = Text(
        "各单位办件的进度和期限；内容只有办理人员和申请人能看到。",
        "Where applications stand at all units, and when they are due; only handlers and applicants read them.",
    )
    icon = "fa-file-signature"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._service = desk.services.government.overseeing
        number = Field("number", Text("办件编号", "Number"), most=40)
        self.finder = Finder((number,), self._find, Text("没有这个编号。", "No application has this number."))
        note = Text("其他办理人员可以重新领取。", "Others of the unit may take it over again.")
        release = Text("释放", "Give back")
        self.offers(Action("release", release, OPERATORS, self._release, (REASON,), note, icon="fa-rotate-left"))

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        chosen = asked["state"] if asked["state"] in {*_STATES, _LATE} else State.SUBMITTED.value
        found = await (self._service.late(page) if chosen == _LATE else self._service.in_state(State(chosen), page))
        rows = tuple(self._row(one) for one in found.items)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None, {"state": chosen})
        empty = Text("没有这样的办件。", "No application is like that.")
        options = (
            Option(_LATE, Text("已超期", "overdue")),
            *(Option(state, text) for state, text in _STATES.items()),
        )
        field = Field("state", Text("状态", "State"), "select", required=False, options=options, value=chosen)
        return Listing(Table(_HEAD, rows, empty=empty, next=more, aside=frozenset({3})), filters=(field,))

    async def detail(self, asked: Asked) -> Detail | None:
        one = await self._service.one(asked.target)
        if one is None:
            return None
        names = await self.desk.names(entry.by for entry in one.history)
        head = (Text("步骤", "Step"), Text("时间", "When"), Text("经办", "By"))
        steps = tuple(
            Row((plain(word(entry.what)), when(entry.at), person(entry.by, names))) for entry in reversed(one.history)
        )
        history = Table(head, steps, Text("经过", "History"))
        sections: tuple[Section, ...] = (self._facts(one), *self._clocks(one), _materials(one), history)
        buttons = self.buttons(asked, asked.target, "release") if one.handler else ()
        return Detail(one.number or NOTHING, sections, _state(one.state), buttons=buttons)

    def _row(self, one: Application) -> Row:
        timing = one.timed(*self.desk.services.government.drafts.time()).timing
        due = badge(timing.due, _TONES[timing.light], timing.due.isoformat()) if timing.due else plain(None)
        cells = (
            mono(one.number),
            mono(one.item),
            self.desk.office(one.unit),
            when(one.submitted_at),
            due,
            _state(one.state),
        )
        return Row(cells, self.here(one.id))

    def _facts(self, one: Application) -> Facts:
        return Facts.of(
            Text("基本情况", "What it is"),
            (Text("申请人", "Applicant"), short_link(one.citizen, f"/admin/citizens/{one.citizen}")),
            (Text("事项", "Item"), mono(f"{one.item}@{one.version}")),
            (Text("单位", "Unit"), self.desk.office(one.unit)),
            (Text("部门系统", "Department's system"), mono(one.system)),
            (Text("办理人", "Held by"), mono(one.handler)),
            (Text("提交时间", "Handed in"), when(one.submitted_at)),
            (Text("到现场次数", "Visits"), figure(f"{len(one.visits)} / {one.visits_promised}")),
        )

    def _clocks(self, one: Application) -> tuple[Facts, ...]:
        titles = (
            (one.promised, Text("承诺期限", "Promised time")),
            (one.statutory, Text("法定期限", "Statutory time")),
        )
        return tuple(self._clock(title, clock) for clock, title in titles if clock is not None)

    def _clock(self, title: Text, clock: WorkingClock) -> Facts:
        calendar, now = self.desk.services.government.drafts.time()
        told = clock.explained(calendar, now)
        unsure = Text(
            f"{'、'.join(map(str, told.unsure))} 年放假安排未公布",
            f"Holidays of {', '.join(map(str, told.unsure))} are not published",
        )
        return Facts.of(
            title,
            (Text("工作日", "Working days"), figure(told.days)),
            (Text("暂停", "Stood still"), figure(told.paused_days)),
            (Text("延长", "Extended"), figure(sum(extension.days for extension in told.extensions))),
            (Text("应办结", "Due"), when(told.due)),
            (Text("剩余", "Left"), badge(told.light, _TONES[told.light], _left(told.remaining))),
            (Text("日历", "Calendar"), mono(told.calendar)),
            *(((Text("提醒", "Mind"), plain(unsure)),) if told.unsure else ()),
        )

    async def _find(self, asked: Asked) -> str | None:
        found = await self._service.by_number(asked["number"])
        return self.here(found.id) if found else None

    async def _release(self, asked: Asked) -> Reply:
        await self._service.release(asked.viewer, asked.target, asked["reason"], asked.key)
        return Done(Text("已释放，可重新领取。", "Given back: it may be taken over again."))


def _state(state: State) -> Cell:
    return badge(state, None, _WORDS[state])


def _left(days: int | None) -> Text:
    return Text("暂停中", "paused") if days is None else Text(f"{days} 个工作日", f"{days} working days")


def _materials(one: Application) -> Table:
    head = (Text("材料", "Material"), Text("方式", "How it is there"))
    rows = tuple(Row((plain(Text(m.name_zh, m.name_en or m.name_zh)), _way(m))) for m in one.content.standing)
    return Table(head, rows, Text("材料", "Materials"), Text("没有要求材料。", "None is asked for."))


def _way(standing: Standing) -> Cell:
    return badge(standing.way, "", word(standing.way))
