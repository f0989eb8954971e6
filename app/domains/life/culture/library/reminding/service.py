"""Each morning readers who want it are told that something is due in three days, or was: how many, and never what.

Whether it is still true is asked of the library again when it is told: who has brought it back meanwhile hears nothing.
"""

from __future__ import annotations

from datetime import timedelta

import structlog

from app.core.clock import Clock, civil_day
from app.core.errors import Unavailable
from app.core.events import Event
from app.core.outbox import Outbox
from app.domains.life.culture.library.model import LibrarySystem, ReaderCard, books_due, soon_due
from app.domains.life.culture.library.store import ReaderCardStore

log = structlog.get_logger()
_AT_ONCE = 100
# A library that does not answer is left alone for today.
_PATIENCE = 5


class LoanReminders:
    def __init__(self, cards: ReaderCardStore, library: LibrarySystem | None, outbox: Outbox, clock: Clock) -> None:
        self._cards = cards
        self._library = library
        self._outbox = outbox
        self._clock = clock

    async def look(self) -> int:
        """How many are told. A repeat on the same day tells nobody twice."""
        if self._library is None:
            return 0
        told, silent, after = 0, 0, ""
        while cards := await self._cards.to_remind(after, _AT_ONCE):
            after = cards[-1].citizen
            for card in cards:
                try:
                    told += await self._told(card, self._library)
                except Unavailable:
                    silent += 1
                    if silent >= _PATIENCE:
                        log.warning("library does not answer, readers are not told today")
                        return told
        return told

    async def still_due(self, citizen: str) -> bool:
        """Whether something is still due of what he was to be told. Raises Unavailable."""
        card = await self._cards.of(citizen)
        if card is None or card.number is None or not card.reminders or self._library is None:
            return False
        return bool(soon_due(await self._library.loans(card.number), civil_day(self._clock.now())))

    async def _told(self, card: ReaderCard, library: LibrarySystem) -> bool:
        if card.number is None:
            return False
        now = self._clock.now()
        today = civil_day(now)
        # Three days before, on the day, and when it is over: not on each day in between.
        marks = {today + timedelta(days=3), today, today - timedelta(days=1)}
        loans = await library.loans(card.number)
        await self._cards.note_due(card.citizen, books_due(loans, today))
        days = [one.due for one in loans if one.due in marks and one.due is not None]
        if not days:
            return False
        facts = {"count": len(days), "day": min(days).isoformat()}
        event = Event(f"loan:{card.citizen}:{today.isoformat()}", "loan.due_soon", card.citizen, facts, now)
        await self._outbox.later(event, now)
        return True
