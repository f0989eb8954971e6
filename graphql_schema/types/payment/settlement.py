"""What an organisation is paid for what citizens paid it: settlements by day, and the statement line by line."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from app.core.money import Currency
from app.core.money import Money as Sum
from app.domains.payment.ledger.model import TransferKind
from app.domains.payment.payments.model import PayeeKind
from app.domains.payment.settlement.model import Settlement as Kept
from app.domains.payment.settlement.model import SettlementLine as Line
from app.domains.payment.settlement.model import SettlementState
from app.domains.payment.settlement.statements.model import StatementRow
from graphql_schema.types.common import Money, global_id
from graphql_schema.types.payment import money

strawberry.enum(
    SettlementState,
    description="PAYING: on its way to the bank. RETURNED, HELD, CARRIED: the next settlement takes it up, because the "
    "bank refused it, because nothing is paid out for now, or because more went back than came in.",
)


@strawberry.type(description="What came of one kind of entries that day.")
class SettlementLine:
    kind: TransferKind
    count: int
    gross: Money = strawberry.field(description="What payers paid; less than nothing when it went back to them.")
    fee: Money = strawberry.field(description="What the city kept of it, or gave back.")
    net: Money

    @classmethod
    def of(cls, line: Line) -> SettlementLine:
        return cls(
            kind=line.kind,
            count=line.count,
            gross=Money.of(Sum(line.gross)),
            fee=Money.of(Sum(line.fee)),
            net=Money.of(Sum(line.net)),
        )


@strawberry.type(description="What is paid out for what came in up to the end of a civil day.")
class Settlement:
    id: strawberry.ID
    kind: PayeeKind
    day: date
    since: datetime
    until: datetime
    lines: list[SettlementLine]
    carried: Money = strawberry.field(description="What settlements before left over.")
    total: Money
    state: SettlementState
    reason: str | None = strawberry.field(description="Why it was returned or held: a code.")
    made_at: datetime
    paid_at: datetime | None

    @classmethod
    def of(cls, one: Kept) -> Settlement:
        return cls(
            id=global_id("Settlement", one.id),
            kind=one.payee.kind,
            day=one.day,
            since=one.since,
            until=one.until,
            lines=[SettlementLine.of(line) for line in one.lines],
            carried=Money.of(Sum(one.carried)),
            total=Money.of(Sum(one.total)),
            state=one.state,
            reason=one.reason or None,
            made_at=one.at,
            paid_at=one.ended_at if one.state is SettlementState.PAID else None,
        )


@strawberry.type(description="One entry of the statement, with the payment it belongs to.")
class MerchantStatementLine:
    at: datetime
    kind: TransferKind
    gross: Money
    fee: Money
    net: Money
    payment_id: strawberry.ID | None
    number: str | None
    order: str | None
    method: str | None
    points: Money | None = strawberry.field(description="What the city paid for with it, where it bought points back.")

    @classmethod
    def of(cls, row: StatementRow) -> MerchantStatementLine:
        return cls(
            at=row.at,
            kind=row.kind,
            gross=Money.of(Sum(row.gross)),
            fee=Money.of(Sum(row.fee)),
            net=Money.of(Sum(row.net)),
            payment_id=global_id("Payment", row.payment) if row.payment else None,
            number=row.number or None,
            order=row.order or None,
            method=row.method or None,
            points=Money.of(Sum(row.points, Currency.POINTS)) if row.points is not None else None,
        )


@strawberry.type(description="For a spreadsheet: CSV in UTF-8 with a byte order mark.")
class MerchantStatementFile:
    name: str
    text: str


__all__ = ["MerchantStatementFile", "MerchantStatementLine", "Settlement", "SettlementLine", "money"]
