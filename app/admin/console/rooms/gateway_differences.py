"""Differences between the gateway and our books at the desk: taken in hand, put right, approved."""

from __future__ import annotations

from app.admin.console.desk import Desk
from app.admin.console.pages import OPERATORS
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
    Table,
    badge,
    link,
    mono,
    person,
    plain,
    when,
    yuan,
)
from app.admin.console.texts import Text
from app.admin.console.view import RoomView, allowed
from app.core.paging import PageRequest
from app.domains.payment.reconciliation.differences.model import (
    UNRESOLVED,
    Difference,
    DifferenceState,
    Remedy,
)
from app.domains.payment.reconciliation.matching.model import Booked, EntryKind, What

KINDS = {
    EntryKind.ORDER: Text("收款", "Orders"),
    EntryKind.REFUND: Text("退款", "Refunds"),
    EntryKind.PAYOUT: Text("付款", "Payouts"),
}
_WHAT = {
    What.MISSING_HERE: Text("本市没有", "missing here"),
    What.MISSING_THERE: Text("网关没有", "missing there"),
    What.AMOUNT_DIFFERS: Text("金额不符", "amount differs"),
    What.STATE_DIFFERS: Text("状态不符", "state differs"),
    What.TWICE_THERE: Text("网关重复", "twice there"),
    What.CORRECTED_ALREADY: Text("处理后又到账", "came after it was put right"),
}
_STATES = {
    DifferenceState.OPEN: (Text("待领取", "open"), "warn"),
    DifferenceState.TAKEN: (Text("处理中", "in hand"), "busy"),
    DifferenceState.PROPOSED: (Text("待批准", "waits for approval"), "warn"),
    DifferenceState.RESOLVED: (Text("已处理", "put right"), "good"),
}
_BOOKED = {
    Booked.OPEN: Text("未结", "open"),
    Booked.DONE: Text("已入账", "booked"),
    Booked.FAILED: Text("未成功", "failed"),
    Booked.MISMATCH: Text("金额不符，未入账", "another amount came, not booked"),
}
_REMEDIES = {
    Remedy.SUSPENSE: Text("挂账待查", "To suspense, until it is known whose it is"),
    Remedy.LOSSES: Text("本市承担", "The city bears it"),
    Remedy.WALLET: Text("记入付款人钱包", "To the payer's wallet"),
    Remedy.NONE: Text("没有差钱，不转账", "No money moves"),
    Remedy.CAME_RIGHT: Text("已自行一致", "Came right by itself"),
}
HEAD = (
    Text("差异", "Difference"),
    Text("种类", "Kind"),
    Text("单号", "Reference"),
    Text("网关", "There"),
    Text("本市", "Here"),
    Text("差额", "Gap"),
    Text("状态", "State"),
    Text("经手人", "In hand"),
)


class GatewayDifferencesView(RoomView):
    noun = "gateway-differences"
    label = Text("对账差异", "Differences")
    lead = Text(
        "领取后处理：每一笔都由一笔转账了结；一千元以上须另一位同事批准。",
        "Take one in hand and put it right by a transfer; from 1,000 yuan on somebody else approves.",
    )
    icon = "fa-code-compare"
    live = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._differences = desk.services.payment.settlement.differences
        over = Text("别人领取的也可以接过来。", "One that somebody else has can be taken over, too.")
        ask = Text("向网关查询这一笔，按答复入账后再核对。", "Asks the gateway about this one and compares it anew.")
        right = Text("一千元以上提交后由另一位同事批准。", "From 1,000 yuan on it waits for somebody else's approval.")
        self.offers(
            Action("take", Text("领取", "Take in hand"), OPERATORS, self._take, note=over, tone="good"),
            Action("look", Text("向网关查询", "Ask the gateway"), OPERATORS, self._look, note=ask, icon="fa-rotate"),
            Action("resolve", Text("处理", "Put right"), OPERATORS, self._resolve, (_REMEDY, REASON), right, "good"),
            Action("approve", Text("批准", "Approve"), OPERATORS, self._approve, tone="good"),
            Action("decline", Text("退回", "Decline"), OPERATORS, self._decline, (REASON,), tone="bad"),
        )

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found = await self._differences.still_open(page)
        names = await self.desk.names(one.owner for one in found.items)
        head = (Text("日期", "Day"), *HEAD)
        rows = tuple(Row((_day_link(one), *cells_of(one, names)), href_of(one)) for one in found.items)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None)
        empty = Text("没有待处理的差异。", "Nothing is to be put right.")
        return Listing(Table(head, rows, empty=empty, next=more, aside=frozenset({2, 8})))

    async def detail(self, asked: Asked) -> Detail | None:
        one = await self._differences.one(asked.target)
        if one is None:
            return None
        done = one.resolution
        names = await self.desk.names([one.owner, *((done.by, done.approved_by) if done else ())])
        sections = [_sides(one, names)]
        if done is not None:
            sections.append(_resolution(one, names))
        words, tone = _STATES[one.state]
        title = Text(f"{_WHAT[one.what].zh} {one.reference}", f"{one.reference}: {_WHAT[one.what].en}")
        return Detail(title, tuple(sections), badge(one.state, tone, words), buttons=self._offered(asked, one))

    def _offered(self, asked: Asked, one: Difference) -> tuple[Button, ...]:
        if one.state is DifferenceState.RESOLVED:
            return ()
        if one.state is DifferenceState.PROPOSED:
            mine = one.resolution is not None and one.resolution.by == asked.viewer.actor
            return self.buttons(asked, one.id, *(("decline",) if mine else ("approve", "decline")))
        mine = one.owner == asked.viewer.actor
        options = tuple(Option(remedy.value, _REMEDIES[remedy]) for remedy in one.remedies)
        chosen = Field(_REMEDY.name, _REMEDY.label, _REMEDY.kind, options=options)
        resolve = (self.button("resolve", one.id, chosen, REASON),) if mine else ()
        taking = () if mine else (self.button("take", one.id),)
        return allowed(asked.viewer, *resolve, *taking, self.button("look", one.id))

    async def _take(self, asked: Asked) -> Reply:
        await self._differences.take(asked.viewer, asked.target, asked.key)
        return Done(Text("已领取。", "It is yours now."))

    async def _look(self, asked: Asked) -> Reply:
        one = await self._differences.look_again(asked.viewer, asked.target)
        if one.state is DifferenceState.RESOLVED:
            return Done(Text("两边已经一致。", "Both sides are alike now."))
        return Done(Text("网关的说法没有变。", "The gateway says what it said before."))

    async def _resolve(self, asked: Asked) -> Reply:
        remedy, reason = Remedy(asked["remedy"]), asked["reason"]
        one = await self._differences.resolve(asked.viewer, asked.target, remedy, reason, asked.key)
        if one.state is DifferenceState.PROPOSED:
            return Done(Text("已提交，等另一位同事批准。", "It waits for somebody else's approval."))
        return Done(Text("已处理。", "It is put right."))

    async def _approve(self, asked: Asked) -> Reply:
        await self._differences.approve(asked.viewer, asked.target, asked.key)
        return Done(Text("已批准并入账。", "Approved and booked."))

    async def _decline(self, asked: Asked) -> Reply:
        await self._differences.decline(asked.viewer, asked.target, asked["reason"], asked.key)
        return Done(Text("已退回。", "It went back."))


_REMEDY = Field(
    "remedy",
    Text("处理办法", "Remedy"),
    "select",
    options=tuple(
        Option(remedy.value, words) for remedy, words in _REMEDIES.items() if remedy is not Remedy.CAME_RIGHT
    ),
)


def href_of(one: Difference) -> str:
    return f"/admin/gateway-differences/{one.id}"


def _day_link(one: Difference) -> Cell:
    return link(one.day.isoformat(), f"/admin/gateway-days/{one.day.isoformat()}")


def cells_of(one: Difference, names: dict[str, str]) -> tuple[Cell, ...]:
    words, tone = _STATES[one.state]
    return (
        badge(one.what, "warn" if one.state in UNRESOLVED else "", _WHAT[one.what]),
        plain(KINDS[one.kind]),
        mono(one.reference),
        yuan(one.theirs_fen),
        yuan(one.ours_fen),
        yuan(one.gap),
        badge(one.state, tone, words),
        person(one.owner, names),
    )


def _sides(one: Difference, names: dict[str, str]) -> Facts:
    payer = link(f"…{one.citizen[-8:]}", f"/admin/citizens/{one.citizen}") if one.citizen else plain(None)
    return Facts.of(
        Text("两边的说法", "What each side says"),
        (Text("日期", "Day"), _day_link(one)),
        (Text("种类", "Kind"), plain(KINDS[one.kind])),
        (Text("单号", "Reference"), mono(one.reference)),
        (Text("网关单号", "Gateway's number"), mono(one.gateway_id)),
        (Text("网关金额", "Amount there"), yuan(one.theirs_fen)),
        (Text("网关状态", "State there"), mono(one.theirs_state)),
        (Text("本市金额", "Amount here"), yuan(one.ours_fen)),
        (Text("本市状态", "State here"), plain(_BOOKED[one.ours_state] if one.ours_state else None)),
        (Text("差额（网关多为正）", "Gap (more there: positive)"), yuan(one.gap)),
        (Text("付款人", "Payer"), payer),
        (Text("发现时间", "Found"), when(one.found_at)),
        (Text("经手人", "In hand"), person(one.owner, names)),
    )


def _resolution(one: Difference, names: dict[str, str]) -> Facts:
    done = one.resolution
    assert done is not None
    return Facts.of(
        Text("处理", "How it was put right"),
        (Text("办法", "Remedy"), plain(_REMEDIES[done.remedy])),
        (Text("理由", "Reason"), plain(done.reason or None)),
        (Text("处理人", "By"), person(done.by, names)),
        (Text("时间", "When"), when(done.at)),
        (Text("批准人", "Approved by"), person(done.approved_by, names)),
        (Text("转账", "Transfer"), mono(done.transfer)),
    )
