"""What the city asks of whoever takes payments: a charge is opened, looked at and given back by our own reference.

Rooms know this protocol only; a gateway fulfils it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from app.core.errors import Unavailable


class ChargeState(StrEnum):
    """`CLOSED`: it can be paid no more, and what had been paid was given back."""

    OPEN = "open"
    PAID = "paid"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Charge:
    """`pay_at` is where the citizen pays."""

    reference: str
    state: ChargeState
    pay_at: str


class Charges(Protocol):
    """Every call may be repeated: one reference is one charge."""

    async def open(self, reference: str, amount: int, what: str) -> Charge:
        """Ask for `amount` fen, or find what was asked for before. Raises Unavailable."""
        ...

    async def look(self, reference: str) -> Charge | None:
        """None when nothing was ever asked for under this reference. Raises Unavailable."""
        ...

    async def give_back(self, reference: str) -> None:
        """Refund what was paid, and let nothing more be paid. Raises Unavailable."""
        ...


class NoPaymentDesk:
    """A city without a payment desk: what has a fee waits, and owes nothing."""

    async def open(self, reference: str, amount: int, what: str) -> Charge:
        """Raises Unavailable."""
        raise Unavailable

    async def look(self, reference: str) -> Charge | None:
        return None

    async def give_back(self, reference: str) -> None:
        return None
