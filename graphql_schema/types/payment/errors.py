"""Named errors that most ways of paying share: of the ledger, of payments, of risk, of the gateway."""

from __future__ import annotations

import strawberry

from app.domains.payment.gateway import errors as gateway
from app.domains.payment.ledger import errors as ledger
from app.domains.payment.payments import errors as payments
from app.domains.payment.payments.model import Method, PaymentState
from app.domains.payment.risk import errors as risk
from graphql_schema.endpoint.outcomes import UserError, outcome
from graphql_schema.types.common import Money

strawberry.enum(Method, name="PaymentMethod")
strawberry.enum(PaymentState)


@outcome(ledger.InsufficientBalance, available=Money.of)
@strawberry.type(description="There is less on the account than is to be taken from it.")
class InsufficientBalance(UserError):
    available: Money


@outcome(ledger.BalanceTooHigh, most=Money.of)
@strawberry.type(description="More may not lie on the account.")
class BalanceTooHigh(UserError):
    most: Money


@outcome(ledger.AccountFrozen)
@strawberry.type(description="The account is frozen: nothing is taken from it.")
class AccountFrozen(UserError):
    pass


@outcome(ledger.AccountClosed)
@strawberry.type(description="The account is closed.")
class AccountClosed(UserError):
    pass


@outcome(ledger.AccountUnknown)
@strawberry.type(description="There is no such account: it was not opened yet.")
class AccountUnknown(UserError):
    pass


@outcome(payments.PaymentUnknown)
@strawberry.type(description="There is no such payment.")
class PaymentUnknown(UserError):
    pass


@outcome(payments.PaymentNotOpen, state=PaymentState)
@strawberry.type(description="The payment is in a state in which this cannot be done.")
class PaymentNotOpen(UserError):
    state: PaymentState


@outcome(payments.PaymentTooLate)
@strawberry.type(description="The time in which it could be confirmed is over.")
class PaymentTooLate(UserError):
    pass


@outcome(payments.MethodNotPossible, method=Method)
@strawberry.type(description="This cannot be paid in this way.")
class MethodNotPossible(UserError):
    method: Method


@outcome(risk.PaymentRefused)
@strawberry.type(description="The payment is refused. Whoever wants to know why calls the city's line.")
class PaymentRefused(UserError):
    pass


@outcome(risk.PayerBlocked)
@strawberry.type(description="Nothing is taken from this payer for now.")
class PayerBlocked(UserError):
    pass


@outcome(gateway.PaymentGatewayMissing)
@strawberry.type(description="The city has no payment gateway.")
class PaymentGatewayMissing(UserError):
    pass
