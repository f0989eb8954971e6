"""The gateway's lines as they were fetched, and our own entries at the gateway, which are only read here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import date, datetime

from app.core.mongo import Database, Document, Tx
from app.domains.payment.reconciliation.matching.model import Booked, EntryKind, Ours, Theirs

_AT_ONCE = 1_000
_BOOKS = {
    EntryKind.ORDER: "gateway_orders",
    EntryKind.REFUND: "gateway_refunds",
    EntryKind.PAYOUT: "gateway_payouts",
}
# An order that was paid and went back is money that came all the same.
_BOOKED = {
    "paid": Booked.DONE,
    "returned": Booked.DONE,
    "done": Booked.DONE,
    "mismatch": Booked.MISMATCH,
    "failed": Booked.FAILED,
    "closed": Booked.FAILED,
}
_DONE = ["done", "paid", "returned"]


class LineStore:
    """`day` is the day that a line came up on: its file's, or a later one when that day was closed."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._lines = db["gateway_lines"]

    async def take_in(self, lines: Sequence[Theirs], day: date, mark: str, tx: Tx) -> tuple[int, int]:
        """Keep what is new of these lines of one file, and what they say otherwise than before: how many of each.
        `mark` names the file they stand in.
        """
        named = {"_id": {"$in": [line.id for line in lines]}}
        known = {row["_id"]: row async for row in self._lines.find(named, session=tx)}
        fresh = [line for line in lines if line.id not in known]
        other = [line for line in lines if line.id in known and _line(known[line.id]) != line]
        if fresh:
            await self._lines.insert_many([_row(line, day, mark) for line in fresh], ordered=False, session=tx)
        await self._db.update_each("gateway_lines", [_change(line, day, mark) for line in other], tx)
        same = [line.id for line in lines if line.id in known and known[line.id]["mark"] != mark]
        if same:
            await self._lines.update_many({"_id": {"$in": same}}, {"$set": {"mark": mark}}, session=tx)
        return len(fresh), len(other)

    async def drop_others(self, file: date, mark: str, tx: Tx) -> int:
        """Lines of that day's file that its newest one no longer holds."""
        gone = {"file": file.isoformat(), "mark": {"$ne": mark}}
        return (await self._lines.delete_many(gone, session=tx)).deleted_count

    async def of_day(self, day: date) -> AsyncIterator[list[Theirs]]:
        """All that came up on that day, some at a time."""
        after = ""
        while True:
            which = {"day": day.isoformat(), "_id": {"$gt": after}}
            rows = await self._lines.find(which).sort("_id", 1).limit(_AT_ONCE).to_list(None)
            if not rows:
                return
            yield [_line(row) for row in rows]
            after = rows[-1]["_id"]

    async def named(self, kind: EntryKind, references: Collection[str]) -> dict[str, list[Theirs]]:
        """Of whatever day."""
        found: dict[str, list[Theirs]] = {}
        which = {"reference": {"$in": sorted(references)}, "kind": kind.value}
        async for row in self._lines.find(which).sort("_id", 1):
            found.setdefault(row["reference"], []).append(_line(row))
        return found


class BookStore:
    """Orders, refunds and payouts as our books have them."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def known(self, kind: EntryKind, references: Collection[str]) -> dict[str, Ours]:
        rows = self._db[_BOOKS[kind]].find({"_id": {"$in": sorted(references)}})
        return {row["_id"]: _ours(kind, row) async for row in rows}

    async def settled(self, kind: EntryKind, since: datetime, until: datetime) -> AsyncIterator[list[Ours]]:
        """Those by which money moved in that time, some at a time."""
        after: tuple[datetime, str] | None = None
        while True:
            which: Document = {"settled_at": {"$gte": since, "$lt": until}, "state": {"$in": _DONE}}
            if after is not None:
                which["settled_at"]["$gte"] = after[0]
                which["$or"] = [{"settled_at": {"$gt": after[0]}}, {"_id": {"$gt": after[1]}}]
            order = [("settled_at", 1), ("_id", 1)]
            rows = await self._db[_BOOKS[kind]].find(which).sort(order).limit(_AT_ONCE).to_list(None)
            if not rows:
                return
            yield [_ours(kind, row) for row in rows]
            after = rows[-1]["settled_at"], rows[-1]["_id"]


def _row(line: Theirs, day: date, mark: str) -> Document:
    return {
        "_id": line.id,
        "kind": line.kind.value,
        "reference": line.reference,
        "gateway_id": line.gateway_id,
        "fen": line.fen,
        "fee": line.fee,
        "state": line.state,
        "at": line.at,
        "time": line.time,
        "file": line.file.isoformat(),
        "day": day.isoformat(),
        "mark": mark,
    }


def _change(line: Theirs, day: date, mark: str) -> tuple[Document, Document]:
    row = _row(line, day, mark)
    return {"_id": row.pop("_id")}, {"$set": row}


def _line(row: Document) -> Theirs:
    return Theirs(
        kind=EntryKind(row["kind"]),
        reference=row["reference"],
        gateway_id=row["gateway_id"],
        fen=row["fen"],
        fee=row["fee"],
        state=row["state"],
        at=row["at"],
        file=date.fromisoformat(row["file"]),
        time=row["time"],
    )


def _ours(kind: EntryKind, row: Document) -> Ours:
    """Of an order what came counts; of what waits or failed, what was asked for is shown."""
    state = _BOOKED.get(row["state"], Booked.OPEN)
    return Ours(
        kind=kind,
        reference=row["_id"],
        fen=row.get("paid_fen") or row["fen"],
        state=state,
        at=row.get("settled_at") or row["at"],
        citizen=row.get("citizen"),
    )
