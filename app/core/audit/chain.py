"""Growing the chain: records get their place, prev and hash; its head is signed; what is too old is cut off.

    record (in its change's transaction, seq None) ── sealer, within a second ──> seq, prev, hash ── cut ──> gone

Any number of sealers may run. One batch is one transaction that moves the head from what it was, so of two that seal
at once one finds the head moved and begins again. A batch is whole or not there; a sealer that is killed leaves none.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from app.core.audit.errors import ChainBroken
from app.core.audit.model import FIRST_PREV, Malformed, sealed
from app.core.audit.statements import Kind, Standing, Statement
from app.core.audit.store import OUTSIDE, ChainStore
from app.core.clock import Clock
from app.core.keys import Key, KeyUse, SigningKeys
from app.core.mongo import Database, Document, Tx

log = structlog.get_logger()
BATCH = 500
HEAD_EVERY = 1000


class _Overtaken(Exception):
    pass


class AuditChain:
    """`keep`: how long records stay."""

    def __init__(self, db: Database, keys: SigningKeys, clock: Clock, keep: timedelta) -> None:
        self._db = db
        self._store = ChainStore(db)
        self._keys = keys
        self._clock = clock
        self._keep = keep
        self._sealed = 0

    async def seal(self) -> int:
        """Give the oldest waiting records their places, at most 500; how many. Raises ChainBroken."""
        await self._resign()
        await self._head()
        if not await self._store.unsealed(1):
            return 0
        try:
            count, head = await self._db.transaction(self._batch)
        except _Overtaken:
            return 0
        if head is not None:
            self._sealed = head.seq
            if head.seq // HEAD_EVERY > (head.seq - count) // HEAD_EVERY:
                await self._store.keep_head(head)
        return count

    async def publish_head(self) -> Statement | None:
        """Keep the present head among those that are published. Raises ChainBroken."""
        head = await self._head()
        if head is not None:
            await self._store.keep_head(head)
        return head

    async def last_cut(self) -> Statement | None:
        return await self._store.said(Kind.CUT)

    async def cut(self) -> Statement | None:
        """Remove records older than they are kept, under a signed cut, from which verifying then begins.

        It is made at the newest kept head that is old enough: all up to there was recorded before it was said. A run
        that is killed midway leaves a good chain and some old records more; the next one goes on. Raises ChainBroken.
        """
        await self._head()
        was = self._trusted(await self._store.said(Kind.CUT))
        until = await self._old_enough()
        if until is not None and until.seq > (was.seq if was else 0):
            now = self._said(Kind.CUT, until.seq, until.hash)
            was = now if await self._store.move(was, now) else was
        if was is not None:
            while await self._store.drop(was.seq):
                pass
            while await self._store.drop_heads(was.seq - 1):
                pass
        return was

    async def _old_enough(self) -> Statement | None:
        """The newest kept head of which all records may go, when it is ours and the chain agrees with it."""
        head = self._trusted(await self._store.kept_head(before=self._clock.now() - self._keep))
        record = await self._store.at_place(head.seq) if head else None
        return head if record is not None and head is not None and record.get("hash") == head.hash else None

    async def oldest_unsealed(self) -> datetime | None:
        """When the oldest record was written that has no place yet."""
        rows = await self._store.unsealed(1)
        return next((row["at"] for row in rows if isinstance(row.get("at"), datetime)), None)

    async def _batch(self, tx: Tx) -> tuple[int, Statement | None]:
        head = await self._head(tx)
        rows = await self._store.unsealed(BATCH, tx)
        placed = self._placed(rows, head)
        if not rows or not await self._store.seal(placed, tx):
            raise _Overtaken
        inside = [row for row in placed if row["seq"] != OUTSIDE]
        if not inside:
            return len(rows), None
        now = self._said(Kind.HEAD, inside[-1]["seq"], inside[-1]["hash"])
        if not await self._store.move(head, now, tx):
            raise _Overtaken
        return len(inside), now

    def _placed(self, rows: Sequence[Document], head: Statement | None) -> list[Document]:
        """What no writer of ours wrote, and no hash can be made of, is put aside for `verify` to find."""
        seq, prev = (head.seq, head.hash) if head else (0, FIRST_PREV)
        placed: list[Document] = []
        for row in rows:
            try:
                placed.append(sealed({name: row[name] for name in row if name != "hash"}, seq + 1, prev))
                seq, prev = seq + 1, placed[-1]["hash"]
            except Malformed:
                log.error("a record that cannot be sealed")
                placed.append({"_id": row["_id"], "seq": OUTSIDE})
        return placed

    async def _resign(self) -> None:
        """What a withdrawn key signed is signed anew: the chain goes on from what stands there."""
        for kind in Kind:
            said = await self._store.said(kind)
            if said is not None and said.standing(self._signers) is Standing.VOID:
                await self._store.move(said, self._said(said.kind, said.seq, said.hash))

    @property
    def _signers(self) -> list[Key]:
        return self._keys.ever(KeyUse.AUDIT)

    def _said(self, kind: Kind, seq: int, hash_: str) -> Statement:
        return Statement(kind, seq, hash_, self._clock.now()).signed(self._keys.signing(KeyUse.AUDIT))

    async def _head(self, tx: Tx | None = None) -> Statement | None:
        """Nobody signs on after a head that others wrote, or one behind what this process has sealed.

        Raises ChainBroken.
        """
        head = self._trusted(await self._store.said(Kind.HEAD, tx))
        if (head.seq if head else 0) < self._sealed:
            raise ChainBroken
        return head

    def _trusted(self, said: Statement | None) -> Statement | None:
        if said is not None and said.standing(self._signers) is Standing.FALSE:
            raise ChainBroken
        return said
