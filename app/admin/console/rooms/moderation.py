"""What is said in public: posts in doubt, reported or appealed, and every decision on them."""

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
    Listing,
    Option,
    Reply,
    Row,
    Section,
    Shown,
    Table,
    badge,
    figure,
    person,
    plain,
    short_link,
    tags,
    when,
)
from app.admin.console.texts import Text, Words
from app.admin.console.view import RoomView
from app.core.paging import PageRequest
from app.domains.voice.conversations.moderation.model import (
    Decision,
    Matter,
    MatterState,
    MonthCounts,
    PostKind,
    Reason,
    Verdict,
    Visibility,
)
from app.domains.voice.conversations.moderation.store import turn_of

_STATES = {
    MatterState.WAITING: Text("待审核", "to be looked at"),
    MatterState.REPORTED: Text("被举报", "reported"),
    MatterState.APPEALED: Text("申诉中", "appealed"),
    MatterState.SETTLED: Text("已处理", "settled"),
}
_KINDS = {
    PostKind.THREAD: Text("话题", "conversation"),
    PostKind.REPLY: Text("回复", "reply"),
    PostKind.PROPOSAL: Text("建议", "proposal"),
    PostKind.REVIEW: Text("评价", "review"),
}
_SEEN = {
    Visibility.WAITING: (Text("未显示", "not shown yet"), "warn"),
    Visibility.SHOWN: (Text("显示中", "shown"), "good"),
    Visibility.HELD: (Text("暂时隐藏", "hidden for now"), "warn"),
    Visibility.HIDDEN: (Text("已隐藏", "hidden"), "bad"),
}
_REASONS = {
    Reason.PERSONAL_DATA: Text("泄露个人信息", "personal data"),
    Reason.INSULT: Text("辱骂攻击", "insults"),
    Reason.FALSEHOOD: Text("不实信息", "falsehoods"),
    Reason.ADVERTISING: Text("广告", "advertising"),
    Reason.ILLEGAL: Text("违法内容", "what the law forbids"),
    Reason.REPEATED: Text("重复发布", "the same again"),
    Reason.ELSEWHERE: Text("应走其他渠道", "belongs elsewhere"),
    Reason.OTHER: Text("其他", "other reasons"),
}
_TOLD = Text("作者会看到。", "The author reads it.")


class ModerationView(RoomView):
    noun = "moderations"
    label = Text("微观审核", "Moderation")
    lead = Text(
        "微观和建议里待审核、被举报和申诉的内容；原文一直保留，隐藏要说明理由，可以申诉一次。",
        "Posts in doubt, reported or appealed. What was written is kept; what is hidden has a reason, and can be "
        "appealed once.",
    )
    icon = "fa-comments"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._service = desk.services.voice.conversations.moderation
        reasons = tuple(Option(reason.value, text) for reason, text in _REASONS.items())
        why = Field("reason", Text("原因", "Reason"), "select", options=reasons)
        words = Field("words", Text("给作者的说明", "Words for the author"), "area", _TOLD, most=500)
        more = Field("words", Text("给作者的说明", "Words for the author"), "area", _TOLD, required=False, most=500)
        self.offers(
            Action("read", Text("读原文", "Read the words"), OPERATORS, self._read),
            Action("show", Text("显示", "Let it stand"), OPERATORS, self._show, (more,), tone="good"),
            Action("hide", Text("隐藏", "Hide"), OPERATORS, self._hide, (why, words), tone="bad"),
        )

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        state = MatterState(asked["state"]) if asked["state"] in set(MatterState) else MatterState.WAITING
        found = await self._service.queue(state, None, page)
        head = (
            Text("类型", "Kind"),
            Text("作者", "Author"),
            Text("等候时间", "Since"),
            Text("举报", "Reports"),
            Text("举报原因", "Reported for"),
            Text("显示", "Shown"),
        )
        rows = tuple(self._row(one) for one in found.items)
        more = self.next_page(found.has_next, turn_of(found.items[-1]) if found.items else None, {"state": state.value})
        options = tuple(Option(one.value, text) for one, text in _STATES.items())
        field = Field("state", Text("状态", "State"), "select", required=False, options=options, value=state.value)
        empty = Text("没有这样的内容。", "Nothing is like that.")
        return Listing(Table(head, rows, empty=empty, next=more), filters=(field,))

    async def detail(self, asked: Asked) -> Detail | None:
        one = await self._service.one(asked.target)
        if one is None:
            return None
        names = await self.desk.names(decision.by for decision in one.decisions)
        head = (
            Text("时间", "When"),
            Text("决定", "Decision"),
            Text("原因", "Reason"),
            Text("给作者的说明", "Words for the author"),
            Text("审核员", "By"),
        )
        rows = tuple(_decided(decision, person(decision.by, names)) for decision in reversed(one.decisions))
        decisions = Table(head, rows, Text("处理经过", "Decisions"), Text("还没有处理过。", "None yet."))
        sections: tuple[Section, ...] = (self._facts(one), decisions, _months(await self._service.figures()))
        buttons = self.buttons(asked, one.id, "read", "show", "hide")
        return Detail(_KINDS[one.kind], sections, _seen(one.visibility), buttons=buttons)

    def _row(self, one: Matter) -> Row:
        cells = (
            plain(_KINDS[one.kind]),
            _author(one),
            when(one.since),
            figure(one.reports),
            tags([_REASONS[reason] for reason in one.reasons]),
            _seen(one.visibility),
        )
        return Row(cells, self.here(one.id))

    def _facts(self, one: Matter) -> Facts:
        return Facts.of(
            Text("基本情况", "What it is"),
            (Text("类型", "Kind"), plain(_KINDS[one.kind])),
            (Text("作者", "Author"), _author(one)),
            (Text("状态", "State"), plain(_STATES[one.state])),
            (Text("举报人数", "Reported by"), figure(one.reports)),
            (Text("举报原因", "Reported for"), tags([_REASONS[reason] for reason in one.reasons])),
            (Text("申诉时间", "Appealed"), when(one.appeal.at) if one.appeal else plain(NOTHING)),
        )

    async def _read(self, asked: Asked) -> Reply:
        one = await self._service.one(asked.target)
        subject = await self._service.subject(one) if one else None
        rows: list[tuple[Words, str]] = [(Text("内容", "Words"), subject.words if subject else "")]
        if one is not None and one.appeal is not None:
            rows.append((Text("申诉", "Appeal"), one.appeal.words))
        return Shown(Text("作者写的原文。", "As its author wrote it."), tuple(rows))

    async def _show(self, asked: Asked) -> Reply:
        await self._service.judge(asked.viewer, asked.target, Verdict.SHOW, None, asked["words"], asked.key)
        return Done(Text("已显示。", "It stands."))

    async def _hide(self, asked: Asked) -> Reply:
        reason = Reason(asked["reason"])
        await self._service.judge(asked.viewer, asked.target, Verdict.HIDE, reason, asked["words"], asked.key)
        return Done(Text("已隐藏，并告知作者。", "Hidden, and its author is told why."))


def _author(one: Matter) -> Cell:
    if one.author is None:
        return plain(Text("已离开本市", "left the city"))
    return short_link(one.author, f"/admin/citizens/{one.author}")


def _seen(visibility: Visibility) -> Cell:
    text, tone = _SEEN[visibility]
    return badge(visibility, tone, text)


def _decided(one: Decision, by: Cell) -> Row:
    shown = one.verdict is Verdict.SHOW
    text = Text("显示", "let it stand") if shown else Text("隐藏", "hidden")
    reason = plain(_REASONS[one.reason] if one.reason else NOTHING)
    return Row((when(one.at), badge(one.verdict, "good" if shown else "bad", text), reason, plain(one.words), by))


def _months(months: list[MonthCounts]) -> Table:
    head = (
        Text("月份", "Month"),
        Text("举报", "Reports"),
        Text("隐藏", "Hidden"),
        Text("显示", "Let stand"),
        Text("申诉", "Appeals"),
        Text("申诉成立", "Granted"),
    )
    rows = tuple(
        Row(
            (
                plain(one.month),
                *(figure(n) for n in (one.reports, one.hidden, one.shown, one.appeals, one.appeals_granted)),
            )
        )
        for one in months
    )
    return Table(head, rows, Text("公开的统计", "What is published"), Text("还没有。", "Nothing yet."))
