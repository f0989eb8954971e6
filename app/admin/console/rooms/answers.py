"""Answers at the desk: entries by state, whether they help and what is due for review; and what nobody could answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.admin.console.desk import Desk
from app.admin.console.imports import bad_lines, file_fields, file_of
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
    Prose,
    Reply,
    Row,
    Said,
    Section,
    Table,
    badge,
    figure,
    link,
    mono,
    plain,
    tags,
    when,
)
from app.admin.console.texts import Text, spoken
from app.admin.console.view import RoomView, allowed
from app.core.paging import PageRequest
from app.core.said import Said as Both
from app.domains.government.answers.entries.model import Answer, AnswerState
from app.domains.government.answers.entries.store import due_of
from app.domains.government.answers.gaps.model import Draft, Gap, GapState
from app.domains.government.answers.imports.errors import AnswerImportRefused
from app.domains.government.answers.ratings.model import Complaint, Score

_HEAD = (
    Text("编码", "Code"),
    Text("问题", "Question"),
    Text("版本", "Version"),
    Text("归口单位", "Department"),
    Text("有帮助 / 没帮助", "Helped / did not"),
    Text("复核期限", "Review by"),
)
_VERSIONS = (
    Text("版本", "Version"),
    Text("状态", "State"),
    Text("有帮助 / 没帮助", "Helped / did not"),
    Text("时间", "At"),
)
_QUESTIONS = (
    Text("问题", "Question"),
    Text("次数", "Asked"),
    Text("没有答案 / 没帮助", "No answer / did not help"),
    Text("最近一次", "Last"),
    Text("状态", "State"),
)
_STATES: dict[AnswerState, Text] = {
    AnswerState.PUBLISHED: Text("已发布", "published"),
    AnswerState.DRAFT: Text("草稿", "draft"),
    AnswerState.WITHDRAWN: Text("已撤下", "withdrawn"),
}
_COMPLAINTS: dict[Complaint, Text] = {
    Complaint.NOT_MY_QUESTION: Text("答非所问", "not my question"),
    Complaint.UNCLEAR: Text("看不懂", "unclear"),
    Complaint.INCOMPLETE: Text("不完整", "incomplete"),
    Complaint.OUTDATED: Text("过时", "outdated"),
    Complaint.WRONG: Text("有错误", "wrong"),
}
_GAPS: dict[GapState, Text] = {
    GapState.OPEN: Text("待处理", "open"),
    GapState.ANSWERED: Text("已写答复", "answered"),
    GapState.DISMISSED: Text("不予答复", "dismissed"),
}
_OVERDUE = "overdue"
_WHICH = (
    *(Option(one.value, text) for one, text in _STATES.items()),
    Option(_OVERDUE, Text("待复核", "due for review")),
)
_FILE = file_fields(Text("文件未写明单位的答复归此单位。", "Owns what names no other."))
_DRAFT = (
    Field("code", Text("答复编码", "Code of the answer"), most=40, pattern=r"[A-Z0-9][A-Z0-9-]{1,39}"),
    Field("unit", Text("归口单位编码", "Code of the department"), most=60),
    Field("question", Text("标准问法", "As it is best asked"), most=120),
    Field("body", Text("答复（Markdown）", "Answer (Markdown)"), "area", most=8_000),
    Field("body_en", Text("英文答复", "Answer in English"), "area", required=False, most=8_000),
)


class AnswersView(RoomView):
    noun = "answers"
    label = Text("知识库答复", "Answers")
    lead = Text("市民提问时的即时答复；每年复核一次。", "What people are told when they ask; reviewed yearly.")
    icon = "fa-comments"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        government = desk.services.government
        self._entries, self._ratings = government.entries, government.ratings
        self._imports, self._gaps = government.answer_imports, government.gaps
        whole = Text("全部导入或全部不导入；大文件请用命令行。", "All lines or none; large files go by the shell.")
        holds = Text("内容仍然正确，一年后再复核。", "It still holds, for another year.")
        gone = Text("市民提问时不再给出这条答复。", "Nobody is told it any more.")
        self.offers(
            Action("import", Text("导入答复", "Import answers"), ADMINISTRATORS, self._import, _FILE, whole, "good"),
            Action("publish", Text("发布草稿", "Publish the draft"), OPERATORS, self._publish, tone="good"),
            Action("review", Text("已复核", "Reviewed"), OPERATORS, self._review, note=holds, tone="good"),
            Action("withdraw", Text("撤下", "Withdraw"), OPERATORS, self._withdraw, (REASON,), gone, "bad"),
        )

    def _for_all(self) -> Iterable[str]:
        return ("import",)

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        wanted = asked["state"] if asked["state"] in {*_STATES, _OVERDUE} else AnswerState.PUBLISHED.value
        late = wanted == _OVERDUE
        found = await (self._entries.overdue(page) if late else self._entries.in_state(AnswerState(wanted), page))
        scores = await self._ratings.scores([one.id for one in found.items])
        last = found.items[-1] if found.items else None
        key = None if last is None else due_of(last) if late else last.id
        more = self.next_page(found.has_next, key, {"state": wanted})
        rows = tuple(self._row(one, scores) for one in found.items)
        empty = Text("没有这样的答复。", "There is no such answer.")
        counts = () if page.after else (await self._counted(),)
        options = (
            *(Option(one.value, text) for one, text in _STATES.items()),
            Option(_OVERDUE, Text("待复核", "overdue")),
        )
        chosen = Field("state", Text("状态", "State"), "select", options=options, value=wanted)
        return Listing(Table(_HEAD, rows, empty=empty, next=more), counts, (chosen,))

    async def detail(self, asked: Asked) -> Detail | None:
        versions = await self._entries.versions(asked.viewer, asked.target)
        if not versions:
            return None
        shown = next((one for one in versions if one.current), versions[0])
        scores = await self._ratings.scores([one.id for one in versions])
        rows = tuple(
            Row((plain(one.version), _state(one), plain(_helped(one, scores)), when(one.history[-1].at)))
            for one in versions
        )
        sections: tuple[Section, ...] = (
            self._facts(shown, scores.get(shown.id, Score())),
            Prose(Text("答复", "Answer"), shown.body.within(spoken())),
            Table(_VERSIONS, rows, Text("版本", "Versions")),
        )
        return Detail(shown.title.within(spoken()), sections, _state(shown), shown.code, self._offered(asked, versions))

    def _offered(self, asked: Asked, versions: list[Answer]) -> tuple[Button, ...]:
        code, names = versions[0].code, list[str]()
        if versions[0].state is AnswerState.DRAFT:
            names.append("publish")
        if any(one.shown for one in versions):
            names += ["review", "withdraw"]
        return allowed(asked.viewer, *(self.button(name, code) for name in names))

    async def _counted(self) -> Facts:
        published, late = await self._entries.counts()
        return Facts.of(
            Text("知识库概况", "The knowledge base in figures"),
            (Text("已发布", "Published"), figure(f"{published:,}")),
            (Text("一年未复核", "Not reviewed for a year"), figure(f"{late:,}")),
            (
                Text("没有答案的问题", "Questions without an answer"),
                link(f"{await self._gaps.open_count():,}", "/admin/questions"),
            ),
        )

    def _row(self, answer: Answer, scores: Mapping[str, Score]) -> Row:
        owner = self.desk.organisation(answer.unit)
        cells = (mono(answer.code), plain(answer.title.within(spoken())), plain(answer.version), plain(owner))
        due = plain(answer.review_by.isoformat() if answer.review_by else None)
        return Row((*cells, plain(_helped(answer, scores)), due), self.here(answer.code))

    def _facts(self, answer: Answer, score: Score) -> Facts:
        complaints = [f"{_COMPLAINTS[one]} {count}" for one, count in score.complaints.items()]
        return Facts.of(
            Text("当前版本", "The current version"),
            (Text("归口单位", "Department"), plain(self.desk.organisation(answer.unit))),
            (Text("问法", "Ways of asking"), tags(answer.questions)),
            (Text("事项", "Service items"), tags(answer.items)),
            (Text("复核时间", "Reviewed"), when(answer.reviewed_at)),
            (Text("复核期限", "Review by"), plain(answer.review_by.isoformat() if answer.review_by else None)),
            (Text("没帮助的原因", "Why it did not help"), tags(complaints)),
        )

    async def _import(self, asked: Asked) -> Reply:
        try:
            done = await self._imports.run(asked.viewer, file_of(asked))
        except AnswerImportRefused as refused:  # the dialog stays, with the lines to mend
            return Said(bad_lines(refused.code, refused.rows, refused.more))
        tally = done.tally
        return Done(
            Text(
                f"{done.lines} 行：新增 {tally.fresh} 条，更新 {tally.amended} 条，{tally.same} 条无变化。",
                f"{done.lines} lines: {tally.fresh} new, {tally.amended} amended, {tally.same} as before.",
            )
        )

    async def _publish(self, asked: Asked) -> Reply:
        await self._entries.publish(asked.viewer, asked.target, asked.key)
        return Done(Text("已发布。", "Published."))

    async def _review(self, asked: Asked) -> Reply:
        await self._entries.review(asked.viewer, asked.target, asked.key)
        return Done(Text("已记为复核。", "Reviewed."))

    async def _withdraw(self, asked: Asked) -> Reply:
        await self._entries.withdraw(asked.viewer, asked.target, asked["reason"], asked.key)
        return Done(Text("已撤下。", "Withdrawn."))


class QuestionsView(RoomView):
    noun = "questions"
    label = Text("无答案的问题", "Open questions")
    lead = Text(
        "没有答案或没帮上忙的提问，相同的合并计数；证件和电话号码已隐去。",
        "What nobody could answer, or an answer did not help with; personal numbers are masked.",
    )
    icon = "fa-circle-question"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._gaps = desk.services.government.gaps
        made = Text(
            "建立草稿，由归口单位或在“知识库答复”中发布。", "Makes a draft, which is published under “Answers”."
        )
        self.offers(
            Action("answer", Text("写成答复", "Make an answer of it"), OPERATORS, self._answer, _DRAFT, made, "good"),
            Action("dismiss", Text("不予答复", "Dismiss"), OPERATORS, self._dismiss, tone="bad"),
        )

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        state = GapState(asked["state"]) if asked["state"] in set(GapState) else GapState.OPEN
        found = await self._gaps.listed(state, page)
        rows = tuple(self._row(gap) for gap in found.items)
        more = self.next_page(found.has_next, found.items[-1].rank if found.items else None, {"state": state.value})
        options = tuple(Option(one.value, text) for one, text in _GAPS.items())
        chosen = Field("state", Text("状态", "State"), "select", options=options, value=state.value)
        empty = Text("没有这样的问题。", "There is no such question.")
        return Listing(Table(_QUESTIONS, rows, empty=empty, next=more), filters=(chosen,))

    async def detail(self, asked: Asked) -> Detail | None:
        gap = await self._gaps.one(asked.target)
        if gap is None:
            return None
        facts = Facts.of(
            Text("提问", "The question"),
            (Text("次数", "Asked"), figure(gap.count)),
            (Text("没有答案", "No answer"), plain(gap.unanswered)),
            (Text("没帮上忙", "Did not help"), plain(gap.unhelpful)),
            (Text("第一次", "First"), when(gap.first_at)),
            (Text("最近一次", "Last"), when(gap.last_at)),
            (Text("答复", "Answer"), link(gap.answer, f"/admin/answers/{gap.answer}") if gap.answer else plain(None)),
        )
        return Detail(gap.question, (facts,), _gap_state(gap), "", self._offered(asked, gap))

    def _offered(self, asked: Asked, gap: Gap) -> tuple[Button, ...]:
        if gap.state is not GapState.OPEN:
            return ()
        answer = self.button("answer", gap.id, question=gap.question[:120])
        return allowed(asked.viewer, answer, self.button("dismiss", gap.id))

    def _row(self, gap: Gap) -> Row:
        counts = (figure(gap.count), plain(f"{gap.unanswered} / {gap.unhelpful}"))
        return Row((plain(gap.question), *counts, when(gap.last_at), _gap_state(gap)), self.here(gap.id))

    async def _answer(self, asked: Asked) -> Reply:
        body = Both(*("\n".join(asked.exactly(name).splitlines()).strip() for name in ("body", "body_en")))
        draft = Draft(asked["code"], asked["unit"], asked["question"], body)
        gap = await self._gaps.answer(asked.viewer, asked.target, draft, asked.key)
        return Done(Text("草稿已建立。", "The draft is made."), go=f"/admin/answers/{gap.answer}")

    async def _dismiss(self, asked: Asked) -> Reply:
        await self._gaps.dismiss(asked.viewer, asked.target, asked.key)
        return Done(Text("已处理。", "Dismissed."))


def _state(answer: Answer) -> Cell:
    tone = {AnswerState.PUBLISHED: "good", AnswerState.WITHDRAWN: "bad"}.get(answer.state, "")
    return badge(answer.state, tone, _STATES[answer.state])


def _gap_state(gap: Gap) -> Cell:
    return badge(gap.state, "good" if gap.state is GapState.ANSWERED else "", _GAPS[gap.state])


def _helped(answer: Answer, scores: Mapping[str, Score]) -> str:
    score = scores.get(answer.id, Score())
    return f"{score.helpful} / {score.unhelpful}"
