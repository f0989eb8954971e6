"""Payments that are contested: what waits for the desk, what both sides said, and the decision."""

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
    figure,
    mono,
    plain,
    short_link,
    when,
)
from app.admin.console.texts import Text, Words
from app.admin.console.view import RoomView
from app.core.money import Currency, Money, parse_money
from app.core.paging import PageRequest
from app.domains.payment.disputes.errors import DisputeUnknown
from app.domains.payment.disputes.model import Dispute, DisputeOutcome, DisputeReason, DisputeState, Ending, Party

_HEAD = (
    Text("提出时间", "Opened"),
    Text("金额", "Amount"),
    Text("收款方", "Payee"),
    Text("事由", "Reason"),
    Text("期限", "Due"),
    Text("状态", "State"),
)
_STATES = {
    DisputeState.TO_DECIDE: Text("待裁定", "to be decided"),
    DisputeState.OPENED: Text("等收款方答复", "the payee may answer"),
    DisputeState.ANSWERED: Text("等付款人补充", "the payer may reply"),
    DisputeState.SETTLED: Text("已了结", "settled"),
}
_TONES = {DisputeState.TO_DECIDE: "warn", DisputeState.SETTLED: "good"}
_REASONS = {
    DisputeReason.NOT_MINE: Text("不是本人付款", "not made by the payer"),
    DisputeReason.NOT_RECEIVED: Text("没有收到", "not received"),
    DisputeReason.NOT_AS_DESCRIBED: Text("与描述不符", "not as described"),
    DisputeReason.PAID_TWICE: Text("重复付款", "paid twice"),
    DisputeReason.WRONG_AMOUNT: Text("金额有误", "wrong amount"),
    DisputeReason.REFUND_MISSING: Text("退款未到", "a refund is missing"),
    DisputeReason.OTHER: Text("其他", "other"),
}
_OUTCOMES = {
    DisputeOutcome.ACCEPTED: Text("收款方接受，已退款", "accepted by the payee"),
    DisputeOutcome.UNANSWERED: Text("收款方逾期未答复，已扣回", "not answered in time: charged back"),
    DisputeOutcome.UPHELD: Text("支持付款人，已扣回", "upheld: charged back"),
    DisputeOutcome.REJECTED: Text("不予支持", "rejected"),
    DisputeOutcome.WITHDRAWN: Text("付款人撤回", "taken back by the payer"),
    DisputeOutcome.REFUNDED: Text("已全额退款，自动结案", "all of it was refunded"),
}
_PARTIES = {
    Party.PAYER: Text("付款人", "Payer"),
    Party.PAYEE: Text("收款方", "Payee"),
    Party.DESK: Text("运行台", "Desk"),
    Party.TIME: Text("期限", "Time"),
}


class PaymentDisputesView(RoomView):
    noun = "payment-disputes"
    label = Text("付款争议", "Payment disputes")
    lead = Text(
        "付款人提出争议，收款方七天内答复，付款人三天内补充，之后由运行台裁定；读双方陈述须写理由。",
        "The payee answers within seven days, the payer replies within three, then the desk decides. Reading what they "
        "said takes a reason.",
    )
    icon = "fa-gavel"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._decisions = desk.services.payment.dispute_decisions
        hint = Text("0 为不予支持；最多为争议金额。", "0 rejects; the contested amount at most.")
        awarded = Field("amount", Text("退回金额", "Goes back"), hint=hint, most=15, pattern=r"\d{1,10}(\.\d{1,2})?")
        words = Field(
            "words", Text("理由", "Reason"), "area", Text("双方都会看到。", "Both sides read it."), most=2_000
        )
        final = Text("裁定后立即扣回，不能更改。", "It is charged back at once, and stays so.")
        self.offers(
            Action("reveal", Text("读双方陈述", "Read what was said"), OPERATORS, self._reveal, (REASON,)),
            Action("decide", Text("裁定", "Decide"), OPERATORS, self._decide, (awarded, words), final, "warn"),
        )

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        states = {state.value: state for state in DisputeState}
        chosen = states.get(asked["state"], DisputeState.TO_DECIDE)
        found = await self._decisions.page(chosen, page)
        rows = tuple(self._row(one) for one in found.items)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None, {"state": chosen.value})
        options = tuple(Option(state.value, text) for state, text in _STATES.items())
        field = Field("state", Text("状态", "State"), "select", required=False, options=options, value=chosen.value)
        empty = Text("没有这样的争议。", "No dispute is like that.")
        return Listing(Table(_HEAD, rows, empty=empty, next=more, aside=frozenset({3})), filters=(field,))

    async def detail(self, asked: Asked) -> Detail | None:
        one = await self._decisions.one(asked.target)
        if one is None:
            return None
        head = (Text("时间", "When"), Text("谁", "Who"), Text("附件", "Files"))
        rows = tuple(
            Row((when(said.at), plain(_PARTIES[said.party]), figure(len(said.files)))) for said in one.statements
        )
        said = Table(head, rows, Text("陈述", "Statements"))
        sections = (self._facts(one), *((_ending(one.ending),) if one.ending else ()), said)
        possible = ("reveal", "decide") if one.state is DisputeState.TO_DECIDE else ("reveal",)
        buttons = self.buttons(asked, asked.target, *possible)
        return Detail(one.amount.spoken, sections, _state(one.state), buttons=buttons)

    def _row(self, one: Dispute) -> Row:
        cells = (
            when(one.at),
            Cell("figure", one.amount.spoken),
            self.desk.payee(one.payee),
            plain(_REASONS[one.reason]),
            when(one.due),
            _state(one.state) if one.ending is None else badge(one.ending.outcome, None, _OUTCOMES[one.ending.outcome]),
        )
        return Row(cells, self.here(one.id))

    def _facts(self, one: Dispute) -> Facts:
        return Facts.of(
            Text("争议", "The dispute"),
            (Text("付款", "Payment"), mono(one.payment)),
            (Text("付款人", "Payer"), short_link(one.citizen, f"/admin/citizens/{one.citizen}")),
            (Text("收款方", "Payee"), self.desk.payee(one.payee)),
            (Text("争议金额", "Contested"), Cell("figure", one.amount.spoken)),
            (Text("事由", "Reason"), plain(_REASONS[one.reason])),
            (Text("提出时间", "Opened"), when(one.at)),
            (Text("期限", "Due"), when(one.due)),
        )

    async def _reveal(self, asked: Asked) -> Reply:
        found = await self._decisions.reveal(asked.viewer, asked.target, asked["reason"])
        rows: list[tuple[Words, str]] = [(_PARTIES[said.party], said.words or "") for said in found.statements]
        for number, url in enumerate((await self._decisions.links(found)).values(), 1):
            rows.append((Text(f"附件 {number}", f"File {number}"), url))
        return Shown(Text("只显示这一次。", "Shown this once."), tuple(rows))

    async def _decide(self, asked: Asked) -> Reply:
        found = await self._decisions.one(asked.target)
        if found is None:
            raise DisputeUnknown
        awarded = _awarded(asked["amount"], found.amount.currency)
        await self._decisions.decide(asked.viewer, asked.target, awarded, asked["words"], asked.key)
        return Done(Text("已裁定，双方会收到通知。", "Decided; both sides are told."))


def _awarded(raw: str, currency: Currency) -> Money:
    return Money(0, currency) if not raw.strip("0.") else parse_money(raw, currency)


def _ending(ending: Ending) -> Facts:
    return Facts.of(
        Text("结果", "How it ended"),
        (Text("结果", "Outcome"), plain(_OUTCOMES[ending.outcome])),
        (Text("退回", "Went back"), Cell("figure", ending.given.spoken)),
        (Text("时间", "When"), when(ending.at)),
        (Text("经办", "By"), mono(ending.by)),
    )


def _state(state: DisputeState) -> Cell:
    return badge(state, _TONES.get(state), _STATES[state])
