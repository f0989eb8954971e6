"""A round of folding: what was entered since the mark is added to the balances of busy accounts, and the mark moves.

The mark stays behind the present by more than a transaction can take and clocks can differ, so that nothing is entered
behind it.
"""

from __future__ import annotations

from datetime import timedelta

from app.core.clock import Clock
from app.core.mongo import Database, Tx
from app.domains.payment.ledger.folding.store import FoldStore, Sum

BEHIND = timedelta(minutes=2)


class Folding:
    def __init__(self, db: Database, folds: FoldStore, clock: Clock) -> None:
        self._db = db
        self._folds = folds
        self._clock = clock

    async def fold(self) -> int:
        """How many accounts were folded. Safe to run anywhere at any time."""
        mark, until = await self._folds.mark(), self._clock.now() - BEHIND
        if until <= mark:
            return 0
        came = await self._folds.unfolded(mark, until)
        before = await self._folds.last([one.account for one in came])
        whole = [_added(one, before.get(one.account.id, (0, 0))) for one in came]

        async def write(tx: Tx) -> bool:
            if not await self._folds.move(mark, until, tx):
                return False
            await self._folds.add(whole, until, tx)
            return True

        return len(whole) if await self._db.transaction(write) else 0


def _added(came: Sum, before: tuple[int, int]) -> Sum:
    balance, postings = before
    return Sum(came.account, balance + came.fen, postings + came.postings)
