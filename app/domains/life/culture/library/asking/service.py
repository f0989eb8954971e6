"""A library knows no idempotency: what it is told twice it does twice. So before it is told anything, how the item
stands is noted under the call; a repeat of the call compares, and says nothing again that was done.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date

from app.core.clock import Clock
from app.core.errors import Unavailable
from app.core.idempotency import Call
from app.domains.life.culture.library.asking.store import Ask, AskStore
from app.domains.life.culture.library.errors import ItemNotReserved, LoanNotRenewed
from app.domains.life.culture.library.model import LibrarySystem, Loan


class LibraryAsks:
    def __init__(self, asks: AskStore, clock: Clock) -> None:
        self._asks = asks
        self._clock = clock

    async def renew(self, call: Call, library: LibrarySystem, card: str, item: str) -> Loan:
        """Once under a call. Raises LoanNotRenewed, Unavailable."""
        standing = await library.item(item)
        async with self._asked(call, standing.due if standing else None) as ask:
            if ask.again and (done := await self._renewed(ask, library, card, item)) is not None:
                return done
            return await library.renew(card, item)

    async def reserve(self, call: Call, library: LibrarySystem, card: str, item: str) -> None:
        """Raises ItemNotReserved, Unavailable."""
        async with self._asked(call, None) as ask:
            if not ask.again or item not in await self._reserved(library, card):
                await library.reserve(card, item)

    async def cancel(self, call: Call, library: LibrarySystem, card: str, item: str) -> None:
        """Raises ItemNotReserved, Unavailable."""
        async with self._asked(call, None) as ask:
            if not ask.again or item in await self._reserved(library, card):
                await library.cancel(card, item)

    @asynccontextmanager
    async def _asked(self, call: Call, due: date | None) -> AsyncIterator[Ask]:
        ask = await self._asks.begin(call.id, due, self._clock.now())
        try:
            yield ask
        except (LoanNotRenewed, ItemNotReserved):
            await self._asks.end(call.id)
            raise
        except Unavailable:
            await self._asks.unheard(call.id, self._clock.now())
            raise

    async def _renewed(self, ask: Ask, library: LibrarySystem, card: str, item: str) -> Loan | None:
        """The loan, when it is due later than it was before it was first asked for."""
        mine = next((one for one in await library.loans(card) if one.item == item), None)
        later = mine is not None and mine.due is not None and ask.due is not None and mine.due > ask.due
        return mine if later else None

    async def _reserved(self, library: LibrarySystem, card: str) -> set[str]:
        return {one.item for one in await library.reservations(card)}
