"""Cases: where they stand, what is overdue, who has them; never what people wrote. And what cases are about."""

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
    Finder,
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
    short_link,
    tags,
    when,
)
from app.admin.console.texts import Text
from app.admin.console.view import RoomView
from app.core.messages import CHINESE, ENGLISH, message
from app.core.paging import Page, PageRequest
from app.core.said import Said
from app.domains.voice.cases.categories.model import Category
from app.domains.voice.cases.history.model import CaseChannel, CaseEvent, CaseKind, CaseState, Confirmation, Happened
from app.domains.voice.cases.model import Case

_LATE = "late"
_STATES = {
    CaseState.FILED: Text("待受理", "filed"),
    CaseState.ACCEPTED: Text("待派单", "to be dispatched"),
    CaseState.DISPATCHED: Text("已派单", "dispatched"),
    CaseState.HANDLING: Text("办理中", "being handled"),
    CaseState.HANDLED: Text("已办理", "handled"),
    CaseState.REPLIED: Text("待评价", "replied"),
    CaseState.CLOSED: Text("已办结", "closed"),
    CaseState.REFUSED: Text("不予受理", "not taken in"),
    CaseState.WITHDRAWN: Text("已撤回", "withdrawn"),
    CaseState.MERGED: Text("已并案", "merged"),
}
_TONES = {CaseState.FILED: "warn", CaseState.CLOSED: "good", CaseState.REFUSED: "bad"}
_KINDS = {
    CaseKind.ENQUIRY: Text("咨询", "enquiry"),
    CaseKind.COMPLAINT: Text("投诉", "complaint"),
    CaseKind.SUGGESTION: Text("建议", "suggestion"),
    CaseKind.HELP: Text("求助", "help"),
}
_CHANNELS = {
    CaseChannel.PHONE: Text("电话", "phone"),
    CaseChannel.WECHAT: Text("微信", "WeChat"),
    CaseChannel.SMS: Text("短信", "SMS"),
    CaseChannel.MAIL: Text("邮件", "mail"),
    CaseChannel.COUNTER: Text("窗口", "counter"),
    CaseChannel.KIOSK: Text("自助机", "kiosk"),
    CaseChannel.WEB: Text("网站", "web"),
    CaseChannel.APP: Text("手机应用", "app"),
}
_MINDS = {
    Confirmation.NONE: Text("未评价", "not asked yet"),
    Confirmation.CONFIRMED: Text("已确认解决", "confirmed"),
    Confirmation.CONTESTED: Text("不满意或未解决", "contested"),
    Confirmation.UNCONFIRMED: Text("逾期未评价", "no word in time"),
}
_HEAD = (
    Text("编号", "Number"),
    Text("类型", "Kind"),
    Text("分类", "Category"),
    Text("承办单位", "Unit"),
    Text("提交时间", "Filed"),
    Text("应答复", "Due"),
    Text("状态", "State"),
)


class CasesView(RoomView):
    noun = "cases"
    label = Text("诉求", "Cases")
    lead = Text(
        "各渠道诉求的进度和期限；内容只有中心和承办人员能看到。",
        "Where cases of all channels stand, and when they are due; only the centre and handlers read them.",
    )
    icon = "fa-bullhorn"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._service = desk.services.voice.overseeing
        number = Field("number", Text("诉求编号", "Number"), most=40)
        self.finder = Finder((number,), self._find, Text("没有这个编号。", "No case has this number."))

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        unit = asked["unit"].strip()[:60]
        states = {state.value for state in CaseState}
        chosen = asked["state"] if asked["state"] in {*states, _LATE} else CaseState.FILED.value
        found = await self._page(unit, chosen, page)
        rows = tuple(self._row(one) for one in found.items)
        kept = {"state": chosen, **({"unit": unit} if unit else {})}
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None, kept)
        empty = Text("没有这样的诉求。", "No case is like that.")
        options = (
            Option(_LATE, Text("已超期", "overdue")),
            *(Option(state.value, text) for state, text in _STATES.items()),
        )
        filters = (
            Field("state", Text("状态", "State"), "select", required=False, options=options, value=chosen),
            Field("unit", Text("单位代码（含下级）", "Unit's code (with all below)"), required=False, value=unit),
        )
        return Listing(Table(_HEAD, rows, empty=empty, next=more, aside=frozenset({2, 4})), filters=filters)

    async def detail(self, asked: Asked) -> Detail | None:
        one = await self._service.one(asked.target)
        if one is None:
            return None
        names = await self.desk.names(event.by for event in one.events)
        head = (
            Text("步骤", "Step"),
            Text("时间", "When"),
            Text("经办", "By"),
            Text("单位", "Unit"),
            Text("详情", "Detail"),
        )
        steps = tuple(self._step(event, names) for event in reversed(one.events))
        sections = (self._facts(one), self._loop(one), Table(head, steps, Text("经过", "History")))
        return Detail(one.number, sections, _state(one.state))

    async def _page(self, unit: str, chosen: str, page: PageRequest) -> Page[Case]:
        if unit:
            return await self._service.of_unit(unit, page)
        return await (self._service.late(page) if chosen == _LATE else self._service.in_state(CaseState(chosen), page))

    def _row(self, one: Case) -> Row:
        due = badge("late", "bad", Text("已超期", "overdue")) if one.timing.late else when(one.timing.due)
        kind, category = plain(_KINDS[one.kind]), plain(self._category(one.category))
        cells = (
            mono(one.number),
            kind,
            category,
            self.desk.office(one.unit),
            when(one.filed_at),
            due,
            _state(one.state),
        )
        return Row(cells, self.here(one.id))

    def _facts(self, one: Case) -> Facts:
        whose = short_link(one.citizen, f"/admin/citizens/{one.citizen}") if one.citizen else plain(NOTHING)
        return Facts.of(
            Text("基本情况", "What it is"),
            (Text("诉求人", "Reporter"), whose),
            (Text("类型", "Kind"), plain(_KINDS[one.kind])),
            (Text("分类", "Category"), plain(self._category(one.category))),
            (Text("渠道", "Channel"), plain(_CHANNELS.get(one.channel, one.channel.value))),
            (Text("区划", "Division"), self.desk.office(one.place.division)),
            (Text("市政设施", "Asset"), mono(one.place.asset)),
            (Text("承办单位", "Unit"), self.desk.office(one.unit)),
            (Text("经办人", "Held by"), mono(one.handler)),
            (Text("轮次", "Round"), figure(one.round)),
            (Text("退单", "Given back"), figure(one.returns)),
        )

    def _loop(self, one: Case) -> Facts:
        late = badge("late", "bad", Text("已超期", "overdue")) if one.timing.late else plain(NOTHING)
        return Facts.of(
            Text("闭环", "The loop"),
            (Text("提交", "Filed"), when(one.filed_at)),
            (Text("受理", "Accepted"), when(one.accepted_at)),
            (Text("派单", "Dispatched"), when(one.dispatched_at)),
            (Text("到现场", "On site"), when(one.on_site_at)),
            (Text("办理", "Handled"), when(one.handled_at)),
            (Text("答复", "Replied"), when(one.replied_at)),
            (Text("办结", "Closed"), when(one.closed_at)),
            (Text("评价", "Confirmed"), badge(one.confirmation, None, _MINDS[one.confirmation])),
            (Text("应答复", "Due"), when(one.timing.due)),
            (Text("超期", "Overdue"), late),
        )

    def _step(self, event: CaseEvent, names: dict[str, str]) -> Row:
        return Row(
            (
                plain(_step_words(event.what)),
                when(event.at),
                person(event.by, names),
                self.desk.office(event.unit),
                mono(event.detail),
            )
        )

    def _category(self, code: str) -> Text:
        tree = self.desk.services.voice.categories.tree
        return Text(tree.name(code, CHINESE), tree.name(code, ENGLISH))

    async def _find(self, asked: Asked) -> str | None:
        found = await self._service.by_number(asked["number"])
        return self.here(found.id) if found else None


class CaseCategoriesView(RoomView):
    noun = "case-categories"
    label = Text("诉求分类", "Categories of cases")
    lead = Text(
        "诉求按此分类提交、派单和统计；停用的分类不再接受新诉求。",
        "Cases are filed, dispatched and counted by these; no new case is filed in one that is retired.",
    )
    icon = "fa-sitemap"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._categories = desk.services.voice.categories
        kinds = tuple(Option(kind.value, text) for kind, text in _KINDS.items())
        fields = (
            Field("code", Text("代码", "Code"), hint=Text("小写字母、数字、连字符。", "a-z, 0-9 and -."), most=41),
            Field("name_zh", Text("中文名称", "Chinese name"), most=40),
            Field("name_en", Text("英文名称", "English name"), required=False, most=80),
            Field("parent", Text("上级代码", "Code of the one above"), required=False, most=60),
            Field("kinds", Text("常见类型", "Mostly"), "checks", required=False, options=kinds),
            Field("words", Text("常用说法", "What people call it"), "area", required=False, most=400),
            Field(
                "flags",
                Text("时限", "Time"),
                "checks",
                required=False,
                options=(
                    Option("convenience", Text("便民事项", "close to the people")),
                    Option("urgent", Text("紧急", "urgent")),
                ),
            ),
            Field("assets", Text("相关市政设施", "Kinds of assets"), required=False, most=100),
        )
        save, retire = Text("登记分类", "Write a category"), Text("停用", "Retire")
        note = Text("代码已有的，整条改写。", "One whose code is there is written anew, whole.")
        self.offers(
            Action("save", save, OPERATORS, self._save, fields, note, "good"),
            Action("retire", retire, OPERATORS, self._retire, tone="bad"),
        )

    def _for_all(self) -> tuple[str, ...]:
        return ("save",)

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        head = (
            Text("代码", "Code"),
            Text("名称", "Name"),
            Text("上级", "Above"),
            Text("常见类型", "Mostly"),
            Text("时限", "Time"),
            Text("设施", "Assets"),
        )
        found = [one for one in self._categories.tree.nodes.values() if page.after is None or one.code > page.after]
        cut = Page.cut(found[: page.first + 1], page)
        rows = tuple(self._row(asked, one) for one in cut.items)
        more = self.next_page(cut.has_next, cut.items[-1].code if cut.items else None)
        return Listing(Table(head, rows, empty=Text("还没有分类。", "There is none yet."), next=more))

    def _row(self, asked: Asked, one: Category) -> Row:
        time = badge("urgent", "bad", Text("紧急", "urgent")) if one.urgent else plain(NOTHING)
        if one.convenience and not one.urgent:
            time = badge("convenience", "good", Text("便民", "close to the people"))
        if one.retired:
            time = badge("retired", "", Text("已停用", "retired"))
        cells = (
            mono(one.code),
            plain(Text(one.name.zh, one.name.en or one.name.zh)),
            mono(one.parent),
            plain(Text("、".join(_KINDS[kind].zh for kind in one.kinds), ", ".join(_KINDS[k].en for k in one.kinds))),
            time,
            tags(one.assets),
        )
        return Row(cells, buttons=() if one.retired else self.buttons(asked, one.code, "retire"))

    async def _save(self, asked: Asked) -> Reply:
        kinds, flags = asked.chosen.get("kinds", ()), asked.chosen.get("flags", ())
        made = Category(
            code=asked["code"],
            name=Said(asked["name_zh"], asked["name_en"]),
            parent=asked["parent"] or None,
            kinds=tuple(CaseKind(kind) for kind in kinds),
            words=tuple(asked["words"].replace("、", " ").replace(",", " ").split()),
            convenience="convenience" in flags,
            urgent="urgent" in flags,
            assets=tuple(asked["assets"].replace(",", " ").split()),
        )
        await self._categories.save(asked.viewer, made, asked.key)
        return Done(Text("已登记。", "Written."))

    async def _retire(self, asked: Asked) -> Reply:
        await self._categories.retire(asked.viewer, asked.target, asked.key)
        return Done(Text("已停用。", "Retired."))


def _state(state: CaseState) -> Cell:
    return badge(state, _TONES.get(state), _STATES[state])


def _step_words(what: Happened) -> Text:
    code = f"CASE_STEP_{what.name}"
    return Text(message(code, CHINESE), message(code, ENGLISH))
