"""What can be wrong with a bank card."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class CardNumberInvalid(Outcome):
    """No bank card has such a number: a digit may be wrong."""


class CardNotYours(Outcome):
    """The bank says that the card is not in your name, or is closed."""


class CardBoundAlready(Outcome):
    """This card is bound."""


class BankCardUnknown(Outcome):
    """There is no such card of yours."""


@dataclass(eq=False)
class TooManyCards(Outcome):
    """So many cards may be bound, and no more."""

    most: int
