"""Entries of hours in MongoDB, each under its activity and citizen, and how many minutes each day of a citizen has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from app.core.mongo import Database, Document, Tx, insert_rows, page_rows, rivals_look_again
from app.core.paging import Page, PageRequest
from app.domains.community.volunteers.hours.model import Correction, Entry, HoursState

_DAYS_KEPT = timedelta(days=400)


class HoursStore:
    def __init__(self, db: Database) -> None:
        self._db = db
        self._hours = db["volunteer_hours"]
        self._days = db["volunteer_days"]

    async def add(self, entries: Sequence[Entry], tx: Tx) -> None:
        """Raises DuplicateKey: one of them is there."""
        await insert_rows(self._hours, [_row(one) for one in entries], tx)

    async def get(self, entry: str, tx: Tx | None = None) -> Entry | None:
        row = await self._hours.find_one({"_id": entry}, session=tx)
        return _entry(row) if row else None

    async def save(self, one: Entry, tx: Tx) -> bool:
        """The next version; False when it was changed meanwhile."""
        before = {"_id": one.id, "rev": one.rev - 1}
        return bool((await self._hours.replace_one(before, _row(one), session=tx)).modified_count)

    async def of_citizen(self, citizen: str, request: PageRequest) -> Page[Entry]:
        """The newest day first; the cursor is `turn_of`."""
        rows = await page_rows(self._hours, {"citizen": citizen}, request, by="turn")
        return Page.cut([_entry(row) for row in rows], request)

    async def of_activity(self, activity: str, request: PageRequest) -> Page[Entry]:
        """By citizen."""
        rows = await page_rows(self._hours, {"activity": activity}, request, by="citizen", newest=False)
        return Page.cut([_entry(row) for row in rows], request)

    async def in_state(self, state: HoursState, after: str, most: int, activity: str | None = None) -> list[Entry]:
        which: Document = {"state": state.value, "_id": {"$gt": after}}
        if activity is not None:
            which["activity"] = activity
        return [_entry(row) for row in await self._hours.find(which).sort("_id", 1).limit(most).to_list(None)]

    async def page(self, state: HoursState, request: PageRequest) -> Page[Entry]:
        """For the desk."""
        rows = await page_rows(self._hours, {"state": state.value}, request)
        return Page.cut([_entry(row) for row in rows], request)

    async def sum_of(self, citizen: str, tx: Tx | None = None) -> int:
        """All published minutes, counted anew."""
        published = {"$match": {"citizen": citizen, "published": {"$gt": 0}}}
        group: Document = {"$group": {"_id": None, "minutes": {"$sum": "$published"}}}
        rows = await self._db.aggregate("volunteer_hours", [published, group], tx)
        return int(rows[0]["minutes"]) if rows else 0

    async def on_day(self, citizen: str, day: date, tx: Tx) -> int:
        row = await self._days.find_one({"_id": f"{citizen}:{day.isoformat()}"}, session=tx)
        return int(row["minutes"]) if row else 0

    async def set_day(self, citizen: str, day: date, minutes: int, tx: Tx) -> None:
        """Written also when it stays the same: two entries of one day are counted one after the other."""
        tidy = datetime(day.year, day.month, day.day, tzinfo=UTC) + _DAYS_KEPT
        change = {"$set": {"citizen": citizen, "minutes": minutes, "tidy_at": tidy}, "$inc": {"rev": 1}}
        with rivals_look_again():
            await self._days.update_one({"_id": f"{citizen}:{day.isoformat()}"}, change, upsert=True, session=tx)


def turn_of(one: Entry) -> str:
    return f"{one.day.isoformat()}/{one.activity}"


def _row(one: Entry) -> Document:
    return {
        "_id": one.id,
        "activity": one.activity,
        "citizen": one.citizen,
        "organisation": one.organisation,
        "day": one.day.isoformat(),
        "turn": turn_of(one),
        "minutes": one.minutes,
        "state": one.state.value,
        "by": one.by,
        "at": one.at,
        "published": one.published,
        "published_at": one.published_at,
        "second": one.second,
        "corrections": [
            {"was": step.was, "now": step.now, "reason": step.reason, "by": step.by, "at": step.at}
            for step in one.corrections
        ],
        "rev": one.rev,
    }


def _entry(row: Document) -> Entry:
    return Entry(
        activity=row["activity"],
        citizen=row["citizen"],
        organisation=row["organisation"],
        day=date.fromisoformat(row["day"]),
        minutes=row["minutes"],
        state=HoursState(row["state"]),
        by=row["by"],
        at=row["at"],
        published=row["published"],
        published_at=row["published_at"],
        second=row["second"],
        corrections=tuple(Correction(**step) for step in row["corrections"]),
        rev=row["rev"],
    )
