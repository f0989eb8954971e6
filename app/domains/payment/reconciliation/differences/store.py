"""Differences in MongoDB. Those without a resolution are found by day; those of one reference by the reference."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.domains.payment.reconciliation.differences.model import (
    UNRESOLVED,
    Difference,
    DifferenceState,
    Remedy,
    Resolution,
)
from app.domains.payment.reconciliation.matching.model import Booked, Corrected, EntryKind, What

_UNRESOLVED = [state.value for state in UNRESOLVED]
_MOVED = {Remedy.SUSPENSE.value, Remedy.LOSSES.value, Remedy.WALLET.value}


class DifferenceStore:
    def __init__(self, db: Database) -> None:
        self._db = db
        self._differences = db["gateway_differences"]

    async def note(self, one: Difference, tx: Tx) -> bool:
        """Whether it is new. One that is known and not put right yet takes over what is seen now, unless somebody's
        proposal to resolve it waits for approval and it is as it was.
        """
        row = _row(one)
        key = {"_id": row.pop("_id")}
        before = await self._differences.find_one(key, session=tx)
        if before is None:
            await self._differences.insert_one({**key, **row}, session=tx)
            return True
        if before["state"] in _UNRESOLVED and _seen(before) != _seen(row):
            fresh = {**_seen(row), "state": DifferenceState.TAKEN.value if before.get("owner") else row["state"]}
            await self._differences.update_one(key, {"$set": fresh, "$unset": {"resolution": ""}}, session=tx)
        return False

    async def get(self, id_: str, tx: Tx | None = None) -> Difference | None:
        row = await self._differences.find_one({"_id": id_}, session=tx)
        return _difference(row) if row else None

    async def save(self, now: Difference, was: Difference, tx: Tx) -> bool:
        """From where it was: of two who act at once one gets True."""
        row = _row(now)
        which = {"_id": row.pop("_id"), "state": was.state.value, "owner": was.owner, "gap": was.gap}
        change: Document = {"$set": row} if "resolution" in row else {"$set": row, "$unset": {"resolution": ""}}
        return bool((await self._differences.update_one(which, change, session=tx)).modified_count)

    async def open_on(self, day: date, tx: Tx | None = None) -> int:
        which = {"day": day.isoformat(), "state": {"$in": _UNRESOLVED}}
        return await self._differences.count_documents(which, session=tx)

    async def unresolved(self, day: date) -> list[Difference]:
        rows = self._differences.find({"day": day.isoformat(), "state": {"$in": _UNRESOLVED}}).sort("_id", 1)
        return [_difference(row) async for row in rows]

    async def page(self, which: Document, request: PageRequest) -> Page[Difference]:
        rows = await page_rows(self._differences, which, request, newest=False)
        return Page.cut([_difference(row) for row in rows], request)

    async def of_day(self, day: date, request: PageRequest) -> Page[Difference]:
        return await self.page({"day": day.isoformat()}, request)

    async def still_open(self, request: PageRequest) -> Page[Difference]:
        """Of all days, the oldest first."""
        return await self.page({"state": {"$in": _UNRESOLVED}}, request)

    async def corrected(self, kind: EntryKind, references: Collection[str]) -> dict[str, Corrected]:
        """What was put right before, by reference."""
        found: dict[str, Corrected] = {}
        which = {
            "reference": {"$in": sorted(references)},
            "kind": kind.value,
            "state": DifferenceState.RESOLVED.value,
        }
        fields = {"reference": 1, "gap": 1, "resolution.remedy": 1}
        async for row in self._differences.find(which, fields):
            before = found.get(row["reference"], Corrected())
            moved = row["gap"] if row["resolution"]["remedy"] in _MOVED else 0
            found[row["reference"]] = Corrected(before.fen + moved, before.times + 1)
        return found

    async def put_right(self, kind: EntryKind, references: Collection[str], tx: Tx | None) -> set[str]:
        """Those of them of which something was put right, and nothing is left to be."""
        which = {"reference": {"$in": sorted(references)}, "kind": kind.value}
        rows = await self._differences.find(which, {"reference": 1, "state": 1}, session=tx).to_list(None)
        return {row["reference"] for row in rows} - {row["reference"] for row in rows if row["state"] in _UNRESOLVED}

    async def counts(self, days: Sequence[date]) -> dict[str, tuple[int, int]]:
        """By day: how many there are, and how many of them are not put right yet."""
        pipeline: list[Document] = [
            {"$match": {"day": {"$in": [day.isoformat() for day in days]}}},
            {"$group": {"_id": {"day": "$day", "state": "$state"}, "count": {"$sum": 1}}},
        ]
        found: dict[str, tuple[int, int]] = {}
        for row in await self._db.aggregate("gateway_differences", pipeline):
            whole, left = found.get(row["_id"]["day"], (0, 0))
            more = row["count"] if row["_id"]["state"] in _UNRESOLVED else 0
            found[row["_id"]["day"]] = whole + row["count"], left + more
        return found


def _seen(row: Document) -> Document:
    names = ("what", "gap", "theirs_fen", "theirs_state", "gateway_id", "ours_fen", "ours_state", "citizen")
    return {name: row[name] for name in names}


def _row(one: Difference) -> Document:
    row: Document = {
        "_id": one.id,
        "day": one.day.isoformat(),
        "what": one.what.value,
        "kind": one.kind.value,
        "reference": one.reference,
        "gap": one.gap,
        "found_at": one.found_at,
        "theirs_fen": one.theirs_fen,
        "theirs_state": one.theirs_state,
        "gateway_id": one.gateway_id,
        "ours_fen": one.ours_fen,
        "ours_state": one.ours_state.value if one.ours_state else None,
        "citizen": one.citizen,
        "times": one.times,
        "state": one.state.value,
        "owner": one.owner,
        "taken_at": one.taken_at,
    }
    return {**row, "resolution": _resolution_row(one.resolution)} if one.resolution else row


def _resolution_row(one: Resolution) -> Document:
    return {
        "remedy": one.remedy.value,
        "reason": one.reason,
        "by": one.by,
        "at": one.at,
        "transfer": one.transfer,
        "approved_by": one.approved_by,
    }


def _difference(row: Document) -> Difference:
    done = row.get("resolution")
    return Difference(
        day=date.fromisoformat(row["day"]),
        what=What(row["what"]),
        kind=EntryKind(row["kind"]),
        reference=row["reference"],
        gap=row["gap"],
        found_at=row["found_at"],
        theirs_fen=row["theirs_fen"],
        theirs_state=row["theirs_state"],
        gateway_id=row["gateway_id"],
        ours_fen=row["ours_fen"],
        ours_state=Booked(row["ours_state"]) if row["ours_state"] else None,
        citizen=row["citizen"],
        times=row["times"],
        state=DifferenceState(row["state"]),
        owner=row["owner"],
        taken_at=row["taken_at"],
        resolution=_resolution(done) if done else None,
    )


def _resolution(row: Document) -> Resolution:
    return Resolution(
        remedy=Remedy(row["remedy"]),
        reason=row["reason"],
        by=row["by"],
        at=row["at"],
        transfer=row["transfer"],
        approved_by=row["approved_by"],
    )
