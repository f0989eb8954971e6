"""Daily limits of payments by code, and when a citizen is asked before one goes through.

The limits are those of the central bank's rules on barcode payment (条码支付业务规范, 银发〔2017〕296号): 500 yuan
a day by static codes; by dynamic ones 1,000 with fewer than two factors and 5,000 with two. The signed-in phone is one
factor, the payment PIN the other. A day is one of the city's calendar; what was refunded counts still.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.core.money import Money


class Strength(StrEnum):
    """How a payment by code was verified; of a static code it does not matter by what."""

    STATIC = "static"
    ONE_FACTOR = "one_factor"
    TWO_FACTORS = "two_factors"


LIMITS: Mapping[Strength, int] = {
    Strength.STATIC: 500_00,
    Strength.ONE_FACTOR: 1_000_00,
    Strength.TWO_FACTORS: 5_000_00,
}
ASKED_ABOVE = 1_000_00  # fen: more than this in one sum is asked for, always
ASKED_AFTER = 20  # so many payments by shown codes a day go through unasked


@dataclass(frozen=True, slots=True)
class SpendingDay:
    """`spent` in fen by strength; `unasked` counts the payments of the day that went through without asking."""

    citizen: str
    day: date
    spent: Mapping[Strength, int]
    unasked: int = 0

    @classmethod
    def empty(cls, citizen: str, day: date) -> SpendingDay:
        return cls(citizen, day, dict.fromkeys(Strength, 0))

    def remaining(self, strength: Strength) -> Money:
        return Money(max(0, LIMITS[strength] - self.spent.get(strength, 0)))

    def has_room(self, fen: int, strength: Strength) -> bool:
        return fen <= self.remaining(strength).fen

    def asks(self, fen: int, strength: Strength) -> bool:
        """Whether the citizen is asked before a code that he showed is charged: above a sum, after so many a day, and
        where one factor does not reach and two do.
        """
        beyond = not self.has_room(fen, strength) and strength is Strength.ONE_FACTOR
        return fen > ASKED_ABOVE or self.unasked >= ASKED_AFTER or (beyond and self.has_room(fen, Strength.TWO_FACTORS))
