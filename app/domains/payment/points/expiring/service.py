"""Points end on the last day of their lot. A month before, whoever has some left of it is told how many.

What is promised to a payment that is not settled yet does not end under it; what a frozen account holds ends when it
is free again. Both are looked at the next day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import structlog

from app.core.clock import Clock
from app.core.mongo import Database, Tx
from app.core.outbox import Outbox
from app.core.traces import frames_of
from app.domains.payment.ledger.errors import AccountFrozen
from app.domains.payment.ledger.model import ISSUED, TransferKind, Wanted, moved
from app.domains.payment.ledger.model import points as account_of
from app.domains.payment.ledger.service import Ledger
from app.domains.payment.points.model import POINT, Lot
from app.domains.payment.points.service import PointBook
from app.domains.payment.points.store import LotStore

log = structlog.get_logger()
_AT_ONCE = 200
_LATER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Looked:
    """How many lots were looked at, of how many it was told, and how many ended."""

    lots: int = 0
    told: int = 0
    ended: int = 0


class PointExpiry:
    def __init__(
        self, db: Database, ledger: Ledger, lots: LotStore, book: PointBook, outbox: Outbox, clock: Clock
    ) -> None:
        self._db = db
        self._ledger = ledger
        self._lots = lots
        self._book = book
        self._outbox = outbox
        self._clock = clock

    async def look(self) -> Looked:
        """All that is due. Safe to run anywhere at any time."""
        whole = Looked()
        while due := await self._lots.due(self._clock.now(), _AT_ONCE):
            told = ended = 0
            for lot, known in due:
                one = await self._looked(lot, known=known)
                told, ended = told + one.told, ended + one.ended
            whole = Looked(whole.lots + len(due), whole.told + told, whole.ended + ended)
        return whole

    async def _looked(self, lot: Lot, *, known: bool) -> Looked:
        """One that cannot be looked at now does not keep the others waiting."""
        try:
            if lot.ends_at <= self._clock.now():
                return Looked(ended=await self._end(lot))
            return Looked(told=not known and await self._tell(lot))
        except Exception as error:
            log.error("points.not_looked_at", lot_ends=lot.expires_on.isoformat(), traceback=frames_of(error))
            await self._lots.put_off(lot, self._clock.now() + _LATER)
            return Looked()

    async def _tell(self, lot: Lot) -> bool:
        async def work(tx: Tx) -> bool:
            left = await self._left(lot, tx)
            if not await self._lots.look_again(lot, lot.ends_at, tx) or not left:
                return False
            facts = {"points": left // POINT, "day": lot.expires_on.isoformat()}
            await self._outbox.add("points.expiring", lot.citizen, tx, **facts)
            return True

        return await self._db.transaction(work)

    async def _end(self, lot: Lot) -> bool:
        try:
            ended = await self._db.transaction(lambda tx: self._ended(lot, tx))
        except AccountFrozen:
            ended = None
        if ended is None:
            await self._lots.look_again(lot, self._clock.now() + _LATER)
        return bool(ended)

    async def _ended(self, lot: Lot, tx: Tx) -> bool | None:
        """None: more is promised than would be left. Raises AccountFrozen."""
        holding, left = await self._book.of(lot.citizen, tx), await self._left(lot, tx)
        if left > holding.available:
            return None
        if not await self._lots.close(lot, tx):
            return False
        if left:
            lines = moved(account_of(lot.citizen), ISSUED, left)
            await self._ledger.post(Wanted(f"points-end:{lot.id}", TransferKind.EXPIRY, lines, lot.id), tx)
        return True

    async def _left(self, lot: Lot, tx: Tx) -> int:
        parts = (await self._book.of(lot.citizen, tx)).parts
        return sum(part.fen for part in parts if part.expires_on == lot.expires_on)
