"""What a wallet refuses, by name."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome
from app.core.money import Money


class WalletNeedsRealName(Outcome):
    """A wallet is somebody's by name: his identity is verified first."""


@dataclass(eq=False)
class WalletNotEmpty(Outcome):
    """A wallet is closed, and its owner leaves the city, when nothing lies in it and nothing is on its way. `balance`
    is what is to be withdrawn or spent first.
    """

    balance: Money


@dataclass(eq=False)
class AmountOutOfBounds(Outcome):
    """So little, or so much, is not moved at a time."""

    least: Money
    most: Money


class WalletNotOpen(Outcome):
    """The wallet was never used: there is nothing to freeze or close."""


class WalletStateSame(Outcome):
    """It is frozen already, or not frozen."""


class WalletOwnerStopped(Outcome):
    """The desk stopped its owner as a payer: it is free again when that is lifted, and not before."""
