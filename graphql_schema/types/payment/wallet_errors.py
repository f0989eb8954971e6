"""Named errors of the wallet, its bank cards and statements."""

from __future__ import annotations

import strawberry

from app.domains.payment.wallet import errors as wallet
from app.domains.payment.wallet.cards import errors as cards
from app.domains.payment.wallet.statements import errors as statements
from app.domains.payment.wallet.top_ups import errors as top_ups
from graphql_schema.endpoint.outcomes import UserError, outcome
from graphql_schema.types.common import Money


@outcome(wallet.WalletNeedsRealName)
@strawberry.type(description="A wallet is somebody's by name: verify your identity first.")
class WalletNeedsRealName(UserError):
    pass


@outcome(wallet.WalletNotEmpty, balance=Money.of)
@strawberry.type(description="Something lies in the wallet, or is on its way.")
class WalletNotEmpty(UserError):
    balance: Money


@outcome(wallet.WalletNotOpen)
@strawberry.type(description="The wallet was never used.")
class WalletNotOpen(UserError):
    pass


@outcome(wallet.AmountOutOfBounds, least=Money.of, most=Money.of)
@strawberry.type(description="So little, or so much, is not moved at a time.")
class AmountOutOfBounds(UserError):
    least: Money
    most: Money


@outcome(top_ups.TopUpUnknown)
@strawberry.type(description="There is no such top-up.")
class TopUpUnknown(UserError):
    pass


@outcome(top_ups.TopUpSettled)
@strawberry.type(description="It was paid, or cannot be paid any more.")
class TopUpSettled(UserError):
    pass


@outcome(cards.CardNumberInvalid)
@strawberry.type(description="No bank card has such a number.")
class CardNumberInvalid(UserError):
    pass


@outcome(cards.CardNotYours)
@strawberry.type(description="The bank says that the card is not in your name, or is closed.")
class CardNotYours(UserError):
    pass


@outcome(cards.CardBoundAlready)
@strawberry.type(description="This card is bound.")
class CardBoundAlready(UserError):
    pass


@outcome(cards.BankCardUnknown)
@strawberry.type(description="There is no such card.")
class BankCardUnknown(UserError):
    pass


@outcome(cards.TooManyCards)
@strawberry.type(description="So many cards may be bound, and no more.")
class TooManyCards(UserError):
    most: int


@outcome(statements.StatementPeriodInvalid)
@strawberry.type(description="A statement is of one day to a year, up to today.")
class StatementPeriodInvalid(UserError):
    most: int


@outcome(statements.StatementTooLong)
@strawberry.type(description="There are more lines than one file holds: a shorter period is needed.")
class StatementTooLong(UserError):
    pass
