"""Bills as billers push them and see them."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from app.core.money import Money as Sum
from app.domains.payment.bills import model
from app.domains.payment.bills.model import BillState
from app.domains.payment.bills.pushing.model import Answer, TakenIn, ToldBill, ToldLine
from graphql_schema.types.common import Money
from graphql_schema.types.government.catalogue import SaidInput
from graphql_schema.types.payment.bills import BillEntry

strawberry.enum(TakenIn, name="PushedBillOutcome")


@strawberry.input(description="`amount` in yuan, as decimal digits; negative for a discount.")
class BillLineInput:
    text: SaidInput
    amount: str


@strawberry.input(description="A bill in one version. `holder` is the account's: who knows it may bind the account.")
class PushedBillInput:
    number: str
    version: int
    account: str
    holder: str
    reason: SaidInput
    lines: list[BillLineInput]
    due: date
    since: date | None = None
    until: date | None = None
    beneficiary: str = ""
    part_allowed: bool = False
    least: str = "0"
    replaces: str = ""

    def parsed(self) -> ToldBill:
        return ToldBill(
            number=self.number,
            version=self.version,
            account=self.account,
            holder=self.holder,
            lines=tuple(ToldLine(line.text.parsed(), line.amount) for line in self.lines),
            due=self.due,
            since=self.since,
            until=self.until,
            reason=self.reason.parsed(),
            beneficiary=self.beneficiary,
            part_allowed=self.part_allowed,
            least=self.least,
            replaces=self.replaces,
        )


@strawberry.type(description="The answer to one row. `code` names what is wrong with a refused one, `field` where.")
class PushedBillAnswer:
    number: str
    outcome: TakenIn
    code: str | None
    field: str | None

    @classmethod
    def of(cls, one: Answer) -> PushedBillAnswer:
        return cls(number=one.number, outcome=one.outcome, code=one.code, field=one.field)


@strawberry.type(description="A bill as its biller sees it.")
class PushedBill:
    number: str
    version: int
    state: BillState
    amount: Money
    paid: Money
    refunded: Money
    due: date
    being_paid: bool = strawberry.field(description="It takes no change until the payment has ended.")
    created_at: datetime
    changed_at: datetime
    history: list[BillEntry]

    @classmethod
    def of(cls, one: model.Bill) -> PushedBill:
        return cls(
            number=one.number,
            version=one.terms.version,
            state=one.state,
            amount=Money.of(Sum(one.terms.fen)),
            paid=Money.of(Sum(one.paid)),
            refunded=Money.of(Sum(one.refunded)),
            due=one.terms.due,
            being_paid=one.engaged is not None,
            created_at=one.created_at,
            changed_at=one.changed_at,
            history=[BillEntry.of(entry) for entry in one.history],
        )


@strawberry.type(description="One answer for each row, in their order; the rows that were taken in stand.")
class BillsPushed:
    answers: list[PushedBillAnswer]


@strawberry.type(description="As it stands now.")
class PushedBillWithdrawn:
    bill: PushedBill
