"""What estates vote on, and how it ended. What a home chose is not seen here, of an open vote neither."""

from __future__ import annotations

from collections.abc import Mapping

from app.admin.console.desk import Desk
from app.admin.console.pages import ADMINISTRATORS, OPERATORS
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
    Prose,
    Reply,
    Row,
    Said,
    Section,
    Table,
    badge,
    figure,
    link,
    plain,
    progress,
    when,
)
from app.admin.console.texts import Text
from app.admin.console.view import RoomView
from app.core.paging import PageRequest
from app.domains.community.votes.model import Share, Vote, VoteResult, VoteRule, VoteState, VoteTerms
from app.domains.community.votes.service import SeenVote

_STATES = {
    VoteState.OPEN: (Text("进行中", "open"), "busy"),
    VoteState.CLOSED: (Text("已结束", "over"), "good"),
    VoteState.WITHDRAWN: (Text("已撤回", "taken back"), ""),
}
_RULES = {
    VoteRule.ADVISORY: Text("意见征询", "advisory"),
    VoteRule.ORDINARY: Text("一般事项（双过半）", "ordinary: more than half"),
    VoteRule.GRAVE: Text("重大事项（四分之三）", "grave: three quarters"),
}
_RULE_OPTIONS = tuple(Option(rule.value, text) for rule, text in _RULES.items())
_SECRECY = (Option("secret", Text("不记名", "secret")), Option("open", Text("记名", "by name")))
_FIELDS = (
    Field("estate", Text("小区代码", "Estate's code"), most=40),
    Field("title", Text("标题", "Title"), most=60),
    Field("text", Text("说明", "Text"), "area", most=4_000),
    Field("rule", Text("规则", "Rule"), "select", options=_RULE_OPTIONS),
    Field(
        "options",
        Text("选项（意见征询，每行一个）", "Options of an advisory one, a line each"),
        "area",
        required=False,
        most=700,
    ),
    Field("secrecy", Text("方式", "How"), "select", options=_SECRECY),
    Field("closes", Text("截止", "Until"), "moment"),
)
_REASON = Field("reason", Text("原因", "Reason"), "area", most=200)


class EstateVotesView(RoomView):
    noun = "estate-votes"
    label = Text("小区表决", "Votes of estates")
    lead = Text(
        "各小区的表决、参与情况和结果；谁选了什么，这里看不到。",
        "What estates vote on, how many take part, and results. What a home chose is not seen here.",
    )
    icon = "fa-check-to-slot"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._voting = desk.services.community.together.voting
        stays = Text("开始后规则和选项不能更改。", "Once it is open, its rule and options stay.")
        seen = Text("住户会看到原因。", "Its homes see why.")
        self.offers(
            Action("open", Text("发起表决", "Open a vote"), ADMINISTRATORS, self._open, _FIELDS, stays),
            Action("withdraw", Text("撤回", "Take it back"), ADMINISTRATORS, self._withdraw, (_REASON,), seen, "bad"),
            Action("recount", Text("重新计票", "Count again"), OPERATORS, self._recount),
        )

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        state = VoteState(asked["state"]) if asked["state"] in set(VoteState) else None
        found = await self._voting.votes.of_city(page, state)
        head = (
            Text("表决", "Vote"),
            Text("小区", "Estate"),
            Text("规则", "Rule"),
            Text("截止", "Until"),
            Text("结果", "Result"),
            Text("状态", "State"),
        )
        chosen = {"state": state.value} if state else {}
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None, chosen)
        options = (Option("", Text("全部", "all")), *(Option(one.value, text) for one, (text, _) in _STATES.items()))
        field = Field("state", Text("状态", "State"), "select", required=False, options=options, value=asked["state"])
        estates = await self.desk.estates(one.estate for one in found.items)
        rows = tuple(self._row(one, estates) for one in found.items)
        return Listing(Table(head, rows, empty=Text("没有表决。", "There is no vote."), next=more), filters=(field,))

    async def detail(self, asked: Asked) -> Detail | None:
        found = await self._voting.votes.any(asked.target)
        if found is None:
            return None
        one = found.vote
        sections: tuple[Section, ...] = (
            self._facts(found, (await self.desk.estates([one.estate]))[one.estate]),
            Prose(Text("说明", "Text"), one.terms.text),
            *_counted(one),
        )
        does = {VoteState.OPEN: ("withdraw",), VoteState.CLOSED: ("recount",)}.get(one.state, ())
        return Detail(one.terms.title, sections, _state(one), buttons=self.buttons(asked, one.id, *does))

    def _for_all(self) -> tuple[str, ...]:
        return ("open",)

    def _row(self, one: Vote, estates: Mapping[str, str]) -> Row:
        terms = one.terms
        cells = (plain(terms.title), plain(estates[one.estate]), plain(_RULES[terms.rule]), when(terms.closes_at))
        return Row((*cells, _outcome(one), _state(one)), self.here(one.id))

    def _facts(self, seen: SeenVote, estate: str) -> Facts:
        one = seen.vote
        part = seen.voted / one.of.homes if one.of.homes else 0.0
        return Facts.of(
            Text("基本情况", "What it is"),
            (Text("小区", "Estate"), link(estate, f"/admin/estates/{one.estate}")),
            (Text("规则", "Rule"), plain(_RULES[one.terms.rule])),
            (Text("方式", "How"), plain(Text("不记名", "secret") if one.terms.secret else Text("记名", "by name"))),
            (Text("开始", "Opened"), when(one.opened_at)),
            (Text("截止", "Until"), when(one.terms.closes_at)),
            (Text("参与户数", "Homes that voted"), progress(part, f"{seen.voted} / {one.of.homes}")),
            (Text("撤回原因", "Taken back because"), plain(one.reason or None)),
        )

    async def _open(self, asked: Asked) -> Reply:
        rule, options = VoteRule(asked["rule"]), tuple(line for line in asked["options"].splitlines() if line.strip())
        flags = (asked["secrecy"] == "secret", False, False)
        terms = VoteTerms(asked["title"], asked["text"], options, rule, *flags, asked.moment("closes"))
        done = await self._voting.votes.open(asked.viewer, asked["estate"], terms, asked.key)
        return Done(Text("已发起。", "It is open."), self.here(done.vote.id))

    async def _withdraw(self, asked: Asked) -> Reply:
        await self._voting.votes.withdraw(asked.viewer, asked.target, asked["reason"], asked.key)
        return Done(Text("已撤回。", "It was taken back."), self.here(asked.target))

    async def _recount(self, asked: Asked) -> Reply:
        found = await self._voting.closing.recount(asked.target)
        if found is None:
            return Said(Text("没有可以重新计票的表决。", "There is nothing to count again."))
        was, again = found
        if was.result == again:
            return Said(Text("与公布的结果一致。", "The same as the result that stands."))
        return Said(Text("与公布的结果不一致，请核查。", "NOT the same as the result that stands: look into it."))


def _state(one: Vote) -> Cell:
    text, tone = _STATES[one.state]
    return badge(one.state, tone, text)


def _outcome(one: Vote) -> Cell:
    if one.result is None:
        return plain(None)
    return _passed(one.result, one)


def _passed(result: VoteResult, one: Vote) -> Cell:
    if result.passed is None:
        return plain(
            one.terms.options[result.leading] if result.leading is not None else Text("并列", "no option leads")
        )
    if not result.quorate:
        return badge("not quorate", "warn", Text("参与不足", "too few took part"))
    passed, failed = Text("通过", "passed"), Text("未通过", "not passed")
    return badge("passed", "good", passed) if result.passed else badge("failed", "bad", failed)


def _counted(one: Vote) -> tuple[Table, ...]:
    if one.result is None:
        return ()
    head = (Text("选项", "Option"), Text("户数", "Homes"), Text("面积（平方米）", "Square metres"))
    options = zip(one.terms.options, one.result.options, strict=True)
    rows = [_share(text, share) for text, share in options]
    rows.append(_share(Text("参与合计", "Took part"), one.result.took_part))
    rows.append(_share(Text("全体", "All homes"), one.of))
    return (Table(head, tuple(rows), Text("结果", "Result")),)


def _share(text: object, share: Share) -> Row:
    return Row((plain(text), figure(share.homes), figure(f"{share.area / 100:,.2f}")))
