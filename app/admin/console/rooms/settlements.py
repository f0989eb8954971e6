"""Settlements at the desk: each day's round, what every payee is paid, and where it is paid out to."""

from __future__ import annotations

from datetime import date

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
    Finder,
    Listing,
    Option,
    Reply,
    Row,
    Table,
    badge,
    figure,
    hidden,
    link,
    mono,
    person,
    plain,
    when,
    yuan,
)
from app.admin.console.texts import Text
from app.admin.console.view import RoomView, allowed
from app.core.errors import BadInput
from app.core.paging import PageRequest
from app.domains.payment.ledger.model import TransferKind
from app.domains.payment.payments.model import PayeeKind
from app.domains.payment.settlement.errors import PayeeUnknown
from app.domains.payment.settlement.model import LEFT_OVER, Payee, Settlement, SettlementLine, SettlementState
from app.domains.payment.settlement.payees.model import PayeeAccount, PayeeProfile
from app.domains.payment.settlement.service import SettlementDay

_KINDS = {
    PayeeKind.MERCHANT: Text("商户", "merchant"),
    PayeeKind.BILLER: Text("收费单位", "biller"),
    PayeeKind.OPERATOR: Text("交通运营", "operator"),
}
_STATES = {
    SettlementState.PAYING: (Text("付款中", "on its way"), "busy"),
    SettlementState.PAID: (Text("已到账", "paid"), "good"),
    SettlementState.RETURNED: (Text("银行退回", "returned"), "bad"),
    SettlementState.HELD: (Text("暂扣", "held"), "warn"),
    SettlementState.CARRIED: (Text("结转下次", "carried over"), ""),
}
_REASONS = {
    "NO_ACCOUNT": Text("没有银行账户", "no bank account"),
    "STOPPED": Text("已停止付款", "payouts are stopped"),
    "NO_GATEWAY": Text("没有支付网关", "no payment gateway"),
    "ACCOUNT_CLOSED": Text("账户已销", "account closed"),
    "NAME_DIFFERS": Text("户名不符", "another holder"),
    "STRAY": Text("不再需要", "not waited for any more"),
    "BANK_REFUSED": Text("银行拒收", "refused by the bank"),
}
_LINES = {
    TransferKind.PAYMENT: Text("收款", "Payments"),
    TransferKind.REFUND: Text("退款", "Refunds"),
    TransferKind.REVERSAL: Text("撤销", "Reversals"),
    TransferKind.CHARGEBACK: Text("争议退款", "Chargebacks"),
    TransferKind.CORRECTION: Text("更正", "Corrections"),
    TransferKind.REDEMPTION: Text("积分结算", "Points bought back"),
}
_DAY_HEAD = (
    Text("日期", "Day"),
    Text("结算笔数", "Settlements"),
    Text("应付合计", "Total"),
    Text("已到账", "Paid"),
    Text("未到账", "Not yet"),
    Text("完成时间", "Round done"),
)
_HEAD = (
    Text("日期", "Day"),
    Text("收款单位", "Payee"),
    Text("笔数", "Entries"),
    Text("手续费", "Fees"),
    Text("上次结转", "Carried"),
    Text("应付", "Total"),
    Text("状态", "State"),
)
_LINE_HEAD = (
    Text("种类", "Kind"),
    Text("笔数", "Entries"),
    Text("金额", "Gross"),
    Text("手续费", "Fee"),
    Text("净额", "Net"),
)
_ACCOUNT = (
    Field("number", Text("银行账号", "Account number"), most=40),
    Field("holder", Text("户名", "Holder"), most=80),
)
_SHOWN = (hidden("proposal"),)


class SettlementDaysView(RoomView):
    noun = "settlement-days"
    label = Text("结算日", "Settlement days")
    lead = Text(
        "每天凌晨结算前一天的收款，付到各单位的银行账户。", "Each night the day before is settled and paid out."
    )
    icon = "fa-calendar-check"
    live = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._settlements = desk.services.payment.settlement.settlements
        self._settling = desk.services.payment.settlement.settling
        note = Text("补做这一天漏掉的；已结算的不变。", "Settles what was left out; what is settled stays.")
        self.offers(Action("run", Text("补做结算", "Run again"), OPERATORS, self._run, note=note, icon="fa-rotate"))

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found = await self._settlements.days(page)
        rows = tuple(Row(_day_cells(one), self.here(one.id)) for one in found.items)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None)
        return Listing(Table(_DAY_HEAD, rows, empty=Text("还没有结算过。", "Nothing was settled yet."), next=more))

    async def detail(self, asked: Asked) -> Detail | None:
        day = _day(asked.target)
        one = await self._settlements.day(day) if day else None
        if one is None or day is None:
            return None
        found = await self._settlements.of_day(day, PageRequest(100))
        rows = tuple(Row(cells_of(each, self.desk), _href(each)) for each in found.items)
        sums = tuple(
            Row((badge(each.state, _STATES[each.state][1], _STATES[each.state][0]), figure(each.count), yuan(each.fen)))
            for each in one.sums
        )
        head = (Text("状态", "State"), Text("笔数", "Settlements"), Text("金额", "Amount"))
        tables = (Table(head, sums, Text("合计", "Together")), Table(_HEAD, rows, Text("各单位", "By payee")))
        return Detail(one.id, tables, buttons=self.buttons(asked, one.id, "run"))

    async def _run(self, asked: Asked) -> Reply:
        done = await self._settling.settle(_of_day(asked))
        zh, en = (f"，{done.failed} 家没有成功", f", {done.failed} payees failed") if done.failed else ("", "")
        return Done(Text(f"新结算 {done.made} 笔{zh}。", f"{done.made} settlements made{en}."))


class SettlementsView(RoomView):
    noun = "settlements"
    label = Text("结算单", "Settlements")
    lead = Text(
        "没有付出去的：暂扣、退回、结转的都在下次结算时一并计入。", "Held, returned, carried: taken up by the next one."
    )
    icon = "fa-money-bill-transfer"
    live = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._settlements = desk.services.payment.settlement.settlements
        self._settling = desk.services.payment.settlement.settling
        note = Text("不等下次结算，现在就付。", "Now, rather than with the next settlement.")
        self.offers(Action("pay", Text("立即付款", "Pay now"), OPERATORS, self._pay, note=note, tone="good"))

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        wanted = asked["state"] if asked["state"] in set(SettlementState) else SettlementState.RETURNED.value
        found = await self._settlements.in_state(SettlementState(wanted), page)
        rows = tuple(Row(cells_of(one, self.desk), self.here(one.id)) for one in found.items)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None, {"state": wanted})
        options = tuple(Option(state.value, words) for state, (words, _) in _STATES.items())
        chosen = Field("state", Text("状态", "State"), "select", options=options, value=wanted)
        empty = Text("没有这样的结算单。", "No settlement is like that.")
        return Listing(Table(_HEAD, rows, empty=empty, next=more), filters=(chosen,))

    async def detail(self, asked: Asked) -> Detail | None:
        one = await self._settlements.one(asked.target)
        if one is None:
            return None
        words, tone = _STATES[one.state]
        lines = Table(_LINE_HEAD, tuple(Row(_line_cells(line)) for line in one.lines), Text("明细", "Lines"))
        open_ = one.state in (SettlementState.RETURNED, SettlementState.HELD) and one.carried_into is None
        buttons = self.buttons(asked, one.id, "pay") if open_ and one.total > 0 else ()
        return Detail(one.id, (_facts(one), lines), badge(one.state, tone, words), buttons=buttons)

    async def _pay(self, asked: Asked) -> Reply:
        await self._settling.pay(asked.viewer, asked.target, asked.key)
        return Done(Text("已交给网关。", "It was handed to the gateway."))


class PayeesView(RoomView):
    noun = "payees"
    label = Text("收款账户", "Payees' accounts")
    lead = Text(
        "一人登记、银行核对、另一人批准后才付款到这个账户。",
        "One enters an account, the bank confirms it, another approves: then it is paid out to.",
    )
    icon = "fa-building-columns"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._payees = desk.services.payment.settlement.payees
        self._settlements = desk.services.payment.settlement.settlements
        asked = Text("登记后由另一位同事批准；账号只显示末四位。", "Somebody else approves; four digits are shown.")
        held = Text("停止后应付款暂扣，逐日结转。", "What is owed is held and carried from day to day.")
        self.offers(
            Action("propose", Text("登记账户", "Enter an account"), OPERATORS, self._propose, _ACCOUNT, asked),
            Action("approve", Text("批准账户", "Approve"), OPERATORS, self._approve, _SHOWN, tone="good"),
            Action("stop", Text("停止付款", "Stop payouts"), OPERATORS, self._stop, (REASON,), held, "bad"),
            Action("resume", Text("恢复付款", "Resume payouts"), OPERATORS, self._resume, tone="good"),
        )
        kinds = tuple(Option(kind.value, words) for kind, words in _KINDS.items())
        fields = (
            Field("kind", Text("类别", "Kind"), "select", options=kinds),
            Field("organisation", Text("单位代码", "Organisation"), most=64, pattern=r"[0-9A-Za-z._-]+"),
        )
        self.finder = Finder(fields, self._find, Text("没有这个单位。", "There is no such organisation."))

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        found = await self._payees.page(page)
        head = (
            Text("收款单位", "Payee"),
            Text("账户", "Account"),
            Text("待批准", "To approve"),
            Text("付款", "Payouts"),
        )
        rows = tuple(Row(_payee_cells(one, self.desk), self.here(one.id)) for one in found.items)
        more = self.next_page(found.has_next, found.items[-1].id if found.items else None)
        return Listing(Table(head, rows, empty=Text("还没有登记账户。", "No account was entered yet."), next=more))

    async def detail(self, asked: Asked) -> Detail | None:
        payee = _payee(asked.target)
        if payee is None:
            return None
        one = await self._payees.one(payee)
        made = await self._settlements.of_payee(payee, PageRequest(31))
        accounts = [each for each in (one.account, one.proposed) if each]
        names = await self.desk.names(name for each in accounts for name in (each.by, each.approved_by))
        sections = [
            _account_facts(title, each, names)
            for title, each in (
                (Text("付款账户", "Paid out to"), one.account),
                (Text("待批准的账户", "Waits for approval"), one.proposed),
            )
            if each
        ]
        rows = tuple(Row(cells_of(each, self.desk), _href(each)) for each in made.items)
        table = Table(_HEAD, rows, Text("结算单", "Settlements"), Text("还没有结算。", "Nothing was settled yet."))
        return Detail(one.id, (*sections, table), _payouts(one), one.stopped or "", self._offered(asked, one))

    def _offered(self, asked: Asked, one: PayeeProfile) -> tuple[Button, ...]:
        offered = [self.button("propose", one.id), self.button("resume" if one.stopped else "stop", one.id)]
        if one.proposed and one.proposed.by != asked.viewer.actor:
            offered.insert(0, self.button("approve", one.id, proposal=one.proposed.id))
        return allowed(asked.viewer, *offered)

    async def _find(self, asked: Asked) -> str | None:
        kind, code = asked["kind"], asked["organisation"]
        known = kind in set(PayeeKind) and self.desk.services.organisations.tree.get(code)
        return self.here(f"{kind}:{code}") if known else None

    async def _propose(self, asked: Asked) -> Reply:
        await self._payees.propose(asked.viewer, _named(asked), asked["number"], asked["holder"], asked.key)
        return Done(Text("银行已核对，等另一位同事批准。", "The bank confirms it; somebody else approves now."))

    async def _approve(self, asked: Asked) -> Reply:
        await self._payees.approve(asked.viewer, _named(asked), asked["proposal"], asked.key)
        return Done(Text("账户已启用。", "It is paid out to from now on."))

    async def _stop(self, asked: Asked) -> Reply:
        await self._payees.stop(asked.viewer, _named(asked), asked["reason"], asked.key)
        return Done(Text("已停止付款。", "Payouts are stopped."))

    async def _resume(self, asked: Asked) -> Reply:
        await self._payees.stop(asked.viewer, _named(asked), None, asked.key)
        return Done(Text("已恢复付款。", "Payouts go on."))


def cells_of(one: Settlement, desk: Desk) -> tuple[Cell, ...]:
    words, tone = _STATES[one.state]
    return (
        link(one.day.isoformat(), _href(one)),
        _payee_link(one.payee, desk),
        figure(one.counted()),
        yuan(one.fees),
        yuan(one.carried),
        yuan(one.total),
        badge(one.state, tone, words),
    )


def _payee_link(payee: Payee, desk: Desk) -> Cell:
    """By name, where the tree knows it."""
    name, kind = desk.organisation(payee.organisation), _KINDS[payee.kind]
    return link(Text(f"{name}（{kind.zh}）", f"{name} ({kind.en})"), f"/admin/payees/{payee.id}")


def _payee(text: str) -> Payee | None:
    try:
        return Payee.parse(text)
    except ValueError:
        return None


def _named(asked: Asked) -> Payee:
    """Raises PayeeUnknown."""
    found = _payee(asked.target)
    if found is None:
        raise PayeeUnknown
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _of_day(asked: Asked) -> date:
    """Raises BadInput."""
    day = _day(asked.target)
    if day is None:
        raise BadInput(field="day")
    return day


def _href(one: Settlement) -> str:
    return f"/admin/settlements/{one.id}"


def _day_cells(one: SettlementDay) -> tuple[Cell, ...]:
    paid = sum(each.fen for each in one.sums if each.state is SettlementState.PAID)
    whole = sum(each.fen for each in one.sums)
    count = sum(each.count for each in one.sums)
    return (
        link(one.id, f"/admin/settlement-days/{one.id}"),
        figure(count),
        yuan(whole),
        yuan(paid),
        yuan(whole - paid),
        when(one.at),
    )


def _line_cells(line: SettlementLine) -> tuple[Cell, ...]:
    kind = _LINES.get(line.kind, line.kind.value)
    return (plain(kind), figure(line.count), yuan(line.gross), yuan(line.fee), yuan(line.net))


def _facts(one: Settlement) -> Facts:
    reason = _REASONS.get(one.reason, one.reason) if one.reason else None
    return Facts.of(
        Text("结算单", "The settlement"),
        (Text("收款单位", "Payee"), link(one.payee.id, f"/admin/payees/{one.payee.id}")),
        (Text("从", "From"), when(one.since) if one.seq > 1 else plain(Text("开始", "the beginning"))),
        (Text("到", "Until"), when(one.until)),
        (Text("上次结转", "Carried"), yuan(one.carried)),
        (Text("应付", "Total"), yuan(one.total)),
        (Text("原因", "Reason"), plain(reason)),
        (Text("第几次付款", "Tries"), figure(one.tries)),
        (Text("网关付款单", "Payout"), mono(one.payout)),
        (Text("结束时间", "Ended"), when(one.ended_at)),
        (Text("计入", "Taken up by"), _into(one)),
    )


def _into(one: Settlement) -> Cell:
    if one.carried_into is None:
        return plain(Text("待计入", "not yet") if one.state in LEFT_OVER else None)
    return link(one.carried_into, f"/admin/settlements/{one.carried_into}")


def _payee_cells(one: PayeeProfile, desk: Desk) -> tuple[Cell, ...]:
    return (
        _payee_link(one.payee, desk),
        mono(one.account.masked if one.account else None),
        mono(one.proposed.masked if one.proposed else None),
        _payouts(one),
    )


def _payouts(one: PayeeProfile) -> Cell:
    if one.stopped is not None:
        return badge("stopped", "bad", Text("已停止", "stopped"))
    return (
        badge("paid", "good", Text("正常", "paid out"))
        if one.account
        else badge("none", "warn", Text("无账户", "no account"))
    )


def _account_facts(title: Text, one: PayeeAccount, names: dict[str, str]) -> Facts:
    return Facts.of(
        title,
        (Text("账号", "Number"), mono(one.masked)),
        (Text("银行", "Bank"), plain(Text(one.bank, one.bank_en))),
        (Text("登记人", "Entered by"), person(one.by, names)),
        (Text("登记时间", "Entered"), when(one.at)),
        (Text("批准人", "Approved by"), person(one.approved_by, names)),
    )
