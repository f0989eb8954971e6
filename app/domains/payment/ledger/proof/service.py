"""The walk over a whole ledger: each transfer with its postings, then each account with all of its postings and folds.

It reads piece by piece and holds one piece at a time (and, of pending transfers, what they hold of each account). The
ledger is in use meanwhile: a transfer or an account in which something seems wrong is looked at again in one
transaction before it is said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from app.core.clock import Clock
from app.core.ids import first_id, made_at
from app.core.money import Currency
from app.core.mongo import Database, Tx
from app.domains.payment.ledger.folding.service import BEHIND
from app.domains.payment.ledger.model import Account, Side
from app.domains.payment.ledger.proof.model import (
    Entry,
    Fault,
    Fold,
    Kept,
    Standing,
    Tally,
    Verdict,
    Wrong,
    of_account,
    of_total,
    of_transfer,
    promised,
)
from app.domains.payment.ledger.proof.store import ProofStore, Unreadable

T = TypeVar("T")
_SAID = 100
Progress = Callable[[int], None]
"""Called now and then with how many transfers and postings were walked over."""


class Proof:
    def __init__(self, db: Database, store: ProofStore, clock: Clock, settled: timedelta = BEHIND) -> None:
        """`settled`: nothing older is still being entered."""
        self._db = db
        self._store = store
        self._clock = clock
        self._settled = settled

    async def verify(self, progress: Progress | None = None) -> Verdict:
        """Of everything, and keep what was found."""
        now = self._clock.now()
        walk = _Walk(self._db, self._store, first_id(now - self._settled), progress or _silent)
        await walk.transfers()
        await walk.accounts()
        verdict = walk.verdict(now)
        await self._store.keep(verdict)
        return verdict

    async def last(self) -> Verdict | None:
        """What was found when it was last proven."""
        return await self._store.kept()


class _Walk:
    """`before`: postings with smaller ids are all there, each with the others of its transfer."""

    def __init__(self, db: Database, store: ProofStore, before: str, progress: Progress) -> None:
        self._db = db
        self._store = store
        self._before = before
        self._progress = progress
        self._faults: list[Fault] = []
        self._held: Counter[Account] = Counter()
        self._sums: Counter[Currency] = Counter()
        self._mark: datetime | None = None
        self._counted = self._accounts = self._transfers = self._postings = 0

    def verdict(self, at: datetime) -> Verdict:
        return Verdict(at, self._accounts, self._transfers, self._postings, self._counted, tuple(self._faults))

    def _found(self, faults: Iterable[Fault]) -> None:
        for fault in faults:
            self._counted += 1
            if len(self._faults) < _SAID:
                self._faults.append(fault)

    # Transfers

    async def transfers(self) -> None:
        async for piece in self._store.transfers():
            self._found(Fault(Wrong.UNREADABLE, one.id) for one in piece if isinstance(one, Unreadable))
            kept = [one for one in piece if isinstance(one, Kept)]
            await self._proven(kept)
            await self._reversed(kept)
            self._transfers += len(piece)
            self._progress(self._transfers)

    async def _proven(self, kept: Sequence[Kept]) -> None:
        entries = await self._store.entries_of([one.transfer.id for one in kept])
        for one in kept:
            if of_transfer(one, entries.get(one.transfer.id, ())):
                await self._once_more(one.transfer.id)
            for line in promised(one.transfer):
                self._held[line.account] += line.fen

    async def _once_more(self, id_: str) -> None:
        async def work(tx: Tx) -> list[Fault]:
            kept = await self._store.transfer(id_, tx)
            if not isinstance(kept, Kept):
                return [Fault(Wrong.UNREADABLE, id_)]
            return of_transfer(kept, (await self._store.entries_of([id_], tx)).get(id_, ()))

        self._found(await self._db.transaction(work))

    async def _reversed(self, kept: Sequence[Kept]) -> None:
        """Whatever is taken back was entered."""
        wanted = {one.transfer.reverses: one.transfer.id for one in kept if one.transfer.reverses}
        if wanted:
            there = await self._store.known(list(wanted), state="posted")
            self._found(Fault(Wrong.REVERSES, id_) for taken, id_ in wanted.items() if taken not in there)

    # Accounts

    async def accounts(self) -> None:
        self._mark = await self._store.mark()
        standings, folds = _Turned(self._store.standings()), _Turned(self._store.folds())
        await standings.turn()
        await folds.turn()
        tally: Tally | None = None
        async for entry in self._entries():
            if tally is None or tally.account != entry.line.account:
                await self._ended(tally, standings, folds)
                tally = Tally(entry.line.account)
                await self._skipped(tally.account.id, standings, folds)
            await self._fold(tally, folds, entry.at)
            tally.add(entry)
        await self._ended(tally, standings, folds)
        await self._skipped(None, standings, folds)
        self._found(of_total(self._sums))

    async def _entries(self) -> AsyncIterator[Entry]:
        """All that can be read, of transfers that are there."""
        async for piece in self._store.entries():
            self._found(Fault(Wrong.UNREADABLE, one.id) for one in piece if isinstance(one, Unreadable))
            entries = [one for one in piece if isinstance(one, Entry)]
            there = await self._store.known(list({one.transfer for one in entries}))
            self._found(Fault(Wrong.ORPHAN, one.id) for one in entries if one.transfer not in there)
            self._postings += len(piece)
            self._progress(self._transfers + self._postings)
            for entry in entries:
                self._summed(entry)
                yield entry

    def _summed(self, entry: Entry) -> None:
        if entry.id < self._before or made_at(entry.id.partition(":")[0]) is None:
            line = entry.line
            self._sums[line.account.currency] += line.fen if line.side is Side.DEBIT else -line.fen

    async def _fold(self, tally: Tally, folds: _Turned[Fold], until: datetime | None) -> None:
        """Compare with the folds of this account before that moment. Newer ones than this walk's are left."""
        while (fold := folds.now) and fold.account == tally.account.id and (until is None or fold.mark < until):
            if self._mark is not None and fold.mark <= self._mark:
                tally.folded(fold)
            await folds.turn()

    async def _ended(
        self, tally: Tally | None, standings: _Turned[Standing | Unreadable], folds: _Turned[Fold]
    ) -> None:
        """All postings of an account were met."""
        if tally is None:
            return
        await self._fold(tally, folds, None)
        standing = standings.now if standings.now and _id_of(standings.now) == tally.account.id else None
        await self._looked_at(standing if isinstance(standing, Standing) else None, tally)
        if standing is not None:
            await standings.turn()

    async def _looked_at(self, standing: Standing | None, tally: Tally) -> None:
        self._accounts += 1
        if of_account(standing, tally, self._held[tally.account]):
            self._found(await self._db.transaction(lambda tx: self._closely(tally, tx)))
        self._found(tally.faults)

    async def _closely(self, tally: Tally, tx: Tx) -> list[Fault]:
        """The row, what was entered since, and what is held, as of one moment."""
        account = tally.account
        standing = await self._store.standing(account, tx)
        if isinstance(standing, Unreadable):
            return [Fault(Wrong.UNREADABLE, account.id)]
        whole = Tally(account, tally.balance, tally.postings, tally.seq)
        for entry in await self._store.entries_since(account, tally.seq, tx) if account.guarded else ():
            whole.add(entry)
        lines = [line for kept in await self._store.pending(account, tx) for line in promised(kept.transfer)]
        held = sum(line.fen for line in lines if line.account == account)
        return [*of_account(standing, whole, held), *whole.faults]

    async def _skipped(
        self, until: str | None, standings: _Turned[Standing | Unreadable], folds: _Turned[Fold]
    ) -> None:
        """Accounts before that one have no postings, and no folds."""
        while (one := standings.now) and (until is None or _id_of(one) < until):
            if isinstance(one, Unreadable):
                self._found([Fault(Wrong.UNREADABLE, one.id)])
            else:
                await self._looked_at(one, Tally(one.account))
            await standings.turn()
        while (fold := folds.now) and (until is None or fold.account < until):
            self._found([Fault(Wrong.FOLD, f"{fold.account}@{fold.mark.isoformat()}", 0, fold.balance)])
            await folds.turn()


class _Turned(Generic[T]):
    """Rows in their order; `now` is the one at hand, None after the last."""

    def __init__(self, rows: AsyncIterator[T]) -> None:
        self._rows = rows
        self.now: T | None = None

    async def turn(self) -> None:
        self.now = await anext(self._rows, None)


def _id_of(one: Standing | Unreadable) -> str:
    return one.id if isinstance(one, Unreadable) else one.account.id


def _silent(reached: int) -> None:
    pass
