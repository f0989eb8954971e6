"""Citizen credit at the desk: the rules of the score, appeals against it, lines that rest and what is overdue."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from app.admin.console.desk import Desk
from app.admin.console.pages import ADMINISTRATORS, OPERATORS
from app.admin.console.parts import (
    REASON,
    Action,
    Asked,
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
    person,
    plain,
    short_link,
    when,
    yuan,
)
from app.admin.console.texts import Text, spoken, word
from app.admin.console.view import RoomView
from app.core.errors import BadInput
from app.core.paging import PageRequest
from app.domains.payment.credit.appeals.model import Appeal, AppealState
from app.domains.payment.credit.appeals.service import Answer
from app.domains.payment.credit.dues.model import Due
from app.domains.payment.credit.rules.model import NAMES, Band, FactorCode, FactorRule, RuleSet, RulesState
from app.domains.payment.credit.rules.service import Proposal

_SINCE = Field("since", Text("生效日", "In force from"), "day", Text("至少七天以后。", "A week off at least."), most=10)
_BANDS = Field(
    "bands",
    Text("分数与额度", "Scores and limits"),
    "area",
    Text("每行一档：分数 额度（元）。", "A line for each: the score, and the limit in yuan."),
    most=400,
)


class CreditRulesView(RoomView):
    noun = "credit-rules"
    label = Text("信用分规则", "Credit rules")
    lead = Text(
        "只计公布的因素。一人提出，另一人批准，公布至少七天后生效。",
        "Only published factors count. One proposes, another approves; a week later or more it is in force.",
    )
    icon = "fa-scale-unbalanced"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._book = desk.services.payment.credit.rules
        weights = tuple(
            Field(code.value, Text(NAMES[code].zh, NAMES[code].en), "number", pattern=r"\d{1,3}") for code in FactorCode
        )
        self.offers(
            Action(
                "propose", Text("提出新规则", "Propose"), OPERATORS, self._propose, (*weights, _BANDS, _SINCE, REASON)
            ),
            Action("approve", Text("批准", "Approve"), ADMINISTRATORS, self._approve, tone="good"),
            Action("withdraw", Text("撤回", "Withdraw"), OPERATORS, self._withdraw, tone="bad"),
        )

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found, now = await self._book.versions(), await self._book.in_force()
        names = await self.desk.names(actor for one in found for actor in (one.by, one.settled_by))
        head = (
            Text("版本", "Version"),
            Text("生效日", "In force from"),
            Text("状态", "State"),
            Text("提出", "Proposed by"),
            Text("批准", "Settled by"),
            Text("理由", "Reason"),
        )
        return Listing(Table(head, tuple(self._row(asked, one, now, names) for one in found)))

    def _row(self, asked: Asked, one: RuleSet, now: RuleSet, names: Mapping[str, str]) -> Row:
        in_force = one.version == now.version
        cells = (
            figure(one.version),
            when(one.since),
            badge("active", text=Text("现行", "in force")) if in_force else badge(one.state),
            person(one.by or None, names),
            person(one.settled_by, names),
            plain(one.reason),
        )
        open_ = ("approve", "withdraw") if one.state is RulesState.PROPOSED else ()
        target = str(one.version)
        return Row(cells, self.here(target), self.buttons(asked, target, *open_))

    def _for_all(self) -> Sequence[str]:
        return ("propose",)

    async def detail(self, asked: Asked) -> Detail | None:
        found = await self._book.version(int(asked.target)) if asked.target.isdecimal() else None
        if found is None:
            return None
        title = Text(f"信用分规则第 {found.version} 版", f"Credit rules, version {found.version}")
        names = await self.desk.names((found.by, found.settled_by))
        about = Facts.of(
            Text("基本情况", "What it is"),
            (Text("生效日", "In force from"), when(found.since)),
            (Text("状态", "State"), badge(found.state)),
            (Text("提出", "Proposed by"), person(found.by or None, names)),
            (Text("批准", "Settled by"), person(found.settled_by, names)),
            (Text("理由", "Reason"), plain(found.reason)),
        )
        return Detail(title, (about, _factors(found), _bands(found)))

    async def _propose(self, asked: Asked) -> Reply:
        now = await self._book.in_force()
        factors = tuple(_weighed(now.rule(code), asked[code.value]) for code in FactorCode)
        wanted = Proposal(factors, _read_bands(asked["bands"]), _day(asked["since"]), asked["reason"])
        made = await self._book.propose(asked.viewer, wanted, asked.key)
        return Done(
            Text("已提出，等待另一位同事批准。", "Proposed: another has to approve it."), self.here(str(made.version))
        )

    async def _approve(self, asked: Asked) -> Reply:
        await self._book.approve(asked.viewer, _number(asked.target), asked.key)
        return Done(Text("已批准并公布。", "Approved, and published."), self.here())

    async def _withdraw(self, asked: Asked) -> Reply:
        await self._book.withdraw(asked.viewer, _number(asked.target), asked.key)
        return Done(Text("已撤回。", "Withdrawn."), self.here())


class CreditAppealsView(RoomView):
    noun = "credit-appeals"
    label = Text("信用分申诉", "Credit appeals")
    lead = Text(
        "市民认为信用分有误：重新计分、给予一段时间的加分，或说明为什么不改。",
        "Somebody says that a score is wrong: it is counted again, given points for a time, or it is said why not.",
    )
    icon = "fa-gavel"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._appeals = desk.services.payment.credit.appeals
        seen = Text("市民会看到。", "The citizen reads it.")
        answer = Field("answer", Text("答复", "Answer"), "area", seen, most=500)
        points = Field("points", Text("加分", "Points"), "number", Text("1 到 200。", "1 to 200."), pattern=r"\d{1,3}")
        until = Field("until", Text("有效到", "Until"), "day", Text("两年以内。", "Two years at most."), most=10)
        self.offers(
            Action("read", Text("读原文", "Read the words"), OPERATORS, self._read),
            Action("recount", Text("重新计分", "Count again"), OPERATORS, self._recount, (answer,), tone="good"),
            Action(
                "adjust", Text("加分", "Give points"), OPERATORS, self._adjust, (points, until, answer), tone="good"
            ),
            Action("refuse", Text("不改", "Refuse"), OPERATORS, self._refuse, (answer,), tone="bad"),
        )

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        state = AppealState(asked["state"]) if asked["state"] in set(AppealState) else AppealState.OPEN
        found = await self._appeals.waiting(state, page)
        head = (
            Text("市民", "Citizen"),
            Text("申诉时间", "Appealed"),
            Text("因素", "Factor"),
            Text("当时分数", "Score then"),
            Text("之后分数", "Score after"),
            Text("状态", "State"),
        )
        rows = tuple(self._row(asked, one) for one in found.items)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None, {"state": state.value})
        options = tuple(Option(one.value, word(one)) for one in AppealState)
        chosen = Field("state", Text("状态", "State"), "select", required=False, options=options, value=state.value)
        empty = Text("没有这样的申诉。", "No appeal is like that.")
        return Listing(Table(head, rows, empty=empty, next=more), filters=(chosen,))

    def _row(self, asked: Asked, one: Appeal) -> Row:
        factor = plain(NAMES[one.factor].within(spoken())) if one.factor else plain(Text("整体", "the whole"))
        cells = (
            short_link(one.citizen, f"/admin/citizens/{one.citizen}"),
            when(one.at),
            factor,
            figure(one.score),
            figure(one.after),
            badge(one.state),
        )
        names = ("read", "recount", "adjust", "refuse") if one.state is AppealState.OPEN else ("read",)
        return Row(cells, buttons=self.buttons(asked, one.id, *names))

    async def _read(self, asked: Asked) -> Reply:
        found = await self._appeals.one(asked.target)
        rows = ((Text("申诉", "Appeal"), found.reason or ""), (Text("答复", "Answer"), found.answer or ""))
        return Shown(Text("只显示这一次。", "Shown this once."), rows)

    async def _recount(self, asked: Asked) -> Reply:
        return await self._answer(asked, Answer(AppealState.RECOUNTED, asked["answer"]))

    async def _adjust(self, asked: Asked) -> Reply:
        points, until = _number(asked["points"]), _day(asked["until"])
        return await self._answer(asked, Answer(AppealState.ADJUSTED, asked["answer"], points, until))

    async def _refuse(self, asked: Asked) -> Reply:
        return await self._answer(asked, Answer(AppealState.REFUSED, asked["answer"]))

    async def _answer(self, asked: Asked, answer: Answer) -> Reply:
        await self._appeals.answer(asked.viewer, asked.target, answer, asked.key)
        return Done(Text("已答复，市民会收到通知。", "Answered: the citizen is told."), self.here())


class CreditOverdueView(RoomView):
    noun = "credit-overdue"
    label = Text("信用逾期", "Overdue credit")
    lead = Text(
        "已过还款日的款项。逾期超过三天额度暂停，还清即恢复；不收利息，不告诉第三方。",
        "What should have been repaid. After three days the line rests until it is; there is no interest, and no third "
        "party is told.",
    )
    icon = "fa-hourglass-end"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._dues = desk.services.payment.credit.dues

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found = await self._dues.overdue(page)
        head = (
            Text("市民", "Citizen"),
            Text("来自", "Of"),
            Text("还款日", "Due"),
            Text("逾期天数", "Days overdue"),
            Text("还欠", "Still owed"),
        )
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None)
        empty = Text("没有逾期的款项。", "Nothing is overdue.")
        return Listing(Table(head, tuple(map(self._row, found.items)), empty=empty, next=more))

    def _row(self, one: Due) -> Row:
        cells = (
            short_link(one.citizen, f"/admin/citizens/{one.citizen}"),
            badge(one.kind, ""),
            when(one.day),
            figure((self._dues.today - one.day).days),
            yuan(one.owed),
        )
        return Row(cells)


def _factors(rules: RuleSet) -> Table:
    head = (
        Text("因素", "Factor"),
        Text("权重", "Weight"),
        Text("回看月数", "Months looked back"),
        Text("起点", "Start"),
        Text("起点相当于", "Start weighs"),
        Text("满分次数", "Full at"),
    )
    rows = tuple(
        Row(
            (
                plain(NAMES[one.code].within(spoken())),
                figure(one.weight),
                figure(one.months or None),
                figure(f"{one.start} %" if one.prior else None),
                figure(one.prior or None),
                figure(one.full or None),
            )
        )
        for one in rules.factors
    )
    return Table(head, rows, Text("因素", "Factors"))


def _bands(rules: RuleSet) -> Table:
    rows = tuple(Row((figure(one.score), yuan(one.fen))) for one in rules.bands)
    return Table((Text("分数", "Score"), Text("额度", "Limit")), rows, Text("额度", "Limits"))


def _weighed(rule: FactorRule, weight: str) -> FactorRule:
    return replace(rule, weight=_number(weight))


def _read_bands(text: str) -> tuple[Band, ...]:
    """Raises BadInput."""
    lines = [line.split() for line in text.splitlines() if line.strip()]
    if not all(len(line) == 2 and all(re.fullmatch(r"\d{1,6}", part) for part in line) for line in lines):
        raise BadInput(field="bands")
    return tuple(Band(int(score), int(yuan) * 100) for score, yuan in lines)


def _number(text: str) -> int:
    """Raises BadInput."""
    if not re.fullmatch(r"\d{1,6}", text):
        raise BadInput(field="number")
    return int(text)


def _day(text: str) -> date:
    """Raises BadInput."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(field="day") from None
