"""The audit as auditors read it: searched by person, actor, action and time, and whether the chain is sound."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app.core.audit.chain import AuditChain
from app.core.audit.model import Malformed
from app.core.audit.record import Audit, mark_of, reason_of
from app.core.audit.statements import Kind, Statement
from app.core.audit.store import ChainStore
from app.core.audit.verify import Fault, Verdict, Verifier, Wrong
from app.core.clock import Clock
from app.core.errors import BadInput
from app.core.ids import UUID
from app.core.mongo import Database, Document
from app.core.paging import Page, PageRequest
from app.core.sealed import KeyRing
from app.core.viewer import Viewer

_NEWEST = timedelta(days=2)
# A person, a client, staff (by a hash); a process or an action by its name.
_NAME = re.compile(rf"(c-)?{UUID.pattern}|[0-9a-f]{{64}}|[a-z][a-z_.]*")
_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Wanted:
    """All that is given must hold. `person` is the citizen concerned; times are aware, `until` is not included."""

    person: str | None = None
    actor: str | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A record. `seq` is None while it waits for its place; `genuine`: its content is what the city wrote.

    `address` is a keyed hash: it tells whether two records came from one place. `cursor` goes on after this entry.
    """

    id: str
    seq: int | None
    at: datetime
    actor: str | None
    role: str
    organisation: str | None
    guardianship: str | None
    subject: str | None
    session: str | None
    request: str | None
    address: str | None
    action: str
    target: str
    facts: Mapping[str, Any]
    reason: str | None
    genuine: bool

    @property
    def cursor(self) -> str:
        return f"{self.at.isoformat()} {self.id}"

    def published(self) -> dict[str, Any]:
        """In JSON."""
        return {**asdict(self), "at": self.at.isoformat(), "facts": dict(self.facts)}


@dataclass(frozen=True, slots=True)
class Soundness:
    """How the chain stands: its head, since when the oldest record waits for its place, what the last check found."""

    head: Statement | None
    waiting_since: datetime | None
    checked: Verdict | None


class AuditTrail:
    def __init__(
        self, db: Database, ring: KeyRing, audit: Audit, chain: AuditChain, verifier: Verifier, clock: Clock
    ) -> None:
        self._records = db["audit"]
        self._audit = audit
        self._store = ChainStore(db)
        self._ring = ring
        self._chain = chain
        self._verifier = verifier
        self._clock = clock

    async def search(self, viewer: Viewer, wanted: Wanted, page: PageRequest) -> Page[Entry]:
        """Newest first. That somebody looked for this is recorded, with the first page. Raises BadInput (`after`)."""
        if page.after is None:
            person, named = _asked(wanted)
            await self._audit.record(viewer, "audit.searched", "audit", None, subject=person, **named)
        where = {**_where(wanted), **({} if page.after is None else _after(page.after, wanted))}
        order = [("at", -1), ("_id", -1)]
        rows = await self._records.find(where).sort(order).limit(page.first + 1).to_list(None)
        reasons = await self._store.reasons([row["_id"] for row in rows if row.get("reason") is not None])
        return Page.cut([self._entry(row, reasons) for row in rows], page)

    async def heads(self, after: int, most: int) -> Sequence[Statement]:
        """Heads that were kept, beyond that place of the chain, the oldest first."""
        return await self._store.kept_heads(after, most)

    async def head(self) -> Statement | None:
        """The newest head that was kept."""
        return await self._store.kept_head()

    async def soundness(self) -> Soundness:
        check = await self._store.check()
        waiting = await self._chain.oldest_unsealed()
        return Soundness(await self._store.said(Kind.HEAD), waiting, _verdict(check) if check else None)

    async def check(self, *, whole: bool) -> Verdict:
        """Walk the chain, or what was recorded in the last two days, and keep what was found."""
        since = None if whole else self._clock.now() - _NEWEST
        verdict = await self._verifier.verify(since=since)
        await self._store.keep_check(_row(verdict))
        return verdict

    def _entry(self, row: Document, reasons: Mapping[str, bytes]) -> Entry:
        seq = row.get("seq")
        return Entry(
            id=row["_id"],
            seq=seq if isinstance(seq, int) else None,
            at=row["at"],
            actor=row.get("actor"),
            role=str(row.get("role")),
            organisation=row.get("organisation"),
            guardianship=row.get("guardianship"),
            subject=row.get("subject"),
            session=row.get("session"),
            request=row.get("request"),
            address=row.get("address"),
            action=str(row.get("action")),
            target=str(row.get("target")),
            facts=row.get("facts") or {},
            reason=reason_of(self._ring, row, reasons.get(row["_id"])),
            genuine=self._genuine(row),
        )

    def _genuine(self, row: Document) -> bool:
        try:
            return bool(row.get("mark") == mark_of(self._ring, row))
        except Malformed:
            return False


def _where(wanted: Wanted) -> Document:
    """Bounded in time, always: a record whose time is no time, put there by other hands, is for `check` to find."""
    named = {"subject": wanted.person, "actor": wanted.actor, "action": wanted.action}
    time = {"$gte": wanted.since or _FIRST, "$lt": wanted.until or _LAST}
    return {**{name: value for name, value in named.items() if value is not None}, "at": time}


def _asked(wanted: Wanted) -> tuple[str | None, dict[str, str | None]]:
    """Whom and what for, in ids and codes; what is none may be anything, somebody's phone too, and is not kept."""

    def kept(value: str | None, form: re.Pattern[str]) -> str | None:
        return value if value is not None and form.fullmatch(value) else None

    named = {"wanted_actor": kept(wanted.actor, _NAME), "wanted_action": kept(wanted.action, _NAME)}
    return kept(wanted.person, UUID), named


def _after(cursor: str, wanted: Wanted) -> Document:
    """What comes after that entry, in the order of the index."""
    moment, _, record = cursor.partition(" ")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        raise BadInput(field="after") from None
    if at.tzinfo is None or not record:
        raise BadInput(field="after")
    return {"at": {"$gte": wanted.since or _FIRST, "$lte": at}, "$or": [{"at": {"$lt": at}}, {"_id": {"$lt": record}}]}


def _row(verdict: Verdict) -> Document:
    fault = verdict.fault
    found = {"wrong": fault.wrong.value, "seq": fault.seq, "record": fault.record} if fault else None
    walked = {"first": verdict.first, "last": verdict.last, "heads": verdict.heads}
    return {"at": verdict.at, **walked, "fault": found}


def _verdict(row: Document) -> Verdict:
    found = row["fault"]
    fault = Fault(Wrong(found["wrong"]), found["seq"], found["record"]) if found else None
    return Verdict(row["at"], row["first"], row["last"], row["heads"], fault)
