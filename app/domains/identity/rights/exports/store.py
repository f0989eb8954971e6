"""Exports in MongoDB: who asked, how far it is, and the archive in sealed pieces."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core.ids import new_id
from app.core.mongo import Database, Document, DuplicateKey, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKeys
from app.core.sealed import PersonErased
from app.domains.identity.rights.exports.errors import ExportUnderway
from app.domains.identity.rights.exports.model import CHUNK, KEPT, Export, ExportState

_LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Claim:
    """An export to be made, for as long as the lease lasts; `fence` names the archive that is being made."""

    export: Export
    fence: str
    attempt: int


class ExportStore:
    def __init__(self, db: Database, persons: PersonKeys) -> None:
        self._exports = db["data_exports"]
        self._chunks = db["export_chunks"]
        self._persons = persons

    async def add(self, export: Export, tx: Tx) -> None:
        """Raises ExportUnderway."""
        waiting = {"open": True, "due_at": export.requested_at, "attempt": 0}
        row = {"_id": export.id, "citizen": export.citizen, "state": export.state.value, **waiting}
        if await self._exports.find_one({"citizen": export.citizen, "open": True}, {"_id": 1}, session=tx):
            raise ExportUnderway
        try:
            await self._exports.insert_one({**row, "requested_at": export.requested_at}, session=tx)
        except DuplicateKey:
            raise ExportUnderway from None

    async def of(self, citizen: str) -> list[Export]:
        """The newest, at most twenty."""
        rows = await self._exports.find({"citizen": citizen}).sort("_id", -1).limit(20).to_list(None)
        return [_export(row) for row in rows]

    async def get(self, export: str, citizen: str) -> Export | None:
        row = await self._exports.find_one({"citizen": citizen, "_id": export})
        return _export(row) if row else None

    async def page(self, state: ExportState | None, request: PageRequest) -> Page[Export]:
        """For the desk, newest first."""
        rows = await page_rows(self._exports, {"state": state.value} if state else {}, request)
        return Page.cut([_export(row) for row in rows], request)

    async def claim(self, now: datetime) -> Claim | None:
        """The next one to be made; one whose maker died is due again when the lease ends."""
        due = {"state": ExportState.REQUESTED.value, "due_at": {"$lte": now}}
        for row in await self._exports.find(due).sort([("due_at", 1), ("_id", 1)]).limit(10).to_list(None):
            fence, seen = new_id(), {"citizen": row["citizen"], "_id": row["_id"], "due_at": row["due_at"], **_WAITING}
            change = {"$set": {"due_at": now + _LEASE, "fence": fence}, "$inc": {"attempt": 1}}
            if (await self._exports.update_one(seen, change)).modified_count:
                return Claim(_export(row), fence, row["attempt"] + 1)
        return None

    async def keep(self, claim: Claim, archive: bytes, now: datetime) -> int:
        """Put the archive away under the claim's fence, sealed; in how many pieces. Raises PersonErased."""
        citizen, count = claim.export.citizen, 0
        key = await self._persons.sealing(citizen)
        for start in range(0, len(archive), CHUNK):
            name = f"{claim.fence}:{count:05d}"
            sealed = key.seal(archive[start : start + CHUNK], record=name, field="export")
            row = {"citizen": citizen, "data": sealed, "tidy_at": now + KEPT + _LEASE}
            await self._chunks.update_one({"_id": name}, {"$set": row}, upsert=True)
            count += 1
        return count

    async def settle(self, claim: Claim, change: Document, tx: Tx) -> bool:
        """False when the lease was lost, or the export is gone."""
        mine = {"citizen": claim.export.citizen, "_id": claim.export.id, "fence": claim.fence, **_WAITING}
        done = await self._exports.update_one(mine, {"$set": change}, session=tx)
        return bool(done.modified_count)

    async def pieces(self, export: Export) -> AsyncIterator[bytes]:
        """The archive, piece by piece; it ends early when the pieces were deleted meanwhile."""
        key = await self._persons.of(export.citizen)
        for number in range(export.chunks):
            name = f"{export.archive}:{number:05d}"
            row = await self._chunks.find_one({"_id": name})
            if row is None:
                return
            try:
                yield key.open(row["data"], record=name, field="export")
            except PersonErased:
                return

    async def over(self, now: datetime) -> list[Export]:
        """Ready ones whose time is over."""
        which = {"state": ExportState.READY.value, "due_at": {"$lte": now}}
        return [_export(row) for row in await self._exports.find(which).limit(500).to_list(None)]

    async def drop(self, export: Export) -> None:
        """Delete the archive; the row stays and says that there was one."""
        pieces = [f"{export.archive}:{number:05d}" for number in range(export.chunks)]
        await self._chunks.delete_many({"_id": {"$in": pieces}})
        ready = {"citizen": export.citizen, "_id": export.id, "state": ExportState.READY.value}
        await self._exports.update_one(ready, {"$set": {"state": ExportState.EXPIRED.value, "due_at": None}})


_WAITING = {"state": ExportState.REQUESTED.value}


def _export(row: Document) -> Export:
    return Export(
        id=row["_id"],
        citizen=row["citizen"],
        state=ExportState(row["state"]),
        requested_at=row["requested_at"],
        ready_at=row.get("ready_at"),
        expires_at=row.get("expires_at"),
        size=row.get("size"),
        chunks=row.get("chunks", 0),
        archive=row.get("archive"),
    )
