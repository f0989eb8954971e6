"""What the ledger refuses, by name."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome
from app.core.money import Money


@dataclass(eq=False)
class InsufficientBalance(Outcome):
    """There is less on the account than is to be taken from it. `available` is what could be taken."""

    available: Money


@dataclass(eq=False)
class BalanceTooHigh(Outcome):
    """More may not lie on the account than `most`."""

    most: Money


class AccountFrozen(Outcome):
    """Nothing is taken from a frozen account, and nothing put on it."""


class AccountClosed(Outcome):
    """The account is closed for good."""


class AccountUnknown(Outcome):
    """There is no such account."""


class AccountNotEmpty(Outcome):
    """An account is closed when nothing lies on it and nothing is held."""


class TransferConflict(Outcome):
    """A transfer stands under this key with other content."""


class TransferUnknown(Outcome):
    """There is no such transfer."""


class TransferSettled(Outcome):
    """A pending transfer is posted or voided once."""


class TransferTooLate(Outcome):
    """The transfer was held until a moment that has gone by."""
