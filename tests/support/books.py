"""The ledger without the rest of the city, and a clock that stands until it is moved."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from app.core.ids import new_id
from app.core.mongo import Database, Tx
from app.domains.payment.ledger.folding.service import Folding
from app.domains.payment.ledger.folding.store import FoldStore
from app.domains.payment.ledger.model import GATEWAY, Account, Line, Transfer, TransferKind, Wanted, moved, wallet
from app.domains.payment.ledger.proof.model import Verdict
from app.domains.payment.ledger.proof.service import Proof
from app.domains.payment.ledger.proof.store import ProofStore
from app.domains.payment.ledger.service import Ledger
from app.domains.payment.ledger.store import LedgerStore
from tests.stores.support import shaped

T = TypeVar("T")
PLACES = ("ledger_accounts", "ledger_transfers", "ledger_postings", "ledger_folds", "ledger_marks")


class StandingClock:
    """A day ahead of the real one, so that whatever was entered is older than it says."""

    def __init__(self) -> None:
        now = datetime.now(UTC) + timedelta(days=1)
        self._now = now.replace(microsecond=now.microsecond // 1000 * 1000)

    def now(self) -> datetime:
        return self._now

    def advance(self, **by: float) -> None:
        self._now += timedelta(**by)


class Books:
    def __init__(self, db: Database, clock: StandingClock | None = None) -> None:
        self.db = db
        self.clock = clock or StandingClock()
        folds = FoldStore(db)
        self.ledger = Ledger(LedgerStore(db), folds, self.clock)
        self.folding = Folding(db, folds, self.clock)
        self.proof = Proof(db, ProofStore(db), self.clock, settled=timedelta(0))

    async def begin(self) -> Books:
        await shaped(self.db, *PLACES)
        return self

    async def clear(self) -> None:
        for name in PLACES:
            await self.db[name].delete_many({})

    async def within(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        return await self.db.transaction(work)

    async def wallet(self, fen: int = 0, **how: int) -> Account:
        """An open one, with so much on it."""
        account = wallet(new_id())
        await self.ledger.open(account, **how)
        if fen:
            await self.post(moved(GATEWAY, account, fen), kind=TransferKind.TOP_UP)
        return account

    async def post(self, lines: tuple[Line, ...], key: str = "", **how: Any) -> Transfer:
        wanted = asked(lines, key, **how)
        return await self.within(lambda tx: self.ledger.post(wanted, tx))

    async def hold(self, lines: tuple[Line, ...], key: str = "", minutes: float = 5, **how: Any) -> Transfer:
        wanted, until = asked(lines, key, **how), self.clock.now() + timedelta(minutes=minutes)
        return await self.within(lambda tx: self.ledger.hold(wanted, until, tx))

    async def capture(self, id_: str, fen: int | None = None) -> Transfer:
        return await self.within(lambda tx: self.ledger.capture(id_, tx, fen))

    async def void(self, id_: str) -> Transfer:
        return await self.within(lambda tx: self.ledger.void(id_, tx))

    async def fen(self, account: Account) -> int:
        return (await self.ledger.balance(account)).posted.fen

    async def verdict(self) -> Verdict:
        return await self.proof.verify()

    async def wrong(self) -> set[str]:
        """The rules that do not hold."""
        return {fault.wrong.value for fault in (await self.verdict()).faults}


def asked(lines: tuple[Line, ...], key: str = "", kind: TransferKind = TransferKind.PAYMENT, about: str = "") -> Wanted:
    return Wanted(key or new_id(), kind, lines, about)
