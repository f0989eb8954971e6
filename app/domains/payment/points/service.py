"""Points of citizens: what somebody has and until when, and how it came and went.

Whatever credits a citizen's points says until when they are good (`issue`, `arrived`). What debits them just does, when
it comes back by itself or not at all (a payment, a gift); what leaves with its last days (into a packet, a grant that
is taken back) is taken off the lots (`left`, `undone`), else it would count twice when it comes again.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from app.core.clock import Clock, civil_day
from app.core.mongo import Database, Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.payment.ledger.errors import AccountNotEmpty, AccountUnknown
from app.domains.payment.ledger.model import ISSUED, Posting, Transfer, TransferKind, Wanted, credit, debit, moved
from app.domains.payment.ledger.model import points as account_of
from app.domains.payment.ledger.service import Ledger
from app.domains.payment.ledger.store import StatementFilter
from app.domains.payment.points.model import MOST_HELD, Holding, Lot, Part, first_of, last_day, left_of, still_good
from app.domains.payment.points.store import LotStore


class PointBook:
    def __init__(self, db: Database, ledger: Ledger, lots: LotStore, clock: Clock) -> None:
        self._db = db
        self._ledger = ledger
        self._lots = lots
        self._clock = clock

    async def mine(self, viewer: Viewer) -> Holding:
        return await self.of(viewer.self_only())

    async def history(
        self, viewer: Viewer, request: PageRequest, which: StatementFilter | None = None
    ) -> Page[Posting]:
        """Newest first."""
        return await self._ledger.statement(account_of(viewer.self_only()), request, which)

    async def of(self, citizen: str, tx: Tx | None = None) -> Holding:
        try:
            found = await self._ledger.balance(account_of(citizen), tx)
        except AccountUnknown:
            return Holding(0)
        parts = left_of(await self._lots.of(citizen, tx), found.posted.fen)
        return Holding(found.posted.fen, found.held.fen, parts)

    async def open(self, citizen: str, tx: Tx) -> None:
        """Once; what is open stays as it is."""
        await self._ledger.open(account_of(citizen), tx, most=MOST_HELD)

    async def issue(self, citizen: str, fen: int, key: str, about: str, tx: Tx) -> Transfer:
        """New points. Raises BalanceTooHigh, AccountClosed."""
        await self.open(citizen, tx)
        lines = (debit(ISSUED, fen), credit(account_of(citizen), fen))
        done = await self._ledger.post(Wanted(key, TransferKind.GRANT, lines, about), tx)
        await self.arrived(citizen, [Part(fen, None)], tx)
        return done

    async def end_all(self, viewer: Viewer, citizen: str) -> None:
        """Who leaves has no points any more; what is promised to a payment is left to it. Safe to repeat."""

        async def work(tx: Tx) -> None:
            left = (await self.of(citizen, tx)).available
            if left:
                lines = moved(account_of(citizen), ISSUED, left)
                await self._ledger.post(Wanted(f"points-left:{citizen}", TransferKind.EXPIRY, lines, citizen), tx)
            with suppress(AccountUnknown, AccountNotEmpty):
                await self._ledger.close(account_of(citizen), tx)

        await self._db.transaction(work)

    async def arrived(self, citizen: str, parts: Iterable[Part], tx: Tx) -> None:
        """Say until when what was credited in this transaction is good."""
        for part in still_good(parts, civil_day(self._clock.now())):
            assert part.expires_on is not None
            await self._lots.add(Lot(citizen, part.expires_on, part.fen), tx)

    async def left(self, citizen: str, parts: Iterable[Part], tx: Tx) -> None:
        """What is debited in this transaction takes its last days with it."""
        for part in parts:
            if part.expires_on is not None:
                await self._lots.take(citizen, part.expires_on, part.fen, tx)

    async def undone(self, citizen: str, fen: int, at: datetime, tx: Tx) -> None:
        """What came at that moment as new is about to be debited: off its own lot, what is not there off the oldest."""
        had = await self.of(citizen, tx)
        rest = fen - await self._lots.take(citizen, last_day(civil_day(at)), fen, tx)
        if 0 < rest <= had.balance:
            await self.left(citizen, first_of(had.parts, rest), tx)

    async def returned(self, citizen: str, parts: Iterable[Part], tx: Tx) -> None:
        """What had left comes back with its own last days; what ended on the way ends today."""
        today = civil_day(self._clock.now())
        for part in parts:
            if part.expires_on is not None:
                await self._lots.add(Lot(citizen, max(part.expires_on, today), part.fen), tx)
