"""Bills, the accounts they come on, auto-pay and receipts, as citizens see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import strawberry

from app.core.money import Money as Sum
from app.core.said import Said
from app.domains.identity.organisations.model import Tree
from app.domains.payment.bills import model
from app.domains.payment.bills.accounts.model import Account
from app.domains.payment.bills.auto_pay import model as auto_pay
from app.domains.payment.bills.auto_pay.model import RunState
from app.domains.payment.bills.billers import model as billers
from app.domains.payment.bills.billers.model import Alphabet, BillKind
from app.domains.payment.bills.bound.model import Bound
from app.domains.payment.bills.model import BillState, BillStep
from app.domains.payment.bills.paying.model import Choice, Paying
from app.domains.payment.bills.receipts import model as receipts
from app.domains.payment.bills.receipts.service import ReceiptService
from app.domains.payment.payments.model import Method
from graphql_schema.types.common import Info, Money, Node, global_id, key_of
from graphql_schema.types.payment.money import MoneyInput
from graphql_schema.types.payment.payments import Payment
from graphql_schema.types.uploads import SignedLink

strawberry.enum(BillKind)
strawberry.enum(BillState)
strawberry.enum(BillStep)
strawberry.enum(Alphabet, name="AccountAlphabet")
strawberry.enum(RunState, name="AutoPayState")


@strawberry.type(description="Who sends bills: an organisation with one kind of them.")
class Biller:
    code: str
    kind: BillKind
    name: str
    account_name: str = strawberry.field(description="What the biller calls the number, such as “customer number”.")
    shortest: int = strawberry.field(description="Of an account number, in characters.")
    longest: int
    alphabet: Alphabet
    example: str

    @classmethod
    def of(cls, one: billers.Biller, locale: str) -> Biller:
        rule = one.number
        return cls(
            code=one.id,
            kind=one.kind,
            name=one.name.within(locale),
            account_name=one.account_name.within(locale),
            shortest=rule.shortest,
            longest=rule.longest,
            alphabet=rule.alphabet,
            example=rule.example,
        )


@strawberry.type(description="That the bills of an account are paid by themselves, up to a cap each.")
class AutoPay:
    cap: Money
    method: Method
    since: datetime

    @classmethod
    def of(cls, one: auto_pay.AutoPay) -> AutoPay:
        return cls(cap=Money.of(Sum(one.cap)), method=one.method, since=one.since)


@strawberry.type(description="What auto-pay does about a bill.")
class AutoPayRun:
    state: RunState
    pay_on: date
    amount: Money = strawberry.field(description="As it was announced.")
    code: str | None = strawberry.field(description="Why the last try came to nothing.")

    @classmethod
    def of(cls, run: auto_pay.Run) -> AutoPayRun:
        return cls(state=run.state, pay_on=run.pay_on, amount=Money.of(Sum(run.fen)), code=run.code)


@strawberry.type(description="An account at a biller, as a citizen has bound it. Others may have bound it, too.")
class BillerAccount(Node):
    biller: Biller | None
    number: str = strawberry.field(description="Its last digits.")
    label: str = strawberry.field(description="The citizen's own word for it.")
    bound_at: datetime
    auto_pay: AutoPay | None


@strawberry.type
class BillLine:
    text: str
    amount: Money

    @classmethod
    def all(cls, lines: tuple[model.BillLine, ...], locale: str) -> list[BillLine]:
        return [cls(text=line.text.within(locale), amount=Money.of(Sum(line.fen))) for line in lines]


@strawberry.type(description="Something that happened to a bill. `amount`: what was asked for, or paid.")
class BillEntry:
    what: BillStep
    at: datetime
    version: int
    amount: Money
    due: date

    @classmethod
    def of(cls, one: model.BillEntry) -> BillEntry:
        return cls(what=one.what, at=one.at, version=one.version, amount=Money.of(Sum(one.fen)), due=one.due)


@strawberry.type(description="What a biller asks for, in the version that holds now.")
class Bill(Node):
    biller: Biller | None
    kind: BillKind
    number: str = strawberry.field(description="The biller's own.")
    version: int = strawberry.field(description="To be named when it is paid, so that no other one is paid than seen.")
    account_id: strawberry.ID | None
    label: str = strawberry.field(description="Of the account it came on.")
    reason: str
    beneficiary: str = strawberry.field(description="For whom, such as which child; empty when it is not said.")
    since: date | None
    until: date | None
    lines: list[BillLine]
    amount: Money
    paid: Money
    refunded: Money = strawberry.field(description="What went back of what was paid.")
    remaining: Money = strawberry.field(description="Nothing once it is paid or taken back.")
    due: date
    overdue: bool
    part_allowed: bool
    least: Money = strawberry.field(description="The smallest part that is taken; the rest may be less.")
    state: BillState
    being_paid: bool
    auto_pay: AutoPayRun | None
    history: list[BillEntry]


@dataclass(frozen=True, slots=True)
class Seen:
    """With what bills are put into words: billers by code, the citizen's accounts by account, what auto-pay does by
    bill, today.
    """

    billers: Mapping[str, billers.Biller]
    bound: Mapping[str, Bound]
    allowed: Mapping[str, auto_pay.AutoPay]
    runs: Mapping[str, auto_pay.Run]
    today: date
    locale: str

    def biller(self, code: str) -> Biller | None:
        found = self.billers.get(code)
        return Biller.of(found, self.locale) if found else None

    def account(self, bound: Bound, account: Account) -> BillerAccount:
        allowed = self.allowed.get(account.id)
        return BillerAccount(
            id=global_id("BillerAccount", bound.id),
            biller=self.biller(bound.biller),
            number=account.masked,
            label=bound.label or "",
            bound_at=bound.at,
            auto_pay=AutoPay.of(allowed) if allowed else None,
        )

    def bill(self, one: model.Bill) -> Bill:
        bound, run, terms = self.bound.get(one.account), self.runs.get(one.id), one.terms
        return Bill(
            id=global_id("Bill", one.id),
            biller=self.biller(one.biller),
            kind=one.kind,
            number=one.number,
            version=terms.version,
            account_id=global_id("BillerAccount", bound.id) if bound else None,
            label=(bound.label or "") if bound else "",
            reason=terms.reason.within(self.locale),
            beneficiary=terms.beneficiary,
            since=terms.since,
            until=terms.until,
            lines=BillLine.all(terms.lines, self.locale),
            amount=Money.of(Sum(terms.fen)),
            paid=Money.of(Sum(one.paid)),
            refunded=Money.of(Sum(one.refunded)),
            remaining=Money.of(one.owed),
            due=terms.due,
            overdue=one.overdue(self.today),
            part_allowed=terms.part_allowed,
            least=Money.of(Sum(terms.least)),
            state=one.state,
            being_paid=one.engaged is not None,
            auto_pay=AutoPayRun.of(run) if run else None,
            history=[BillEntry.of(entry) for entry in one.history],
        )


@strawberry.type(description="What can be paid, all together.")
class BillsOwed:
    count: int
    amount: Money


@strawberry.input(description="A bill to be paid, as it was seen. Without an amount, all that remains.")
class BillChoiceInput:
    bill_id: strawberry.ID
    version: int
    amount: MoneyInput | None = None

    def parsed(self) -> Choice:
        """Raises BadInput, AmountInvalid, CurrencyWrong."""
        fen = self.amount.read(Sum(0).currency).fen if self.amount else None
        return Choice(key_of(self.bill_id, "Bill"), self.version, fen)


@strawberry.type(description="The payment of a bill. At the gateway it is paid at `payAt`; null there: ask again.")
class BillPayment:
    payment: Payment
    bill_id: strawberry.ID
    pay_at: str | None

    @classmethod
    def of(cls, one: Paying, tree: Tree) -> BillPayment:
        return cls(
            payment=Payment.of(one.payment, tree), bill_id=global_id("Bill", one.payment.about), pay_at=one.pay_at
        )


@strawberry.type(description="A receipt: written when a bill was paid, and never changed.")
class BillReceipt(Node):
    number: str
    biller: str
    kind: BillKind
    bill_number: str
    reason: str
    beneficiary: str
    account: str = strawberry.field(description="The number at the biller, whole.")
    since: date | None
    until: date | None
    lines: list[BillLine]
    amount: Money = strawberry.field(description="What was paid.")
    whole: Money = strawberry.field(description="What the bill asked for: more than the amount when a part was paid.")
    refunded: Money = strawberry.field(description="What went back of it by now.")
    method: Method
    paid_at: datetime
    check_at: str = strawberry.field(description="Where anybody who holds it sees that it is genuine; its QR says it.")
    refused: bool = strawberry.field(description="The biller did not take the payment: it is given back.")
    receipt: strawberry.Private[receipts.Receipt]

    @strawberry.field(description="The receipt as PDF, for five minutes.")
    def pdf(self, info: Info) -> SignedLink:
        url, until = info.context.services.payment.bills.receipts.link(self.receipt)
        return SignedLink(url=url, expires_at=until)

    @classmethod
    def of(cls, one: receipts.Receipt, refunded: int, service: ReceiptService, locale: str) -> BillReceipt:
        content = one.content or receipts.ReceiptContent((), Said(""), "", "")
        return cls(
            id=global_id("BillReceipt", one.id),
            number=one.number,
            biller=one.biller_name.within(locale),
            kind=one.kind,
            bill_number=one.bill_number,
            reason=content.reason.within(locale),
            beneficiary=content.beneficiary,
            account=content.account,
            since=one.since,
            until=one.until,
            lines=BillLine.all(content.lines, locale),
            amount=Money.of(one.amount),
            whole=Money.of(Sum(one.whole)),
            refunded=Money.of(Sum(refunded)),
            method=one.method,
            paid_at=one.at,
            check_at=service.check_at(one),
            refused=one.refused,
            receipt=one,
        )


@strawberry.type
class BillerAccountKept:
    account: BillerAccount


@strawberry.type(description="Its bills are not yours any more; the receipts of what you paid stay.")
class BillerAccountUnbound:
    id: strawberry.ID


@strawberry.type(description="`silent` are billers that did not answer: what is known of their bills may be old.")
class BillsRefreshed:
    silent: list[Biller]


@strawberry.type(description="All of them, or none. Those at the gateway wait to be paid there.")
class BillsPaid:
    payments: list[BillPayment]


@strawberry.type
class AutoPayAllowed:
    auto_pay: AutoPay


@strawberry.type
class AutoPayEnded:
    account_id: strawberry.ID


@strawberry.type
class AutoPaySkipped:
    run: AutoPayRun
