"""The rules of the dispatch at the desk: who is responsible for what and where, and who steps in when nobody is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from app.admin.console.desk import Desk
from app.admin.console.imports import bad_lines, file_of
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
    person,
    plain,
    when,
)
from app.admin.console.texts import Text, spoken
from app.admin.console.view import RoomView, allowed
from app.core.paging import PageRequest
from app.core.said import Said as Words
from app.domains.identity.organisations.model import Level
from app.domains.voice.centre.dispatch.rules.errors import DispatchImportRefused
from app.domains.voice.centre.dispatch.rules.model import About, Goal, Rule, RuleTable

_ALL = Text("全部", "all")
_LEVELS = {
    Level.PROVINCE: Text("省", "province"),
    Level.CITY: Text("市", "city"),
    Level.COUNTY: Text("县（市、区）", "county"),
    Level.TOWNSHIP: Text("乡镇（街道）", "township"),
}
_TO_OWNER = "to-owner"
_HEAD = (
    Text("分类", "Category"),
    Text("区划", "Division"),
    Text("设施权属", "Asset's owner"),
    Text("去向", "Goes to"),
    Text("版本", "Version"),
)
_HISTORY = (
    Text("版本", "Version"),
    Text("去向", "Goes to"),
    Text("由谁", "By"),
    Text("时间", "When"),
    Text("理由", "Reason"),
)
_CATEGORY = Field(
    "category", Text("分类代码", "Category"), hint=Text("空为全部", "Empty: all"), required=False, most=80
)
_DIVISION = Field(
    "division", Text("区划代码", "Division"), hint=Text("空为全市", "Empty: the city"), required=False, most=80
)
_OWNER = Field(
    "owner", Text("设施权属单位", "Asset's owner"), hint=Text("空为不论", "Empty: whoever"), required=False, most=80
)
_UNIT = Field("unit", Text("承办单位代码", "Unit"), required=False, most=80)
_WHERE = Field(
    "level",
    Text("或所在地的", "Or, where it is, the"),
    "select",
    required=False,
    options=(
        *(Option(level.value, text) for level, text in _LEVELS.items()),
        Option(_TO_OWNER, Text("设施权属单位", "asset's owner")),
    ),
)
_ZH = Field("words", Text("说明（中文）", "Why, in Chinese"), required=False, most=300)
_EN = Field("words_en", Text("说明（英文）", "Why, in English"), required=False, most=300)
_FILE = (
    Field(
        "form",
        Text("格式", "Form"),
        "select",
        options=(Option("csv", Text("表格（CSV）", "Table (CSV)")), Option("jsonl", Text("JSON 行", "JSON Lines"))),
    ),
    Field("text", Text("文件内容", "Content of the file"), "area", most=500_000),
)


class _RulesView(RoomView):
    """What both tables have in common."""

    table: ClassVar[RuleTable]
    fields: ClassVar[tuple[Field, ...]]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        centre = desk.services.voice.centre
        self._rules, self._imports = centre.rules, centre.rule_imports
        note = Text("已派出的诉求不受影响；每次改动都是一个新版本。", "What was sent stays; a change is a version.")
        over = Text("停用后由更一般的规则决定。", "A more general rule decides then.")
        self.offers(
            Action("write", Text("新增或修改", "Write a rule"), OPERATORS, self._write, self.fields, note, "good"),
            Action("end", Text("停用", "End"), OPERATORS, self._end, (REASON,), over, "bad"),
        )

    def _for_all(self) -> Iterable[str]:
        return ("write",)

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found = await self._rules.page(self.table, page)
        rows = tuple(self._row(rule) for rule in found.items)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None)
        empty = Text("还没有规则。", "There are no rules yet.")
        return Listing(Table(_HEAD, rows, empty=empty, next=more))

    async def detail(self, asked: Asked) -> Detail | None:
        rule = await self._rules.one(self.table, asked.target)
        if rule is None:
            return None
        names = await self.desk.names(one.by for one in rule.history)
        steps = tuple(
            Row((figure(one.version), self._goal(one.goal), person(one.by, names), when(one.at), plain(one.reason)))
            for one in reversed(rule.history)
        )
        facts = Facts.of(
            Text("规则", "The rule"),
            *zip(_HEAD, self._cells(rule), strict=True),
            (Text("说明", "Why"), plain(rule.words.within(spoken()))),
        )
        history = Table(_HISTORY, steps, Text("版本", "Versions"))
        return Detail(self._title(rule), (facts, history), _state(rule), buttons=self._offered(asked, rule))

    def _title(self, rule: Rule) -> str:
        """What it is about, in words."""
        about, tree = rule.about, self.desk.services.voice.categories.tree
        named = [tree.name(about.category, spoken())] if about.category else []
        named += [self.desk.organisation(code) for code in (about.division, about.owner) if code]
        return " · ".join(named) or str(self.label)

    def _offered(self, asked: Asked, rule: Rule) -> tuple[Button, ...]:
        about, goal = rule.about, rule.goal
        filled = {
            "category": about.category,
            "division": about.division,
            "owner": about.owner,
            "unit": goal.unit or "",
            "level": _TO_OWNER if goal.owner else goal.level.value if goal.level else "",
            "words": rule.words.zh,
            "words_en": rule.words.en,
        }
        names = ("write",) if rule.ended else ("write", "end")
        return allowed(asked.viewer, *(self.button(name, rule.id, **filled) for name in names))

    def _row(self, rule: Rule) -> Row:
        return Row(self._cells(rule), self.here(rule.id))

    def _cells(self, rule: Rule) -> tuple[Cell, ...]:
        tree, code = self.desk.services.voice.categories.tree, rule.about.category
        category = plain(tree.name(code, spoken())) if code else plain(_ALL)
        version = _state(rule) if rule.ended else figure(rule.version)
        return (category, self._unit(rule.about.division), self._unit(rule.about.owner), self._goal(rule.goal), version)

    def _unit(self, code: str) -> Cell:
        return self.desk.payee(code) if code else plain(_ALL)

    def _goal(self, goal: Goal) -> Cell:
        if goal.unit is not None:
            return self._unit(goal.unit)
        return plain(_LEVELS[goal.level] if goal.level else Text("设施权属单位", "the asset's owner"))

    async def _write(self, asked: Asked) -> Reply:
        level = asked["level"]
        goal = Goal(asked["unit"] or None, Level(level) if level in set(Level) else None, level == _TO_OWNER)
        about = About(asked["category"], asked["division"], asked["owner"])
        words = Words(asked["words"], asked["words_en"])
        made = await self._rules.write(asked.viewer, self.table, about, goal, words, asked["reason"], asked.key)
        return Done(Text("已生效。", "It holds from now on."), self.here(made.id))

    async def _end(self, asked: Asked) -> Reply:
        await self._rules.end(asked.viewer, self.table, asked.target, asked["reason"], asked.key)
        return Done(Text("已停用。", "It holds no longer."))


class ResponsibilitiesView(_RulesView):
    noun = "responsibilities"
    label = Text("派单规则", "Dispatch rules")
    lead = Text(
        "分类、区划、设施权属到承办单位；越具体的规则越优先，派单建议会说明依据。",
        "From category, division and the asset's owner to the unit. The most specific rule is taken, and named.",
    )
    icon = "fa-signs-post"
    table = RuleTable.RESPONSIBILITIES
    fields = (_CATEGORY, _DIVISION, _OWNER, _UNIT, _WHERE, _ZH, _EN, REASON)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        whole = Text("全部导入或全部不导入。", "All lines or none.")
        self.offers(
            Action("import", Text("导入规则", "Import rules"), ADMINISTRATORS, self._import, _FILE, whole, "good")
        )

    def _for_all(self) -> Iterable[str]:
        return ("write", "import")

    async def _import(self, asked: Asked) -> Reply:
        try:
            done = await self._imports.run(asked.viewer, file_of(asked))
        except DispatchImportRefused as error:
            return Said(bad_lines(error.code, error.rows, error.more))
        tally = done.tally
        return Done(
            Text(
                f"导入 {done.lines} 行：新增 {tally.fresh}，修改 {tally.amended}，未变 {tally.same}。",
                f"{done.lines} lines: {tally.fresh} new, {tally.amended} changed, {tally.same} the same.",
            )
        )


class FallbacksView(_RulesView):
    noun = "fallbacks"
    label = Text("兜底单位", "Fallback units")
    lead = Text(
        "没有单位负责、或两次退单之后，由所在区划的兜底单位承办，不能再退。",
        "What nobody owns, or what was returned twice, falls to the division's unit, which cannot return it.",
    )
    icon = "fa-hands-holding"
    table = RuleTable.FALLBACKS
    fields = (_DIVISION, _UNIT, _ZH, _EN, REASON)


def _state(rule: Rule) -> Cell:
    return badge("ended", "", Text("已停用", "ended")) if rule.ended else badge("active", "good", Text("有效", "holds"))
