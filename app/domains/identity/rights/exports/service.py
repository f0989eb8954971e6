"""Asking for an export, making it, telling that it is ready, handing it out, and deleting it."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator, Sequence
from urllib.parse import urlencode

import structlog
from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.limits import Limits
from app.core.mongo import Database, Document, Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.sealed import KeyRing, PersonErased
from app.core.traces import frames_of
from app.core.viewer import Role, Viewer
from app.domains.identity.rights.exports.errors import ExportTooLarge
from app.domains.identity.rights.exports.model import (
    KEPT,
    LINK_LIFE,
    PER_CITIZEN,
    Export,
    Exporter,
    ExportState,
    gathered,
    packed,
)
from app.domains.identity.rights.exports.store import MOST_ATTEMPTS, Claim, ExportStore

log = structlog.get_logger()
_EXPORT = TypeAdapter(Export)
_MAKER = Viewer(role=Role.OPS, actor="worker")


class ExportService:
    def __init__(
        self,
        db: Database,
        exports: ExportStore,
        exporters: Sequence[Exporter],
        ring: KeyRing,
        limits: Limits,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
        base_url: str,
    ) -> None:
        self._db = db
        self._exports = exports
        self._exporters = exporters
        self._ring = ring
        self._limits = limits
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock
        self._base_url = base_url

    async def request(self, viewer: Viewer, key: str) -> Export:
        """Raises ExportUnderway, RateLimited, IdempotencyConflict."""
        citizen, call = viewer.self_only(), Call.of(viewer, "requestDataExport", key)
        before = await self._idempotency.replay(call, _EXPORT)
        if before is not None:
            return before
        await self._limits.take(PER_CITIZEN, citizen)
        wanted = Export(new_id(), citizen, ExportState.REQUESTED, self._clock.now())

        async def work(tx: Tx) -> Export:
            await self._exports.add(wanted, tx)
            await self._audit.record(viewer, "export.requested", wanted.id, tx)
            return wanted

        return await self._idempotency.once(call, _EXPORT, work)

    async def mine(self, viewer: Viewer) -> list[Export]:
        """Newest first."""
        return await self._exports.of(viewer.self_only())

    async def waiting(self, state: ExportState | None, request: PageRequest) -> Page[Export]:
        """For the desk; newest first. In whatever state, when none is named."""
        return await self._exports.page(state, request)

    def link(self, export: Export) -> str | None:
        """Where the archive is fetched within the next five minutes; None when there is none."""
        if not export.downloadable(self._clock.now()):
            return None
        until = int((self._clock.now() + LINK_LIFE).timestamp())
        query = {"of": export.citizen, "until": until, "proof": self._proof(export.id, export.citizen, until)}
        return f"{self._base_url}/media/exports/{export.id}.zip?{urlencode(query)}"

    async def behind(self, export: str, citizen: str, until: int, proof: str) -> Export | None:
        """The export behind a link; None when the link is not genuine or over."""
        right = self._proof(export, citizen, until)
        if not hmac.compare_digest(proof.encode(), right.encode()) or until < self._clock.now().timestamp():
            return None
        found = await self._exports.get(export, citizen)
        if found is None or not found.downloadable(self._clock.now()):
            return None
        await self._audit.record(Viewer(Role.CITIZEN, citizen, citizen), "export.fetched", export, None)
        return found

    def pieces(self, export: Export) -> AsyncIterator[bytes]:
        return self._exports.pieces(export)

    async def make_next(self) -> int:
        """A worker's round: make one archive. How many there were to make."""
        claim = await self._exports.claim(self._clock.now())
        if claim is None:
            return 0
        try:
            await self._make(claim)
        except PersonErased:  # who asked has left the city meanwhile
            await self._fail(claim)
        except Exception as error:
            log.error("export not made", attempt=claim.attempt, traceback=frames_of(error))
            if claim.attempt >= MOST_ATTEMPTS or isinstance(error, ExportTooLarge):
                await self._fail(claim)
        return 1

    async def drop_old(self) -> int:
        """Delete archives whose three days are over; how many there were."""
        over = await self._exports.over(self._clock.now())
        for export in over:
            await self._exports.drop(export)
        return len(over)

    async def _make(self, claim: Claim) -> None:
        files = await gathered(self._exporters, claim.export.citizen)
        archive = await asyncio.to_thread(packed, files, self._clock.now())
        chunks = await self._exports.keep(claim, archive, self._clock.now())
        now = self._clock.now()
        times = {"ready_at": now, "expires_at": now + KEPT, "due_at": now + KEPT}
        made = {"size": len(archive), "chunks": chunks, "archive": claim.fence}
        await self._settle(claim, {"state": ExportState.READY.value, "open": False, **times, **made}, "export.ready")

    async def _fail(self, claim: Claim) -> None:
        await self._settle(claim, {"state": ExportState.FAILED.value, "open": False}, "export.failed")

    async def _settle(self, claim: Claim, change: Document, event: str) -> None:
        citizen, export = claim.export.citizen, claim.export.id

        async def work(tx: Tx) -> None:
            if await self._exports.settle(claim, change, tx):
                await self._audit.record(_MAKER, event, export, tx, subject=citizen)
                await self._outbox.add(event, citizen, tx, export=export)

        await self._db.transaction(work)

    def _proof(self, export: str, citizen: str, until: int) -> str:
        return self._ring.keyed_hash(f"{export}.{citizen}.{until}", kind="export link")
