"""Amounts as they come in, and what is wrong with them."""

from __future__ import annotations

import strawberry

from app.core import money
from app.core.money import AmountFault, Currency, parse_money
from app.core.money import Money as Sum
from graphql_schema.endpoint.outcomes import UserError, outcome

strawberry.enum(AmountFault)


@strawberry.input(description="A decimal number as text, with two places at most, and its currency. Points are whole.")
class MoneyInput:
    amount: str
    currency: Currency = Currency.CNY

    def read(self, wanted: Currency | None = None) -> Sum:
        """Raises AmountInvalid, CurrencyWrong."""
        return parse_money(self.amount, self.currency, wanted=wanted)


@outcome(money.AmountInvalid)
@strawberry.type(description="What was written as an amount is none.")
class AmountInvalid(UserError):
    reason: AmountFault


@outcome(money.CurrencyWrong)
@strawberry.type(description="Another currency is wanted here.")
class CurrencyWrong(UserError):
    wanted: Currency
