"""The audit of a city without the rest of it: who writes, seals and walks, and puts back what a test tampered with."""

from __future__ import annotations

import asyncio
import itertools
from copy import deepcopy
from datetime import timedelta
from typing import Any

from app.core.audit import Audit
from app.core.audit.chain import AuditChain
from app.core.audit.trail import AuditTrail
from app.core.audit.verify import Fault, Verifier
from app.core.clock import Clock
from app.core.collections import COLLECTIONS
from app.core.keys import SigningKeys
from app.core.mongo import Database, index_model
from app.core.sealed import KeyRing
from app.core.viewer import Origin, Role, Viewer

KEPT = timedelta(days=1095)
CITIZEN = Viewer(role=Role.CITIZEN, actor="c-1", subject="c-1", session="s-1", origin=Origin("203.0.113.7", "r-1"))
CLERK = Viewer(role=Role.OPS, actor="staff-1", session="s-2", origin=Origin("198.51.100.9", "r-2"))
PLACES = ("audit", "audit_reasons", "audit_chain", "audit_heads", "signing_keys")


class Ledger:
    def __init__(self, db: Database, ring: KeyRing, clock: Clock, keep: timedelta = KEPT) -> None:
        self._numbers = itertools.count()
        self.db = db
        self.ring = ring
        self.clock = clock
        self.keys = SigningKeys(db, ring, clock)
        self.audit = Audit(db, ring, clock)
        self.chain = AuditChain(db, self.keys, clock, keep)
        self.verifier = Verifier(db, ring, self.keys, clock)
        self.trail = AuditTrail(db, ring, self.audit, self.chain, self.verifier, clock)

    async def begin(self) -> Ledger:
        for name in PLACES:
            indexes = [index_model(index) for index in COLLECTIONS[name].indexes]
            if indexes:
                await self.db[name].create_indexes(indexes)
            else:
                await self.db[name].insert_one({"_id": "made"})
                await self.db[name].delete_one({"_id": "made"})
        await self.keys.load()
        return self

    def another(self) -> Ledger:
        """The same audit in another process."""
        other = Ledger(self.db, self.ring, self.clock)
        other.keys = self.keys
        other.chain = AuditChain(self.db, self.keys, self.clock, KEPT)
        return other

    async def write(self, count: int, action: str = "card.issued") -> None:
        for n in itertools.islice(self._numbers, count):
            viewer, reason = (CITIZEN, None) if n % 3 else (CLERK, f"because of case {n}")
            await self.audit.record(
                viewer, action, f"target-{n}", None, subject="c-1", reason=reason, purpose="gate", count=n, ids=["a", n]
            )

    async def seal(self) -> int:
        """All that waits; how many."""
        count = 0
        while more := await self.chain.seal():
            count += more
        return count

    async def written(self, count: int) -> Ledger:
        await self.write(count)
        assert await self.seal() == count
        await self.chain.publish_head()
        return self

    async def fault(self, **how: Any) -> Fault | None:
        return (await self.verifier.verify(**how)).fault

    async def rows(self) -> list[dict[str, Any]]:
        """The records in the order of the chain."""
        return await self.db["audit"].find({}).sort([("seq", 1), ("_id", 1)]).to_list(None)


class Photograph:
    """The audit's collections as they were, to be put back after a test has tampered with them."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._rows: dict[str, list[dict[str, Any]]] = {}

    async def take(self) -> Photograph:
        for name in PLACES:
            self._rows[name] = await self._ledger.db[name].find({}).to_list(None)
        return self

    async def put_back(self) -> None:
        await asyncio.gather(*(self._one(name, rows) for name, rows in self._rows.items()))

    async def _one(self, name: str, rows: list[dict[str, Any]]) -> None:
        await self._ledger.db[name].delete_many({})
        await self._ledger.db[name].insert_many(deepcopy(rows))
