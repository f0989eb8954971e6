"""Walking the chain to see that no record was edited, removed, put elsewhere, added or left out.

The walk reads piece by piece and holds one piece at a time. It begins at the cut, or at a kept head, and ends with the
head. A record's mark shows that its content is what the city wrote; seq, prev and hash show that it stands where it was
sealed; signed heads show that nobody wrote the chain anew.
"""

from __future__ import annotations

import hmac
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from app.core.audit.model import FIRST_PREV, Malformed, hash_of
from app.core.audit.record import mark_of, reason_of
from app.core.audit.statements import Kind, Standing, Statement
from app.core.audit.store import ChainStore
from app.core.clock import Clock
from app.core.keys import Key, KeyUse, SigningKeys
from app.core.mongo import Database, Document
from app.core.sealed import KeyRing

SEALED_WITHIN = timedelta(minutes=5)
FIRST_HEAD_WITHIN = timedelta(minutes=15)
"""A city is filled while it starts: so long after the first person came its first head may be missing."""
_HEADS_READ = 1000


class Wrong(StrEnum):
    """What `verify` can find. The values are codes that people are told in words (`AUDIT_…` in the locales)."""

    EDITED = "edited"
    REMOVED = "removed"
    REORDERED = "reordered"
    INSERTED = "inserted"
    UNSEALED = "unsealed"
    REASON_GONE = "reason_gone"
    HEAD_FALSE = "head_false"
    HEAD_NOT_IN_CHAIN = "head_not_in_chain"
    CUT_FALSE = "cut_false"
    ALL_GONE = "all_gone"


@dataclass(frozen=True, slots=True)
class Fault:
    """`seq` is the first place that is not right; a record that has none is named by `record`."""

    wrong: Wrong
    seq: int | None = None
    record: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`first` and `last`: the places walked, `heads`: how many signed heads agreed. Sound without `fault`."""

    at: datetime
    first: int
    last: int
    heads: int
    fault: Fault | None = None

    @property
    def sound(self) -> bool:
        return self.fault is None


class _Found(Exception):
    def __init__(self, wrong: Wrong, seq: int | None = None, record: object = None) -> None:
        super().__init__()
        self.fault = Fault(wrong, seq, None if record is None else str(record))


Progress = Callable[[int, int], None]
"""Called now and then with the place reached and the place of the head."""


class Verifier:
    def __init__(self, db: Database, ring: KeyRing, keys: SigningKeys, clock: Clock) -> None:
        self._store = ChainStore(db)
        self._ring = ring
        self._keys = keys
        self._clock = clock

    async def verify(
        self, *, since: datetime | None = None, known: Sequence[Statement] = (), progress: Progress | None = None
    ) -> Verdict:
        """Walk the whole chain, or what was sealed after the newest head kept before `since`.

        `known` are heads that were kept elsewhere: the chain must still hold them.
        """
        signers = self._keys.ever(KeyUse.AUDIT)
        walk = _Walk(self._store, self._ring, signers, progress or _silent)
        fault = None
        try:
            await walk.begin(since, known)
            await walk.records()
            await walk.end(self._clock.now())
        except _Found as found:
            fault = found.fault
        return Verdict(self._clock.now(), walk.first, walk.seq, walk.agreed, fault)


class _Walk:
    """One walk. `seq` and `prev` are place and hash of the last record that was right."""

    def __init__(self, store: ChainStore, ring: KeyRing, signers: Sequence[Key], progress: Progress) -> None:
        self._store = store
        self._ring = ring
        self._signers = signers
        self._progress = progress
        self._head: Statement | None = None
        self._known: deque[Statement] = deque()
        self._heads: deque[Statement] = deque()
        self._heads_read = 0
        self._begins = 1
        self.seq, self.prev, self.first, self.agreed = 0, FIRST_PREV, 1, 0

    async def begin(self, since: datetime | None, known: Sequence[Statement]) -> None:
        """Where it starts and must end. The newest kept head is read before the head, which cannot be behind it."""
        newest = await self._store.kept_head()
        self._head = self._signed(await self._store.said(Kind.HEAD), Wrong.HEAD_FALSE)
        start = self._signed(await self._store.said(Kind.CUT), Wrong.CUT_FALSE)
        self._begins = start.seq + 1 if start else 1
        if since is not None:
            start = await self._later_start(since, start)
        if start is not None:
            self.seq, self.prev, self.first = start.seq, start.hash, start.seq + 1
        for head in (newest, *known):
            if head is not None and head.seq > (self._head.seq if self._head else 0):
                raise _Found(Wrong.REMOVED if self._genuine(head) else Wrong.HEAD_FALSE, head.seq)
        self._known = deque(sorted((head for head in known if head.seq > self.seq), key=lambda head: head.seq))
        self._heads_read = self.seq

    async def records(self) -> None:
        end = self._head.seq if self._head else 0
        async for rows in self._store.chain(self.seq):
            for row in rows:
                if self.seq == end and row.get("seq") != end:  # sealed since this walk began
                    return
                self._follow(row)
                await self._meet_heads()
            await self._reasons(rows)
            self._progress(self.seq, end)

    async def end(self, now: datetime) -> None:
        if self._head is not None and self.seq < self._head.seq:
            raise _Found(Wrong.REMOVED, self.seq + 1)
        await self._beyond()
        begun = await self._begun(now)
        await self._before()
        stray = await self._store.stray()
        if stray is not None:
            raise _Found(Wrong.INSERTED, record=stray["_id"])
        for row in await self._store.unsealed(1):
            if not isinstance(row.get("at"), datetime):
                raise _Found(Wrong.INSERTED, record=row["_id"])
            if row["at"] < now - (SEALED_WITHIN if begun else FIRST_HEAD_WITHIN):
                raise _Found(Wrong.UNSEALED, record=row["_id"])

    async def _begun(self, now: datetime) -> bool:
        """Whether a head was ever signed. Without one, nobody may have been here for longer than that takes: what
        tells a new city from one whose audit was taken away are its people, not records that anew begin at once.
        """
        if await self._store.said(Kind.HEAD) is not None:
            return True
        for came in await self._store.first_came():
            if came is None or came < now - FIRST_HEAD_WITHIN:
                raise _Found(Wrong.ALL_GONE)
        return False

    async def _beyond(self) -> None:
        """Records past the head are those sealed meanwhile, and the head has moved with them."""
        last = await self._store.last()
        head = await self._store.said(Kind.HEAD)
        place = _place_of(last) if last is not None else 0
        if last is not None and (place is None or place > (head.seq if head else 0)):
            raise _Found(Wrong.INSERTED, place, last["_id"])

    async def _before(self) -> None:
        """Records before the cut are those a cut has not come to yet, and nothing that others put there."""
        async for rows in self._store.chain(0):
            for row in rows:
                if (_place_of(row) or 0) >= self._begins:
                    return
                if not self._as_written(row):
                    raise _Found(Wrong.INSERTED, _place_of(row), row["_id"])

    def _follow(self, row: Document) -> None:
        expected, seq = self.seq + 1, _place_of(row)
        if seq is None:
            raise _Found(Wrong.EDITED, expected, row["_id"])
        if seq < expected:
            raise _Found(Wrong.INSERTED, seq, row["_id"])
        if seq > expected:
            raise _Found(Wrong.REMOVED, expected)
        if not self._as_written(row):
            raise _Found(Wrong.EDITED, seq, row["_id"])
        if row.get("prev") != self.prev or row.get("hash") != hash_of(row):
            raise _Found(Wrong.REORDERED, seq, row["_id"])
        self.seq, self.prev = seq, row["hash"]

    async def _reasons(self, rows: Sequence[Document]) -> None:
        """The reasons of these records are there, and are those that were given."""
        given = [row for row in rows if row.get("reason") is not None]
        texts = await self._store.reasons([row["_id"] for row in given]) if given else {}
        for row in given:
            if reason_of(self._ring, row, texts.get(row["_id"])) is None:
                raise _Found(Wrong.REASON_GONE, row["seq"], row["_id"])

    def _as_written(self, row: Document) -> bool:
        try:
            return hmac.compare_digest(str(row.get("mark")).encode(), mark_of(self._ring, row).encode())
        except Malformed:
            return False

    async def _meet_heads(self) -> None:
        """Every signed head at this place says this hash."""
        if not self._heads and self._heads_read < self.seq:
            self._heads.extend(await self._store.kept_heads(self._heads_read, _HEADS_READ))
            self._heads_read = self._heads[-1].seq if self._heads else _NO_MORE
        while self._heads and self._heads[0].seq <= self.seq:
            self._agree(self._heads.popleft())
        while self._known and self._known[0].seq <= self.seq:
            self._agree(self._known.popleft())
        if self._head is not None and self.seq == self._head.seq and self._head.hash != self.prev:
            raise _Found(Wrong.HEAD_NOT_IN_CHAIN, self.seq)

    def _agree(self, head: Statement) -> None:
        standing = head.standing(self._signers)
        if standing is Standing.FALSE or head.seq != self.seq:
            raise _Found(Wrong.HEAD_FALSE, self.seq)
        if head.hash != self.prev:
            raise _Found(Wrong.HEAD_NOT_IN_CHAIN, self.seq)
        self.agreed += standing is Standing.GOOD

    async def _later_start(self, since: datetime, start: Statement | None) -> Statement | None:
        head = await self._store.kept_head(before=since)
        if head is None or head.standing(self._signers) is Standing.VOID:
            return start
        self._signed(head, Wrong.HEAD_FALSE)
        return start if start is not None and head.seq <= start.seq else head

    def _signed(self, said: Statement | None, otherwise: Wrong) -> Statement | None:
        if said is not None and not self._genuine(said):
            raise _Found(otherwise, said.seq)
        return said

    def _genuine(self, said: Statement) -> bool:
        return said.standing(self._signers) is Standing.GOOD


_NO_MORE = 2**63


def _place_of(row: Document) -> int | None:
    seq: Any = row.get("seq")
    return seq if isinstance(seq, int) and not isinstance(seq, bool) else None


def _silent(reached: int, end: int) -> None:
    pass
