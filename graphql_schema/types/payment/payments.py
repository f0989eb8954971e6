"""A payment as its payer and its payee see it."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.domains.identity.organisations.model import Tree
from app.domains.payment.payments import model as payments
from app.domains.payment.payments.model import Method, PayeeKind, PaymentState, Purpose
from graphql_schema.types.card import OrganisationName
from graphql_schema.types.common import Money, Node, global_id

strawberry.enum(PayeeKind)
strawberry.enum(Purpose, name="PaymentPurpose")


@strawberry.type(description="What a citizen pays, or has paid.")
class Payment(Node):
    number: str = strawberry.field(description="As it is printed on receipts.")
    payee: OrganisationName | None
    payee_kind: PayeeKind
    amount: Money
    refunded: Money = strawberry.field(description="What went back of it so far.")
    method: Method
    purpose: Purpose
    state: PaymentState
    order: str = strawberry.field(description="The payee's own number of it; empty when there is none.")
    reason: str = strawberry.field(description="Why it was not made, as a code; empty otherwise.")
    made_at: datetime
    until: datetime | None = strawberry.field(description="One that waits to be confirmed lapses then.")
    captured_at: datetime | None

    @classmethod
    def of(cls, one: payments.Payment, tree: Tree) -> Payment:
        return cls(
            id=global_id("Payment", one.id),
            number=one.number,
            payee=OrganisationName.of(one.payee.id, tree),
            payee_kind=one.payee.kind,
            amount=Money.of(one.amount),
            refunded=Money.of(one.back),
            method=one.method,
            purpose=one.purpose,
            state=one.state,
            order=one.order,
            reason=one.reason,
            made_at=one.made_at,
            until=one.until,
            captured_at=one.captured_at,
        )
