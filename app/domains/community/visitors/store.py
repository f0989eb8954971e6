"""Visitors' passes in MongoDB. An entry is taken by one guarded update; how many a home makes a day, too.

The guest's name, phone and plate, and the secret of his page, are sealed under the key of whoever invited him; a page
is found by the hash of its secret, a plate by its keyed hash.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKey, PersonKeys
from app.core.sealed import KeyRing
from app.domains.community.visitors.model import VisitorPass

GUEST, PHONE, PLATE, LINK = "visitor guest", "visitor phone", "visitor plate", "visitor link"


_TOLD = {"used": 1, "revoked_at": 1, "ends": 1}
Turn = tuple[datetime, str]  # of a pass, by its end and its id


@dataclass(frozen=True, slots=True)
class Changed:
    """A pass that is not as it was made: what gates are told of it."""

    id: str
    used: int
    revoked: bool
    ends: datetime


class PassStore:
    def __init__(self, db: Database, persons: PersonKeys, ring: KeyRing) -> None:
        self._passes = db["visitor_passes"]
        self._days = db["visitor_days"]
        self._persons = persons
        self._ring = ring

    async def add(self, one: VisitorPass, tx: Tx) -> None:
        key = await self._persons.sealing(one.citizen, tx)
        await self._passes.insert_one(self._row(one, key), session=tx)

    async def count(self, household: str, day: date, limit: int, until: datetime, tx: Tx) -> bool:
        """One more pass of that home on that day. False: the day is full."""
        which = {"_id": f"{household}:{day.isoformat()}"}
        row = await self._days.find_one(which, session=tx)
        if row is not None and row["made"] >= limit:
            return False
        change = {"$inc": {"made": 1}, "$setOnInsert": {"tidy_at": until + timedelta(days=2)}}
        await self._days.update_one(which, change, upsert=True, session=tx)
        return True

    async def get(self, pass_id: str, tx: Tx | None = None) -> VisitorPass | None:
        """For the gate."""
        return await self._one({"_id": pass_id}, tx)

    async def own(self, pass_id: str, citizen: str, tx: Tx | None = None) -> VisitorPass | None:
        return await self._one({"_id": pass_id, "citizen": citizen}, tx)

    async def by_link(self, secret: str) -> VisitorPass | None:
        return await self._one({"page": _hash(secret)}, None)

    async def by_plate(
        self, estate: str, plate: str, gate: str, now: datetime, tx: Tx | None = None
    ) -> VisitorPass | None:
        """The one that lets this car in now and ends first: by this gate, or else by others."""
        which = {"estate": estate, "plate_hash": self.plate_hash(plate), "revoked_at": None}
        open_ = {**which, "begins": {"$lte": now}, "ends": {"$gt": now}, "left": {"$gt": 0}}
        here: Document = {"$or": [{"gates": []}, {"gates": gate}]}
        for wanted in ({**open_, **here}, open_):
            row = await self._passes.find_one(wanted, session=tx, sort=[("ends", 1)])
            if row is not None:
                return _pass(row, await self._persons.of(row["citizen"], tx))
        return None

    async def of_citizen(self, citizen: str, request: PageRequest) -> Page[VisitorPass]:
        """The newest first."""
        rows = await page_rows(self._passes, {"citizen": citizen}, request)
        key = await self._persons.of(citizen)
        return Page.cut([_pass(row, key) for row in rows], request)

    async def guests(self, passes: Collection[str], citizen: str) -> dict[str, str | None]:
        """Of his passes, by pass."""
        rows = await self._passes.find({"_id": {"$in": sorted(passes)}, "citizen": citizen}).to_list(None)
        key = await self._persons.of(citizen)
        return {row["_id"]: key.shown(row["guest"], record=row["_id"], field=GUEST) for row in rows}

    async def take(self, pass_id: str, now: datetime, tx: Tx) -> bool:
        """One entry; False when it is not good now."""
        good = {"_id": pass_id, "revoked_at": None, "begins": {"$lte": now}, "ends": {"$gt": now}, "left": {"$gt": 0}}
        change = {"$inc": {"used": 1, "left": -1}, "$set": {"changed_at": now}}
        return bool((await self._passes.update_one(good, change, session=tx)).modified_count)

    async def note_used(self, pass_id: str, now: datetime, tx: Tx) -> None:
        """An entry that a gate without network has let in, whatever there was left of it."""
        change = {"$inc": {"used": 1, "left": -1}, "$set": {"changed_at": now}}
        await self._passes.update_one({"_id": pass_id}, change, session=tx)

    async def revoke(self, pass_id: str, citizen: str, at: datetime, tx: Tx) -> bool:
        """False when it is revoked already."""
        live = {"_id": pass_id, "citizen": citizen, "revoked_at": None}
        change = {"$set": {"revoked_at": at, "changed_at": at}}
        return bool((await self._passes.update_one(live, change, session=tx)).modified_count)

    async def revoke_of(self, residency: str, citizen: str, at: datetime, tx: Tx) -> int:
        """All of somebody who moves out."""
        live = {"citizen": citizen, "residency": residency, "revoked_at": None}
        change = {"$set": {"revoked_at": at, "changed_at": at}}
        done = await self._passes.update_many(live, change, session=tx)
        return int(done.modified_count)

    async def changed(self, estate: str, now: datetime, after: Turn | None, most: int) -> list[Changed]:
        """Those that are not over and are not as they were made; the ones that end first are first."""
        which: Document = {"estate": estate, "changed_at": {"$exists": True}, "ends": {"$gt": now}}
        if after is not None:
            which["ends"] = {"$gte": max(after[0], now)}
            which["$or"] = [{"ends": {"$gt": after[0]}}, {"_id": {"$gt": after[1]}}]
        rows = await self._passes.find(which, _TOLD).sort([("ends", 1), ("_id", 1)]).limit(most).to_list(None)
        return [_changed(row) for row in rows]

    async def changed_since(self, estate: str, since: datetime, most: int) -> list[Changed]:
        """Used or revoked since."""
        which = {"estate": estate, "changed_at": {"$gte": since}}
        rows = await self._passes.find(which, _TOLD).sort("changed_at", 1).limit(most).to_list(None)
        return [_changed(row) for row in rows]

    async def overused(self, estates: Collection[str] | None, request: PageRequest) -> Page[VisitorPass]:
        """Of which more entries were used than there are, the newest first."""
        which: Document = {"left": {"$lt": 0}}
        if estates is not None:
            which["estate"] = {"$in": sorted(estates)}
        rows = await page_rows(self._passes, which, request)
        keys = await self._persons.many({row["citizen"] for row in rows})
        return Page.cut([_pass(row, keys[row["citizen"]]) for row in rows], request)

    def plate_hash(self, plate: str) -> str:
        return self._ring.keyed_hash(plate, kind="plate")

    async def _one(self, which: Document, tx: Tx | None) -> VisitorPass | None:
        row = await self._passes.find_one(which, session=tx)
        return _pass(row, await self._persons.of(row["citizen"], tx)) if row else None

    def _row(self, one: VisitorPass, key: PersonKey) -> Document:
        assert one.guest is not None
        assert one.link is not None
        row = {
            "_id": one.id,
            "citizen": one.citizen,
            "residency": one.residency,
            "estate": one.estate,
            "household": one.household,
            "begins": one.begins,
            "ends": one.ends,
            "entries": one.entries,
            "used": 0,
            "left": one.entries,
            "gates": list(one.gates),
            "made_at": one.made_at,
            "revoked_at": None,
            "guest": key.seal_text(one.guest, record=one.id, field=GUEST),
            "link": key.seal_text(one.link, record=one.id, field=LINK),
            "page": _hash(one.link),
            "tidy_at": one.ends + timedelta(days=90),
        }
        if one.phone is not None:
            row["phone"] = key.seal_text(one.phone, record=one.id, field=PHONE)
        if one.plate is not None:
            row["plate"] = key.seal_text(one.plate, record=one.id, field=PLATE)
            row["plate_hash"] = self.plate_hash(one.plate)
        return row


def _changed(row: Document) -> Changed:
    return Changed(row["_id"], row["used"], row["revoked_at"] is not None, row["ends"])


def _hash(secret: str) -> str:
    """128 random bits need no salt."""
    return sha256(secret.encode()).hexdigest()


def _pass(row: Document, key: PersonKey) -> VisitorPass:
    def shown(name: str, field: str) -> str | None:
        return key.shown(row.get(name), record=row["_id"], field=field)

    return VisitorPass(
        id=row["_id"],
        citizen=row["citizen"],
        residency=row["residency"],
        estate=row["estate"],
        household=row["household"],
        begins=row["begins"],
        ends=row["ends"],
        entries=row["entries"],
        made_at=row["made_at"],
        guest=shown("guest", GUEST),
        phone=shown("phone", PHONE),
        plate=shown("plate", PLATE),
        gates=tuple(row["gates"]),
        used=row["used"],
        revoked_at=row["revoked_at"],
        link=shown("link", LINK),
    )
