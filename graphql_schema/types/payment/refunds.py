"""What went back of a payment, as payer and payee see it."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.domains.payment.refunds import errors
from app.domains.payment.refunds import model as refunds
from app.domains.payment.refunds.model import Cause, RefundReason, RefundState, Way
from graphql_schema.endpoint.outcomes import UserError, outcome
from graphql_schema.types.common import Money, global_id

strawberry.enum(Cause, name="RefundCause", description="Who had it given back.")
strawberry.enum(RefundReason)
strawberry.enum(RefundState, description="STRANDED: nothing could take it, and the city's desk sees to it.")
strawberry.enum(Way, name="RefundWay", description="Where it goes: to where it came from, as far as that takes it.")


@outcome(errors.PaymentNotRefundable)
@strawberry.type(description="Nothing was captured with this payment.")
class PaymentNotRefundable(UserError):
    state: str


@outcome(errors.RefundTooHigh, left=Money.of)
@strawberry.type(description="More than is left of what was captured.")
class RefundTooHigh(UserError):
    left: Money


@outcome(errors.RefundTooLate)
@strawberry.type(description="A payee gives back within so many days; afterwards the city's desk does.")
class RefundTooLate(UserError):
    days: int


@strawberry.type(description="How much went which way.")
class RefundPart:
    way: Way
    amount: Money


@strawberry.type(description="A refund of a payment, in full or in part.")
class Refund:
    id: strawberry.ID
    payment_id: strawberry.ID
    amount: Money
    state: RefundState
    cause: Cause
    reason: RefundReason
    parts: list[RefundPart]
    asked_at: datetime
    settled_at: datetime | None = strawberry.field(description="When the gateway, or the desk, was done with it.")

    @classmethod
    def of(cls, one: refunds.Refund) -> Refund:
        parts = [RefundPart(way=part.way, amount=Money.of(refunds.sum_of(one, part))) for part in one.parts]
        return cls(
            id=strawberry.ID(global_id("Refund", one.id)),
            payment_id=strawberry.ID(global_id("Payment", one.payment)),
            amount=Money.of(one.amount),
            state=one.state,
            cause=one.cause,
            reason=one.reason,
            parts=parts,
            asked_at=one.at,
            settled_at=one.settled_at,
        )


@strawberry.type
class PaymentRefunded:
    refund: Refund
