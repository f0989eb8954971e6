"""The ledger: whether it is sound, what lies on accounts, and what each transfer entered."""

from __future__ import annotations

from app.admin.console.desk import Desk
from app.admin.console.pages import ADMINISTRATOR, AUDITOR, OPERATOR
from app.admin.console.parts import (
    Asked,
    Cell,
    Detail,
    Facts,
    Field,
    Finder,
    Listing,
    Row,
    Table,
    badge,
    figure,
    link,
    mono,
    plain,
    short_link,
    when,
)
from app.admin.console.rooms.payments import KINDS
from app.admin.console.texts import Text, spoken
from app.admin.console.view import RoomView
from app.core.ids import UUID
from app.core.messages import message
from app.core.money import Money
from app.core.paging import MOST, PageRequest
from app.domains.payment.ledger.errors import AccountUnknown
from app.domains.payment.ledger.model import (
    CITY,
    Account,
    AccountKind,
    AccountState,
    Balance,
    Line,
    Posting,
    Side,
    Transfer,
    TransferState,
)
from app.domains.payment.ledger.proof.model import Fault, Verdict

_ACCOUNTS = {
    AccountKind.WALLET: Text("钱包", "wallet"),
    AccountKind.POINTS: Text("积分", "points"),
    AccountKind.CREDIT: Text("信用欠款", "credit line"),
    AccountKind.PACKET: Text("红包", "red packet"),
    AccountKind.MERCHANT: Text("商户", "merchant"),
    AccountKind.BILLER: Text("缴费单位", "biller"),
    AccountKind.OPERATOR: Text("公交运营方", "transport operator"),
    AccountKind.CAUSE: Text("公益项目", "good cause"),
    AccountKind.FEES: Text("手续费收入", "fees"),
    AccountKind.ISSUED: Text("已发放积分", "points issued"),
    AccountKind.GATEWAY: Text("支付网关", "payment gateway"),
    AccountKind.BANK: Text("已付银行", "paid to banks"),
    AccountKind.SUSPENSE: Text("待查", "suspense"),
    AccountKind.LOSSES: Text("损失", "losses"),
    AccountKind.REDEEMED: Text("已收回积分", "points bought back"),
    AccountKind.BUDGET: Text("积分结算支出", "paid for points"),
}
_STATES = {
    AccountState.OPEN: ("good", Text("正常", "open")),
    AccountState.FROZEN: ("warn", Text("冻结", "frozen")),
    AccountState.CLOSED: ("", Text("已关闭", "closed")),
    TransferState.PENDING: ("warn", Text("待结", "pending")),
    TransferState.POSTED: ("good", Text("已入账", "posted")),
    TransferState.VOIDED: ("", Text("已作废", "voided")),
}
SIDES = {Side.DEBIT: Text("借", "debit"), Side.CREDIT: Text("贷", "credit")}
_HEAD = (
    Text("账户", "Account"),
    Text("类别", "Kind"),
    Text("余额", "Balance"),
    Text("待结", "Held"),
    Text("可用", "Available"),
    Text("状态", "State"),
)
_POSTINGS = (
    Text("时间", "When"),
    Text("转账", "Transfer"),
    Text("种类", "Kind"),
    Text("借贷", "Side"),
    Text("变动", "Change"),
    Text("之后", "After"),
    Text("对方", "Other side"),
)
_LINES = (Text("账户", "Account"), Text("借贷", "Side"), Text("提出", "Asked for"), Text("入账", "Entered"))
_FAULTS = (Text("规则", "Rule"), Text("位置", "Where"), Text("应为", "Expected"), Text("实为", "Found"))


class LedgerView(RoomView):
    noun = "ledger"
    label = Text("账本", "Ledger")
    lead = Text(
        "钱和积分的每一次变动都是一笔借贷相等的转账；每晚核验整本账。",
        "Whatever money and points do is a transfer whose debits equal its credits; all of it is proven each night.",
    )
    icon = "fa-scale-balanced"
    roles = frozenset({OPERATOR, AUDITOR, ADMINISTRATOR})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._ledger, self._proof = desk.services.payment.ledger, desk.services.payment.proof
        which = Field(
            "which",
            Text("账户、转账或所有者编号", "Account, transfer, or its owner's id"),
            hint=Text("例如 fees:city:CNY", "Such as fees:city:CNY"),
            most=80,
        )
        self.finder = Finder((which,), self._find, Text("账本里没有这个编号。", "The ledger knows nothing by this id."))

    def subject_of(self, target: str) -> str | None:
        """Whose account it is, when it is a citizen's."""
        owner = target.split(":")[1] if target.count(":") == 2 else ""
        return owner if UUID.fullmatch(owner) else None

    async def listing(self, asked: Asked, page: PageRequest) -> Listing:
        owner = asked["owner"] or CITY
        rows = tuple(self._account(one) for one in await self._ledger.of_owner(owner))
        title = Text("全市账户", "Accounts of the city") if owner == CITY else owner
        empty = Text("没有账户。", "No accounts.")
        verdict = await self._proof.last()
        sections: tuple[Facts | Table, ...] = (_proven(verdict),)
        if verdict and verdict.faults:
            faults = tuple(map(_fault, verdict.faults))
            sections += (Table(_FAULTS, faults, Text("发现的问题", "What was found")),)
        field = Field("owner", Text("所有者编号", "Owner's id"), required=False, value=asked["owner"], most=80)
        return Listing(Table(_HEAD, rows, title, empty, aside=frozenset({3})), sections, (field,))

    async def detail(self, asked: Asked) -> Detail | None:
        transfer = await self._ledger.transfer(asked.target)
        if transfer is not None:
            return _transfer(transfer)
        balance = await self._balance(asked.target)
        if balance is None:
            return None
        account = balance.account
        page = await self._ledger.statement(account, PageRequest(MOST))
        rows = tuple(self._posting(one) for one in page.items)
        title = Text(f"最近 {MOST} 条分录", f"The newest {MOST} postings")
        table = Table(_POSTINGS, rows, title, aside=frozenset({3, 6}))
        return Detail(account.id, (_facts(balance), table), _state(balance.state))

    async def _balance(self, id_: str) -> Balance | None:
        try:
            return await self._ledger.balance(Account.parse(id_))
        except (ValueError, AccountUnknown):
            return None

    async def _find(self, asked: Asked) -> str | None:
        which = asked["which"]
        if await self._ledger.transfer(which) or await self._balance(which):
            return self.here(which)
        return f"{self.here()}?owner={which}" if await self._ledger.of_owner(which) else None

    def _account(self, one: Balance) -> Row:
        account = one.account
        cells = (mono(account.id), plain(_ACCOUNTS[account.kind]), _sum(one.posted), _sum(one.held))
        return Row((*cells, _sum(one.available), _state(one.state)), self.here(account.id))

    def _posting(self, one: Posting) -> Row:
        after = Money(one.after, one.account.currency) if one.after is not None else None
        other = link(one.other, self.here(one.other)) if one.other else plain(None)
        cells = (when(one.at), short_link(one.transfer, self.here(one.transfer)), plain(KINDS[one.kind]))
        return Row((*cells, plain(SIDES[one.side]), _sum(one.change), _sum(after), other))


def _proven(verdict: Verdict | None) -> Facts:
    title = Text("最近一次核验", "Last proof")
    if verdict is None:
        return Facts.of(title, (Text("结论", "It found"), plain(Text("还没有核验过", "not proven yet"))))
    sound = Text("完好", "sound")
    broken = Text(f"{verdict.counted} 处不符", f"{verdict.counted} faults")
    return Facts.of(
        title,
        (Text("时间", "When"), when(verdict.at)),
        (Text("结论", "It found"), badge("sound", "good", sound) if verdict.sound else badge("broken", "bad", broken)),
        (Text("账户", "Accounts"), figure(f"{verdict.accounts:,}")),
        (Text("转账", "Transfers"), figure(f"{verdict.transfers:,}")),
        (Text("分录", "Postings"), figure(f"{verdict.postings:,}")),
    )


def _fault(one: Fault) -> Row:
    said = message(f"LEDGER_{one.wrong.name}", spoken())
    numbers = (figure(one.expected), figure(one.found)) if one.expected != one.found else (plain(None), plain(None))
    return Row((plain(said), mono(one.where), *numbers))


def _facts(one: Balance) -> Facts:
    account = one.account
    return Facts.of(
        Text("账户", "The account"),
        (Text("类别", "Kind"), plain(_ACCOUNTS[account.kind])),
        (Text("所有者", "Owner"), mono(account.owner)),
        (Text("余额", "Balance"), _sum(one.posted)),
        (Text("待结", "Held"), _sum(one.held)),
        (Text("可用", "Available"), _sum(one.available)),
        (Text("增加于", "Grows by"), plain(SIDES[account.side])),
    )


def _transfer(one: Transfer) -> Detail:
    facts = Facts.of(
        Text("转账", "The transfer"),
        (Text("种类", "Kind"), plain(KINDS[one.kind])),
        (Text("关于", "About"), mono(one.about)),
        (Text("提出", "Asked for"), when(one.at)),
        (Text("结清", "Settled"), when(one.settled_at)),
        (Text("保留至", "Held until"), when(one.until)),
        (Text("冲回", "Takes back"), mono(one.reverses)),
    )
    entered = {(line.account, line.side): line for line in one.posted}
    rows = tuple(_line(line, entered.get((line.account, line.side))) for line in one.lines)
    return Detail(one.id, (facts, Table(_LINES, rows, Text("分录", "Lines"))), _state(one.state))


def _line(line: Line, entered: Line | None) -> Row:
    account = line.account
    cell = link(account.id, f"/admin/ledger/{account.id}")
    put = Money(entered.fen, account.currency) if entered else None
    return Row((cell, plain(SIDES[line.side]), _sum(Money(line.fen, account.currency)), _sum(put)))


def _sum(money: Money | None) -> Cell:
    return figure(f"{money.amount:,} {money.currency.value}" if money else None)


def _state(state: AccountState | TransferState) -> Cell:
    tone, text = _STATES[state]
    return badge(state, tone, text)
