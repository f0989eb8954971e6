"""Look-ups that a citizen disputes: read, and answered by somebody else than who looked."""

from __future__ import annotations

from app.admin.console.desk import Desk
from app.admin.console.pages import OPERATORS
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
    Option,
    Reply,
    Row,
    Shown,
    Table,
    badge,
    link,
    mono,
    plain,
    tags,
    when,
)
from app.admin.console.texts import Text, word
from app.admin.console.view import RoomView
from app.core.paging import PageRequest
from app.core.viewer import Role
from virtual_card.disclosures.model import Disclosure, DisputeState

_HEAD = (
    Text("查询时间", "Looked at"),
    Text("单位", "Organisation"),
    Text("用途", "Purpose"),
    Text("得知的内容", "What was told"),
    Text("提出异议", "Disputed"),
    Text("状态", "State"),
)
_ANSWERS = (
    Option(DisputeState.UPHELD.value, Text("成立：这次查询不应发生", "upheld: it should not have happened")),
    Option(DisputeState.REJECTED.value, Text("不成立：这次查询正当", "rejected: it was right")),
)


class DisputesView(RoomView):
    noun = "disputes"
    label = Text("查询异议", "Disputes")
    lead = Text(
        "市民对查询记录提出的异议；不能由查询者本人答复。",
        "Look-ups that citizens dispute; nobody answers for one of his own.",
    )
    icon = "fa-scale-balanced"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._disclosures = desk.services.disclosures
        answer = Field(
            "answer", Text("答复", "Answer"), "area", Text("市民会看到这段话。", "The citizen reads this."), most=500
        )
        verdict = Field("verdict", Text("结论", "Verdict"), "select", options=_ANSWERS)
        read = Text("市民会在查询记录中看到原文被读过。", "The citizen sees in the ledger that the words were read.")
        self.offers(
            Action("read", Text("读原文", "Read the words"), OPERATORS, self._read, (REASON,), read),
            Action("answer", Text("答复", "Answer"), OPERATORS, self._answer, (verdict, answer), tone="good"),
        )

    def subject_of(self, target: str) -> str | None:
        return target.partition("~")[0] or None

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found = await self._disclosures.disputed(page)
        rows = tuple(self.row(one, self.here(f"{one.citizen}~{one.id}")) for one in found.items)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None)
        empty = Text("没有待答复的异议。", "No dispute is waiting for an answer.")
        return Listing(Table(_HEAD, rows, empty=empty, next=more))

    async def detail(self, asked: Asked) -> Detail | None:
        citizen, _, which = asked.target.partition("~")
        one = await self._disclosures.known(citizen, which)
        if one is None:
            return None
        title = Text(f"{self._who(one)}的查询", f"Looked at by {self._who(one)}")
        offered = self.buttons(asked, asked.target, *_possible(one))
        return Detail(title, (self._facts(one),), _state(one), buttons=offered)

    def row(self, one: Disclosure, href: str | None = None) -> Row:
        disputed = when(one.dispute.at if one.dispute else None)
        cells = (
            when(one.at),
            plain(self._who(one)),
            plain(word(one.purpose)),
            tags(one.attributes),
            disputed,
            _state(one),
        )
        return Row(cells, href)

    def table(self, found: list[Disclosure]) -> Table:
        """Who looked at one citizen, on that citizen's page."""
        rows = tuple(self.row(one, self.here(f"{one.citizen}~{one.id}") if one.dispute else None) for one in found)
        return Table(_HEAD, rows, Text("谁查询过", "Who looked"), Text("没有查询记录。", "Nobody has looked."))

    def _who(self, one: Disclosure) -> Text | str:
        desk = one.organisation == Role.OPS.value
        return Text("运行台", "the ops desk") if desk else self.desk.organisation(one.organisation)

    def _facts(self, one: Disclosure) -> Facts:
        return Facts.of(
            Text("这次查询", "The look-up"),
            (Text("时间", "When"), when(one.at)),
            (Text("单位", "Organisation"), plain(self._who(one))),
            (Text("查询者", "By"), mono(one.verifier)),
            (Text("用途", "Purpose"), plain(word(one.purpose))),
            (Text("方式", "How"), plain(word(one.channel))),
            (Text("得知的内容", "What was told"), tags(one.attributes)),
            (Text("市民", "Citizen"), link(one.citizen, f"/admin/citizens/{one.citizen}")),
        )

    async def _read(self, asked: Asked) -> Reply:
        citizen, _, which = asked.target.partition("~")
        found = await self._disclosures.reveal(asked.viewer, citizen, which, asked["reason"])
        said = found.dispute
        rows = [(Text("市民的异议", "What the citizen says"), said.reason or "" if said else "")]
        if said is not None and said.answer:
            rows.append((Text("答复", "Answer"), said.answer))
        return Shown(Text("只显示这一次。", "Shown this once."), tuple(rows))

    async def _answer(self, asked: Asked) -> Reply:
        citizen, _, which = asked.target.partition("~")
        state = DisputeState(asked["verdict"])
        await self._disclosures.answer(asked.viewer, citizen, which, state, asked["answer"], asked.key)
        return Done(Text("已答复，市民会收到通知。", "Answered; the citizen is told."))


def _possible(one: Disclosure) -> tuple[str, ...]:
    if one.dispute is None:
        return ()
    return ("read", "answer") if one.dispute.state is DisputeState.OPEN else ("read",)


def _state(one: Disclosure) -> Cell:
    return badge(one.dispute.state if one.dispute else None)
