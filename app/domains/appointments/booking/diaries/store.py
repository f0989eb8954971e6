"""Diaries in MongoDB: one row a person; a save holds the version that was read."""

from __future__ import annotations

from app.core.mongo import Database, Document, DuplicateKey, Tx
from app.core.paging import Page, PageRequest
from app.domains.appointments.booking.diaries.model import Diary, Entry


class DiaryStore:
    def __init__(self, db: Database) -> None:
        self._diaries = db["diaries"]

    async def of(self, citizen: str, tx: Tx | None = None) -> Diary:
        row = await self._diaries.find_one({"_id": citizen}, session=tx)
        return _diary(row) if row else Diary(citizen)

    async def save(self, diary: Diary, tx: Tx) -> None:
        """Raises DuplicateKey when it was changed since it was read (the caller's transaction runs again)."""
        if not diary.version:
            await self._diaries.insert_one(_row(diary), session=tx)
            return
        before = {"_id": diary.citizen, "version": diary.version}
        if not (await self._diaries.replace_one(before, _row(diary), session=tx)).modified_count:
            raise DuplicateKey("the diary was changed meanwhile")

    async def blocked(self, request: PageRequest) -> Page[Diary]:
        """For the desk: who is or was blocked, the newest account first."""
        after = {"_id": {"$lt": request.after}} if request.after else {}
        which: Document = {"blocked": True, **after}
        rows = await self._diaries.find(which).sort("_id", -1).limit(request.first + 1).to_list(None)
        return Page.cut([_diary(row) for row in rows], request)


def _row(diary: Diary) -> Document:
    return {
        "_id": diary.citizen,
        "version": diary.version + 1,
        "entries": [
            {
                "booking": one.booking,
                "service": one.service,
                "starts_at": one.starts_at,
                "ends_at": one.ends_at,
                "until": one.until,
            }
            for one in diary.entries
        ],
        "missed": list(diary.missed),
        "blocked_until": diary.blocked_until,
        "blocked": diary.blocked_until is not None,
    }


def _diary(row: Document) -> Diary:
    return Diary(
        citizen=row["_id"],
        version=row["version"],
        entries=tuple(Entry(**one) for one in row["entries"]),
        missed=tuple(row["missed"]),
        blocked_until=row["blocked_until"],
    )
