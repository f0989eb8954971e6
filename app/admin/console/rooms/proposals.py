"""Surveys of departments, and proposals of citizens with the replies that are owed."""

from __future__ import annotations

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
    plain,
    progress,
    when,
)
from app.admin.console.texts import Text
from app.admin.console.view import RoomView
from app.core.paging import PageRequest
from app.domains.voice.conversations.proposals.model import Proposal, ProposalLevel, ProposalState
from app.domains.voice.conversations.surveys.model import Phase, Survey, SurveyState
from app.domains.voice.conversations.surveys.results.model import Counts

_STATES = {
    ProposalState.REACHED: Text("待答复", "a reply is owed"),
    ProposalState.COLLECTING: Text("征集附议", "collecting support"),
    ProposalState.MODERATED: Text("审核中", "being looked at"),
    ProposalState.ANSWERED: Text("已答复", "answered"),
    ProposalState.EXPIRED: Text("到期未达", "expired"),
    ProposalState.WITHDRAWN: Text("已撤回", "withdrawn"),
    ProposalState.DRAFT: Text("草稿", "draft"),
}
_LEVELS = {
    ProposalLevel.CITY: Text("全市", "city"),
    ProposalLevel.DISTRICT: Text("县区", "district"),
    ProposalLevel.TOWNSHIP: Text("乡镇街道", "township"),
}
_PHASES = {
    Phase.DRAFT: (Text("草稿", "draft"), ""),
    Phase.ANNOUNCED: (Text("未开始", "announced"), ""),
    Phase.OPEN: (Text("进行中", "open"), "good"),
    Phase.OVER: (Text("已结束", "over"), ""),
}
_SURVEY_STATES = {
    SurveyState.PUBLISHED: Text("已发布", "published"),
    SurveyState.ENDED: Text("提前结束", "ended early"),
    SurveyState.DRAFT: Text("草稿", "drafts"),
}


class ProposalsView(RoomView):
    noun = "proposals"
    label = Text("建议附议", "Proposals")
    lead = Text(
        "市民共同提出的建议；达到附议人数后，部门要在规定的工作日内答复。",
        "What citizens ask for together; once enough stand behind it, a department replies within working days.",
    )
    icon = "fa-people-group"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._service = desk.services.voice.conversations.replying
        unit = Field("unit", Text("单位代码", "Code of the department"), most=60)
        note = Text("期限从达到人数之日起算，不因改派延长。", "Time counts from the day the threshold was reached.")
        owes = Text("指定答复单位", "Say who owes the reply")
        self.offers(Action("assign", owes, OPERATORS, self._assign, (unit,), note, icon="fa-share"))

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        state = ProposalState(asked["state"]) if asked["state"] in set(ProposalState) else ProposalState.REACHED
        found = await self._service.in_state(state, page)
        head = (
            Text("建议", "Proposal"),
            Text("范围", "For"),
            Text("附议", "Support"),
            Text("答复单位", "Owes the reply"),
            Text("答复期限", "Due"),
            Text("状态", "State"),
        )
        rows = tuple(self._row(one) for one in found.items)
        last = found.items[-1].id if found.items else None
        more = self.next_page(found.has_next, last, {"state": state.value})
        options = tuple(Option(one.value, text) for one, text in _STATES.items())
        field = Field("state", Text("状态", "State"), "select", required=False, options=options, value=state.value)
        empty = Text("没有这样的建议。", "No proposal is like that.")
        return Listing(Table(head, rows, empty=empty, next=more), filters=(field,))

    async def detail(self, asked: Asked) -> Detail | None:
        one = await self._service.one(asked.target)
        if one is None or one.state is ProposalState.DRAFT:
            return None
        _, now = self._service.time()
        facts = Facts.of(
            Text("基本情况", "What it is"),
            (Text("范围", "For"), plain(_LEVELS[one.level])),
            (Text("区划", "Division"), self.desk.office(one.area)),
            (Text("附议", "Support"), _support(one)),
            (Text("征集到", "Collects until"), when(one.closes_at)),
            (Text("达到人数", "Reached"), when(one.reached_at)),
            (Text("答复单位", "Owes the reply"), self.desk.office(one.unit)),
            (Text("答复期限", "Due"), self._due(one)),
            (Text("上报督促", "Told upwards"), when(one.escalated_at)),
            (Text("答复", "Reply"), plain(one.reply.text if one.reply else None)),
        )
        head = (Text("内容", "Words"),)
        words = Table(head, (Row((plain(one.text),)),), Text("内容", "Words")) if one.text else None
        open_ = one.state in (ProposalState.COLLECTING, ProposalState.REACHED)
        buttons = self.buttons(asked, one.id, "assign") if open_ else ()
        sections = (facts, words) if words and one.is_shown else (facts,)
        title = one.title if one.is_shown else _LEVELS[one.level]
        return Detail(title, sections, badge(one.state, None, _STATES[one.state_at(now)]), buttons=buttons)

    def _row(self, one: Proposal) -> Row:
        _, now = self._service.time()
        cells = (
            plain(one.title if one.is_shown else "—"),
            plain(_LEVELS[one.level]),
            _support(one),
            self.desk.office(one.unit),
            self._due(one),
            badge(one.state, None, _STATES[one.state_at(now)]),
        )
        return Row(cells, self.here(one.id))

    def _due(self, one: Proposal) -> Cell:
        calendar, now = self._service.time()
        due = one.due(calendar)
        if due is None:
            return plain(None)
        return badge(due, "bad" if one.is_overdue(calendar, now) else "good", due.isoformat())

    async def _assign(self, asked: Asked) -> Reply:
        await self._service.assign(asked.viewer, asked.target, asked["unit"], asked.key)
        return Done(Text("已指定。", "It owes the reply now."))


class SurveysView(RoomView):
    noun = "surveys"
    label = Text("民意调查", "Surveys")
    lead = Text(
        "各部门的调查；谁选了什么不留记录，少于五份的结果不显示。",
        "What departments ask. Who answered what is kept nowhere, and nothing is shown of fewer than five.",
    )
    icon = "fa-square-poll-vertical"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._rooms = desk.services.voice.conversations

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        state = SurveyState(asked["state"]) if asked["state"] in set(SurveyState) else SurveyState.PUBLISHED
        found = await self._rooms.holding.in_state(state, page)
        head = (
            Text("调查", "Survey"),
            Text("单位", "Held by"),
            Text("开始", "Opens"),
            Text("结束", "Closes"),
            Text("题数", "Questions"),
            Text("状态", "State"),
        )
        rows = tuple(self._row(one) for one in found.items)
        last = found.items[-1].id if found.items else None
        more = self.next_page(found.has_next, last, {"state": state.value})
        options = tuple(Option(one.value, text) for one, text in _SURVEY_STATES.items())
        field = Field("state", Text("状态", "State"), "select", required=False, options=options, value=state.value)
        empty = Text("没有这样的调查。", "No survey is like that.")
        return Listing(Table(head, rows, empty=empty, next=more), filters=(field,))

    async def detail(self, asked: Asked) -> Detail | None:
        one = await self._rooms.holding.any(asked.target)
        if one is None:
            return None
        results = await self._rooms.surveys.results(one)
        text, tone = _PHASES[self._rooms.surveys.phase(one)]
        whole = results.whole if results else None
        sections = (self._facts(one, whole), _counted(one, whole)) if whole else (self._facts(one, None),)
        return Detail(Text(one.title.zh, one.title.en or one.title.zh), sections, badge(one.state, tone, text))

    def _facts(self, one: Survey, whole: Counts | None) -> Facts:
        fewer = Text("少于五份，或者还不公布", "fewer than five, or not shown yet")
        return Facts.of(
            Text("基本情况", "What it is"),
            (Text("单位", "Held by"), self.desk.office(one.unit)),
            (Text("开始", "Opens"), when(one.opens_at)),
            (Text("结束", "Closes"), when(one.ended_at or one.closes_at)),
            (Text("已答", "Answered"), figure(whole.answered) if whole else plain(fewer)),
        )

    def _row(self, one: Survey) -> Row:
        text, tone = _PHASES[self._rooms.surveys.phase(one)]
        cells = (
            plain(Text(one.title.zh, one.title.en or one.title.zh)),
            self.desk.office(one.unit),
            when(one.opens_at),
            when(one.ended_at or one.closes_at),
            figure(len(one.questions)),
            badge(one.state, tone, text),
        )
        return Row(cells, self.here(one.id))


def _support(one: Proposal) -> Cell:
    return progress(min(1.0, one.supports / one.terms.threshold), f"{one.supports} / {one.terms.threshold}")


def _counted(one: Survey, whole: Counts) -> Table:
    head = (Text("问题", "Question"), Text("选项", "Option"), Text("人数", "Chosen by"))
    rows = []
    for question in one.questions:
        said = {option.key: option.words for option in question.options}
        for choice in question.choices:
            words = Text(said[choice].zh, said[choice].en or said[choice].zh) if choice in said else choice
            count = whole.of(question.key, choice)
            part = progress(count / whole.answered, str(count)) if whole.answered else figure(count)
            asked = Text(question.words.zh, question.words.en or question.words.zh)
            rows.append(Row((plain(asked), plain(words), part)))
    return Table(head, tuple(rows), Text("结果", "Results"))
