"""Counting what is spent by code, in the transaction of the payment itself."""

from __future__ import annotations

from app.core.clock import Clock, civil_day
from app.core.money import Money
from app.core.mongo import Tx
from app.domains.payment.spending.errors import SpendingLimitReached
from app.domains.payment.spending.model import LIMITS, SpendingDay, Strength
from app.domains.payment.spending.store import SpendingStore


class Spending:
    def __init__(self, days: SpendingStore, clock: Clock) -> None:
        self._days = days
        self._clock = clock

    async def today(self, citizen: str, tx: Tx | None = None) -> SpendingDay:
        return await self._days.day(citizen, civil_day(self._clock.now()), tx)

    async def take(self, citizen: str, fen: int, strength: Strength, tx: Tx, *, unasked: bool = False) -> None:
        """Raises SpendingLimitReached. `unasked`: of a code that was shown, without a question to its owner."""
        day = SpendingDay.empty(citizen, civil_day(self._clock.now()))
        if not await self._days.take(day, fen, strength, int(unasked), tx):
            raise self.refusal(await self._days.day(citizen, day.day, tx), fen, strength)

    @staticmethod
    def refusal(day: SpendingDay, fen: int, strength: Strength) -> SpendingLimitReached:
        helps = strength is Strength.ONE_FACTOR and day.has_room(fen, Strength.TWO_FACTORS)
        return SpendingLimitReached(Money(LIMITS[strength]), day.remaining(strength), helps)
