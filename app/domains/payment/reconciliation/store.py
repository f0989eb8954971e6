"""Days of the gateway in MongoDB. A closed one is changed by nothing any more: the condition stands in each filter."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from app.core.ids import new_id
from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.domains.payment.reconciliation.matching.model import EntryKind
from app.domains.payment.reconciliation.model import Day, DayState, Tally

_CLOSED = DayState.CLOSED.value


class DayStore:
    def __init__(self, db: Database) -> None:
        self._days = db["gateway_days"]

    async def begin(self, day: date) -> Day:
        """As it is; made when it is not there yet."""
        row = {"state": DayState.WAITING.value, "rev": 0, "late": 0, "complete": False, "tallies": {}}
        await self._days.update_one({"_id": day.isoformat()}, {"$setOnInsert": row}, upsert=True)
        found = await self.get(day)
        assert found is not None
        return found

    async def get(self, day: date, tx: Tx | None = None) -> Day | None:
        row = await self._days.find_one({"_id": day.isoformat()}, session=tx)
        return _day(row) if row else None

    async def page(self, request: PageRequest) -> Page[Day]:
        """Newest first."""
        return Page.cut([_day(row) for row in await page_rows(self._days, {}, request)], request)

    async def newest(self) -> Day | None:
        rows = await self._days.find().sort("_id", -1).limit(1).to_list(None)
        return _day(rows[0]) if rows else None

    async def not_closed(self, until: date, most: int) -> list[date]:
        """The oldest first. When there are more, those that were never compared, and the newest: days that stay open
        for long keep no other from its turn.
        """
        found = await self._newest_in(DayState.WAITING, until, most)
        if len(found) < most:
            found += await self._newest_in(DayState.OPEN, until, most - len(found))
        return sorted(found)

    async def _newest_in(self, state: DayState, until: date, most: int) -> list[date]:
        which = {"state": state.value, "_id": {"$lte": until.isoformat()}}
        rows = await self._days.find(which, {"_id": 1}).sort("_id", -1).limit(most).to_list(None)
        return [date.fromisoformat(row["_id"]) for row in rows]

    async def start(self, day: Day) -> Day | None:
        """Comparing it begins: it waits until `compared`, so that nobody closes it over what is kept of its file and
        not looked at yet. None when it was closed.
        """
        token = new_id()
        change: Document = {"$set": {"state": DayState.WAITING.value, "comparing": token}, "$inc": {"rev": 1}}
        done = await self._days.update_one({"_id": day.id, "state": {"$ne": _CLOSED}}, change)
        return replace(day, state=DayState.WAITING, comparing=token) if done.modified_count else None

    async def touch(self, day: Day, tx: Tx) -> bool:
        """Keep it from being closed, or compared by somebody else, while something is written to it. One transaction
        a touch: of rivals one goes on. A comparison under way loses the day to one that began after it.
        """
        which: Document = {"_id": day.id, "state": {"$ne": _CLOSED}}
        if day.comparing is not None:
            which["comparing"] = day.comparing
        return bool((await self._days.update_one(which, {"$inc": {"rev": 1}}, session=tx)).modified_count)

    async def compared(self, day: Day) -> bool:
        """What came of comparing it; False when another comparison took it over."""
        change: Document = {
            "state": DayState.OPEN.value,
            "mark": day.mark,
            "complete": day.complete,
            "tallies": {kind.value: _tally_row(tally) for kind, tally in day.tallies.items()},
            "late": day.late,
            "compared_at": day.compared_at,
            "fault": None,
        }
        which = {"_id": day.id, "state": {"$ne": _CLOSED}, "comparing": day.comparing}
        done = await self._days.update_one(which, {"$set": change, "$unset": {"comparing": ""}, "$inc": {"rev": 1}})
        return bool(done.modified_count)

    async def failed(self, day: date, fault: str) -> None:
        which = {"_id": day.isoformat(), "state": {"$ne": _CLOSED}}
        await self._days.update_one(which, {"$set": {"fault": fault}})

    async def close(self, day: Day, by: str, at: datetime, tx: Tx) -> bool:
        """As it was looked at; False when it is not any more."""
        which = {"_id": day.id, "state": DayState.OPEN.value, "rev": day.rev}
        change = {"$set": {"state": _CLOSED, "closed_at": at, "closed_by": by}, "$inc": {"rev": 1}}
        return bool((await self._days.update_one(which, change, session=tx)).modified_count)


def _tally_row(one: Tally) -> Document:
    return {
        "theirs": one.theirs,
        "theirs_fen": one.theirs_fen,
        "fees_fen": one.fees_fen,
        "ours": one.ours,
        "ours_fen": one.ours_fen,
        "matched": one.matched,
    }


def _day(row: Document) -> Day:
    return Day(
        day=date.fromisoformat(row["_id"]),
        state=DayState(row["state"]),
        mark=row.get("mark"),
        complete=row["complete"],
        tallies={EntryKind(kind): Tally(**tally) for kind, tally in row["tallies"].items()},
        late=row["late"],
        compared_at=row.get("compared_at"),
        fault=row.get("fault"),
        closed_at=row.get("closed_at"),
        closed_by=row.get("closed_by"),
        rev=row["rev"],
    )
