"""A shift of one cashier at one merchant, and its totals, which are counted from the orders that were taken in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from app.core.ids import new_id
from app.core.money import Money
from app.domains.payment.payments.model import Method, Purpose


@dataclass(frozen=True, slots=True)
class ShiftTotal:
    """What was taken in one way: by which kind of code, out of which means."""

    purpose: Purpose
    method: Method
    count: int
    taken: Money
    refunded: Money


@dataclass(frozen=True, slots=True)
class Shift:
    """`till` is what the cashier calls the place; `cashier` a member of staff, or a client for a machine."""

    id: str
    organisation: str
    cashier: str
    till: str
    opened_at: datetime
    closed_at: datetime | None = None

    @classmethod
    def new(cls, organisation: str, cashier: str, till: str, now: datetime) -> Shift:
        return cls(new_id(), organisation, cashier, till, now)

    @property
    def open(self) -> bool:
        return self.closed_at is None

    def closed(self, now: datetime) -> Shift:
        return replace(self, closed_at=now)
