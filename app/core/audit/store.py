"""The chain in the database: records, the head and the cut, and the heads that were kept."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bson import CodecOptions
from bson.codec_options import DatetimeConversion
from pymongo import UpdateOne

from app.core.audit.statements import Kind, Statement
from app.core.ids import made_at
from app.core.mongo import Collection, Database, Document, DuplicateKey, Tx

_NAMES = {Kind.HEAD: "head", Kind.CUT: "cut"}
_CHECK = "check"
_READ = 1000
_NEVER = datetime.min.replace(tzinfo=UTC)
_NO_NUMBER = ["string", "object", "array", "binData", "objectId", "bool", "date", "regex", "timestamp"]
OUTSIDE = -1
"""The place of what stands among the records and cannot be one."""


class ChainStore:
    def __init__(self, db: Database) -> None:
        self._records = _as_they_are(db["audit"])
        self._reasons = db["audit_reasons"]
        self._chain = db["audit_chain"]
        self._citizens = db["citizens"]
        self._staff = db["staff"]
        self._heads = db["audit_heads"]

    async def said(self, kind: Kind, tx: Tx | None = None) -> Statement | None:
        """The chain's head, or where it was cut."""
        row = await self._chain.find_one({"_id": _NAMES[kind]}, session=tx)
        return _statement(row, kind) if row else None

    async def unsealed(self, most: int, tx: Tx | None = None) -> list[Document]:
        """The oldest records that have no place yet."""
        return await self._records.find({"seq": None}, session=tx).sort("_id", 1).limit(most).to_list(None)

    async def seal(self, rows: Sequence[Document], tx: Tx) -> bool:
        """Give the records their places. False when one of them has been given one meanwhile."""
        places = [UpdateOne({"_id": row["_id"], "seq": None}, {"$set": _place(row)}) for row in rows]
        done = await self._records.bulk_write(places, ordered=False, session=tx)
        return done.matched_count == len(rows)

    async def move(self, was: Statement | None, now: Statement, tx: Tx | None = None) -> bool:
        """The head or the cut is another from now on. False when it was moved meanwhile."""
        name = _NAMES[now.kind]
        if was is not None:
            same = {"_id": name, "seq": was.seq, "hash": was.hash, "signature": was.signature}
            return bool((await self._chain.update_one(same, {"$set": _row(now)}, session=tx)).matched_count)
        try:
            await self._chain.insert_one({"_id": name, **_row(now)}, session=tx)
        except DuplicateKey:
            return False
        return True

    async def keep_head(self, head: Statement, tx: Tx | None = None) -> bool:
        """Keep it among those that are published. False when it is there already."""
        try:
            await self._heads.insert_one({"_id": head.seq, **_row(head)}, session=tx)
        except DuplicateKey:
            return False
        return True

    async def kept_head(self, before: datetime | None = None) -> Statement | None:
        """The newest kept head, or the newest said before that moment."""
        wanted: Document = {"at": {"$lt": before}} if before else {"_id": {"$gt": 0}}
        row = await self._heads.find_one(wanted, sort=[("at", -1)] if before else [("_id", -1)])
        return _kept(row) if row else None

    async def kept_heads(self, after: int, most: int) -> list[Statement]:
        """Kept heads beyond that place, the oldest first."""
        rows = await self._heads.find({"_id": {"$gt": after}}).sort("_id", 1).limit(most).to_list(None)
        return [_kept(row) for row in rows]

    async def chain(self, after: int) -> AsyncIterator[list[Document]]:
        """The records beyond that place in the order of the chain, piece by piece, two of the same place included."""
        last: Document | None = None
        while True:
            wanted = {"seq": {"$gt": after}} if last is None else {"seq": {"$gte": last["seq"]}}
            order = [("seq", 1), ("_id", 1)]
            rows = await self._records.find(wanted).sort(order).limit(_READ + 1).to_list(None)
            if last is not None:
                rows = [row for row in rows if row["_id"] != last["_id"]]
            if not rows:
                return
            yield rows
            last = rows[-1]
            if not _is_place(last["seq"]):
                return

    async def at_place(self, seq: int) -> Document | None:
        row: Document | None = await self._records.find_one({"seq": seq})
        return row

    async def last(self) -> Document | None:
        """The record of the highest place."""
        row: Document | None = await self._records.find_one({"seq": {"$gt": 0}}, sort=[("seq", -1)])
        return row

    async def reasons(self, records: Sequence[str]) -> dict[str, bytes]:
        rows = await self._reasons.find({"_id": {"$in": list(records)}}).to_list(None)
        return {row["_id"]: bytes(row["reason"]) for row in rows if isinstance(row.get("reason"), bytes)}

    async def first_came(self) -> list[datetime | None]:
        """When the first of the citizens and the first of the staff came, of whom there are records since; None: of
        one it is not known. Nothing where there is nobody.
        """
        citizen = await self._citizens.find_one({}, {"_id": 1}, sort=[("_id", 1)])
        # The id of a member of staff is a hash of his login: it says nothing of when he came.
        clerk = await self._staff.find_one({}, {"since": 1}, sort=[("since", 1)])
        came = [made_at(str(citizen["_id"]))] if citizen else []
        return [*came, clerk.get("since")] if clerk else came

    async def stray(self) -> Document | None:
        """A record whose place is no number, or none that a record can have."""
        odd: list[Document] = [{"seq": {"$type": _NO_NUMBER}}, {"seq": {"$lt": 1}}, {"seq": float("nan")}]
        for wanted in odd:
            row: Document | None = await self._records.find_one(wanted)
            if row is not None:
                return row
        return None

    async def drop(self, through: int, most: int = _READ) -> int:
        """Remove some of the records up to that place, with their reasons; how many."""
        old = {"seq": {"$lte": through, "$gt": 0}}
        rows = await self._records.find(old, {"_id": 1}).sort("seq", 1).limit(most).to_list(None)
        ids = [row["_id"] for row in rows]
        await self._reasons.delete_many({"_id": {"$in": ids}})
        return (await self._records.delete_many({"_id": {"$in": ids}})).deleted_count

    async def drop_heads(self, through: int, most: int = _READ) -> int:
        old = {"_id": {"$lte": through}}
        rows = await self._heads.find(old, {"_id": 1}).sort("_id", 1).limit(most).to_list(None)
        return (await self._heads.delete_many({"_id": {"$in": [row["_id"] for row in rows]}})).deleted_count

    async def keep_check(self, check: Document) -> None:
        await self._chain.replace_one({"_id": _CHECK}, check, upsert=True)

    async def check(self) -> Document | None:
        return await self._chain.find_one({"_id": _CHECK})


def _as_they_are(records: Collection) -> Collection:
    """A date that no calendar has, put there by other hands, is to be seen and not to stop the reader."""
    return records.with_options(CodecOptions(tz_aware=True, datetime_conversion=DatetimeConversion.DATETIME_AUTO))


def _place(row: Document) -> Document:
    return {"seq": row["seq"], **{name: row[name] for name in ("prev", "hash") if name in row}}


def _is_place(seq: Any) -> bool:
    return isinstance(seq, int | float) and not isinstance(seq, bool)


def _row(said: Statement) -> Document:
    return {"seq": said.seq, "hash": said.hash, "at": said.at, "key": said.key, "signature": said.signature}


def _statement(row: Document, kind: Kind) -> Statement:
    """What was put there by other hands and is none comes out as one that nobody signed."""
    match row:
        case {"seq": int(seq), "hash": str(hash_), "at": datetime() as at, "key": str(key), "signature": bytes(proof)}:
            return Statement(kind, seq, hash_, at, key, proof)
    return Statement(kind, OUTSIDE, "", _NEVER)


def _kept(row: Document) -> Statement:
    """A kept head stands at its place; one that says another place was put there by other hands."""
    head = _statement(row, Kind.HEAD)
    return head if head.seq == row["_id"] else replace(head, seq=row["_id"], signature=b"")
