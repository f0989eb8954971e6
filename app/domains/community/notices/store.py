"""Notices in MongoDB, and by which homes they were read."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.domains.community.notices.model import Edition, EstateNotice, NoticeState

_KEPT = timedelta(days=365)


class EstateNoticeStore:
    def __init__(self, db: Database) -> None:
        self._db = db
        self._notices = db["estate_notices"]
        self._reads = db["estate_notice_reads"]

    async def add(self, notice: EstateNotice, tx: Tx) -> None:
        await self._notices.insert_one(_row(notice), session=tx)

    async def save(self, notice: EstateNotice, was: EstateNotice, tx: Tx) -> bool:
        """False when it was changed meanwhile."""
        before = {"_id": was.id, "state": was.state.value, "edits": len(was.earlier)}
        return bool((await self._notices.replace_one(before, _row(notice), session=tx)).modified_count)

    async def get(self, notice: str, tx: Tx | None = None) -> EstateNotice | None:
        row = await self._notices.find_one({"_id": notice}, session=tx)
        return _notice(row) if row else None

    async def for_audience(self, audience: Collection[str], now: datetime, request: PageRequest) -> Page[EstateNotice]:
        """Those that are good now, the newest first."""
        which = {"audience": {"$in": sorted(audience)}, "state": NoticeState.PUBLISHED.value, "until": {"$gt": now}}
        rows = await page_rows(self._notices, which, request)
        return Page.cut([_notice(row) for row in rows], request)

    async def of_estate(self, estate: str, request: PageRequest) -> Page[EstateNotice]:
        """All of them, the newest first."""
        rows = await page_rows(self._notices, {"estate": estate}, request)
        return Page.cut([_notice(row) for row in rows], request)

    async def to_tell(self, most: int) -> list[EstateNotice]:
        """Urgent ones of which not all have heard, the oldest first."""
        rows = await self._notices.find({"after": {"$gte": ""}}).sort("_id", 1).limit(most).to_list(None)
        return [_notice(row) for row in rows]

    async def told(self, notice: str, before: str, after: str | None) -> bool:
        """Up to which residency. False when another process was faster."""
        which = {"_id": notice, "after": before}
        return bool((await self._notices.update_one(which, {"$set": {"after": after}})).modified_count)

    # Who has read it

    async def read(self, notice: str, households: Collection[str], at: datetime, tx: Tx) -> int:
        """By these homes; those that had before stay. How many are new."""
        ids = {f"{notice}:{one}": one for one in households}
        there = await self._reads.find({"_id": {"$in": sorted(ids)}}, {"_id": 1}, session=tx).to_list(None)
        fresh = sorted(ids.keys() - {row["_id"] for row in there})
        if fresh:
            rows = [
                {"_id": one, "notice": notice, "household": ids[one], "at": at, "tidy_at": at + _KEPT} for one in fresh
            ]
            await self._reads.insert_many(rows, session=tx)
        return len(fresh)

    async def read_by(self, notices: Collection[str], households: Collection[str]) -> set[tuple[str, str]]:
        """(notice, home) of those that these homes have read."""
        ids = [f"{notice}:{household}" for notice in notices for household in households]
        rows = await self._reads.find({"_id": {"$in": ids}}, {"notice": 1, "household": 1}).to_list(None)
        return {(row["notice"], row["household"]) for row in rows}

    async def readers(self, notices: Collection[str]) -> dict[str, int]:
        """How many homes have read each; those that nobody has read are left out."""
        which = {"notice": {"$in": sorted(notices)}}
        group = {"_id": "$notice", "count": {"$sum": 1}}
        rows = await self._db.aggregate("estate_notice_reads", [{"$match": which}, {"$group": group}])
        return {row["_id"]: int(row["count"]) for row in rows}


def _row(notice: EstateNotice) -> Document:
    return {
        "_id": notice.id,
        "estate": notice.estate,
        "organisation": notice.organisation,
        "by": notice.by,
        "title": notice.title,
        "text": notice.text,
        "urgent": notice.urgent,
        "audience": list(notice.audience),
        "files": list(notice.files),
        "published_at": notice.published_at,
        "until": notice.until,
        "state": notice.state.value,
        "edits": len(notice.earlier),
        "earlier": [{"title": e.title, "text": e.text, "until": e.until, "by": e.by} for e in notice.earlier],
        "after": notice.after,
        "tidy_at": notice.until + 2 * _KEPT,
    }


def _notice(row: Document) -> EstateNotice:
    return EstateNotice(
        id=row["_id"],
        estate=row["estate"],
        organisation=row["organisation"],
        by=row["by"],
        title=row["title"],
        text=row["text"],
        urgent=row["urgent"],
        audience=tuple(row["audience"]),
        files=tuple(row["files"]),
        published_at=row["published_at"],
        until=row["until"],
        state=NoticeState(row["state"]),
        earlier=tuple(Edition(e["title"], e["text"], e["until"], e["by"]) for e in row["earlier"]),
        after=row["after"],
    )
