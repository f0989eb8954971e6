"""What is told upwards of cases, days that the desk sets for them, and how long cases may take."""

from __future__ import annotations

from datetime import date, time

from app.admin.console.desk import Desk
from app.admin.console.pages import OPERATORS
from app.admin.console.parts import (
    REASON,
    Action,
    Asked,
    Cell,
    Detail,
    Done,
    Field,
    Listing,
    Reply,
    Row,
    Table,
    badge,
    figure,
    hidden,
    link,
    mono,
    person,
    plain,
    when,
)
from app.admin.console.texts import Text
from app.admin.console.view import RoomView, allowed
from app.core.messages import CHINESE, ENGLISH, message
from app.core.paging import PageRequest
from app.domains.voice.cases.clocks.model import Measure, Shift
from app.domains.voice.cases.clocks.rules.errors import ClockRuleInvalid
from app.domains.voice.cases.clocks.rules.model import PUBLISHED, ClockRule, RuleCode
from app.domains.voice.cases.errors import CaseUnknown, DueInPast
from app.domains.voice.units.escalation.model import Escalation, Rung

_RUNGS = {
    Rung.HANDLER: Text("经办人", "handler"),
    Rung.LEADER: Text("承办单位", "unit"),
    Rung.ABOVE: Text("上级单位", "above"),
    Rung.CENTRE: Text("中心", "centre"),
}
_TONES = {Rung.LEADER: "warn", Rung.ABOVE: "bad", Rung.CENTRE: "bad"}
_TOLD = (
    Text("时间", "When"),
    Text("诉求", "Case"),
    Text("提醒", "What"),
    Text("承办单位", "Unit"),
    Text("告知", "Told to"),
    Text("领取", "Held"),
)
_RULES = (
    Text("类型", "Kind"),
    Text("时限", "Time"),
    Text("最多延长", "Extension"),
    Text("值班", "Shift"),
    Text("版本", "Version"),
)
_HISTORY = (*_RULES[1:], Text("由谁", "By"), Text("时间", "When"), Text("理由", "Reason"))


class CaseEscalationsView(RoomView):
    noun = "case-escalations"
    label = Text("催办与督办", "Escalations")
    lead = Text(
        "无人领取的先上报；过半、过五分之四、超期逐级提醒。知悉后不再列出。",
        "What nobody holds goes up first; half, four fifths and the end of the time are told step by step. What was "
        "noted is listed no more.",
    )
    icon = "fa-stairs"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._service = desk.services.voice.escalations
        number = Field("number", Text("诉求编号", "Number of the case"), most=40)
        day = Field("by_day", Text("督办期限", "By which day"), "day", most=10)
        words = Field("words", Text("督办意见", "What is wanted"), "area", most=2_000)
        told = Text("承办单位和诉求人都会知道。", "The unit and whoever reported it are told.")
        self.offers(
            Action(
                "supervise", Text("督办", "Set a day"), OPERATORS, self._supervise, (number, day, words), told, "warn"
            ),
            Action("note", Text("已知悉", "Noted"), OPERATORS, self._note, tone="good", icon="fa-check"),
        )

    def _for_all(self) -> tuple[str, ...]:
        return ("supervise",)

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found = await self._service.open(page)
        rows = tuple(self._row(asked, one) for one in found.items)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None)
        empty = Text("没有待知悉的提醒。", "Nothing waits to be noted.")
        return Listing(Table(_TOLD, rows, empty=empty, next=more, aside=frozenset({3, 5})))

    def _row(self, asked: Asked, one: Escalation) -> Row:
        held = Text("已领取", "yes") if one.held else Text("无人领取", "nobody")
        cells = (
            when(one.at),
            link(one.number, f"/admin/cases/{one.case}"),
            plain(_both(f"ESCALATION_{one.what.upper()}", number=one.number)),
            self.desk.office(one.unit),
            badge(one.rung, _TONES.get(one.rung), _RUNGS[one.rung]),
            plain(held),
        )
        return Row(cells, buttons=self.buttons(asked, one.id, "note"))

    async def _note(self, asked: Asked) -> Reply:
        await self._service.note(asked.viewer, asked.target, asked.key)
        return Done(Text("已知悉。", "Noted."))

    async def _supervise(self, asked: Asked) -> Reply:
        voice = self.desk.services.voice
        found = await voice.overseeing.by_number(asked["number"])
        if found is None:
            raise CaseUnknown
        day = _day(asked["by_day"])
        await voice.supervising.supervise(asked.viewer, found.id, day, asked["words"], asked.key)
        return Done(Text(f"已督办，期限 {day.isoformat()}。", f"It is to be done by {day.isoformat()}."))


class CaseClockRulesView(RoomView):
    noun = "case-clock-rules"
    label = Text("办理时限", "Time limits")
    lead = Text(
        "各类诉求的办理时限；修改自下一件受理起生效，每次修改留有版本和理由。",
        "How long cases may take, by kind. A change holds for what is taken in from then on, and is a version of its "
        "own with its reason.",
    )
    icon = "fa-stopwatch"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._rules = desk.services.voice.clock_rules
        fields = (
            hidden("version"),
            Field("amount", Text("时限", "Time"), "number", Text("工作日或值班小时", "Working days, or hours"), most=3),
            Field("most_extension", Text("最多延长", "Extension at most"), "number", most=3),
            Field("opens", Text("值班开始", "Shift begins"), hint="08:00", most=5, pattern=r"\d\d:\d\d"),
            Field("closes", Text("值班结束", "Shift ends"), hint="22:00", most=5, pattern=r"\d\d:\d\d"),
            REASON,
        )
        note = Text("正在计时的诉求不受影响。", "Clocks that run already go on as they began.")
        self.offers(Action("change", Text("修改", "Change"), OPERATORS, self._change, fields, note, "warn"))

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        rules = await self._rules.all()
        rows = tuple(Row((_name(one.code), *_cells(one)), self.here(one.code.value)) for one in rules)
        return Listing(Table(_RULES, rows))

    async def detail(self, asked: Asked) -> Detail | None:
        if asked.target not in {code.value for code in RuleCode}:
            return None
        versions = await self._rules.versions(RuleCode(asked.target))
        names = await self.desk.names(one.by for one in versions if one.by)
        rows = tuple(
            Row((*_cells(one), person(one.by or None, names), when(one.at), plain(one.reason or None)))
            for one in versions
        )
        now = versions[0]
        change = self.button(
            "change",
            now.code.value,
            version=str(now.version),
            amount=str(now.amount),
            most_extension=str(now.most_extension),
            opens=f"{now.shift.opens:%H:%M}",
            closes=f"{now.shift.closes:%H:%M}",
        )
        return Detail(_both(f"CLOCK_{now.code.name}"), (Table(_HISTORY, rows),), buttons=allowed(asked.viewer, change))

    async def _change(self, asked: Asked) -> Reply:
        if asked.target not in {code.value for code in RuleCode}:
            raise ClockRuleInvalid("rule")
        code = RuleCode(asked.target)
        wanted = ClockRule(
            code,
            PUBLISHED[code].measure,
            _number(asked, "amount"),
            _number(asked, "most_extension"),
            Shift(_time(asked, "opens"), _time(asked, "closes")),
            version=_number(asked, "version"),
            reason=asked["reason"],
        )
        await self._rules.change(asked.viewer, wanted, asked.key)
        return Done(Text("已修改，自下一件受理起生效。", "Changed, for what is taken in from now on."))


def _cells(one: ClockRule) -> tuple[Cell, ...]:
    days = one.measure is Measure.WORKING_DAYS
    shift = f"{one.shift.opens:%H:%M}–{one.shift.closes:%H:%M}"
    return (
        _amount(one.amount, days),
        _amount(one.most_extension, days),
        mono(None if days else shift),
        figure(one.version),
    )


def _amount(amount: int, days: bool) -> Cell:
    return plain(
        Text(f"{amount} 个工作日", f"{amount} working days") if days else Text(f"{amount} 小时", f"{amount} h")
    )


def _name(code: RuleCode) -> Cell:
    return plain(_both(f"CLOCK_{code.name}"))


def _both(code: str, **data: str) -> Text:
    return Text(message(code, CHINESE, **data), message(code, ENGLISH, **data))


def _number(asked: Asked, field: str) -> int:
    """Raises ClockRuleInvalid."""
    if not asked[field].isdigit() or len(asked[field]) > 4:
        raise ClockRuleInvalid(field)
    return int(asked[field])


def _time(asked: Asked, field: str) -> time:
    """Raises ClockRuleInvalid."""
    try:
        return time.fromisoformat(asked[field])
    except ValueError:
        raise ClockRuleInvalid(field) from None


def _day(text: str) -> date:
    """Raises DueInPast."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DueInPast from None
