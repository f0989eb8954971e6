"""Bays and to whom they are let, in MongoDB. Who lets one changes the bay's revision: of two at once, one is looked at
anew. The home stands sealed beside its keyed hash, as nowhere both are to be read.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time

from app.core.mongo import Database, Document, Tx, insert_rows, page_rows
from app.core.paging import Page, PageRequest
from app.core.sealed import KeyRing
from app.domains.community.estates.model import Home
from app.domains.community.parking.bays.model import KEPT, Bay, BayLet

HOME = "bay home"
_OPEN_END = "9999-12-31"
_MOST = 200


class BayStore:
    def __init__(self, db: Database, ring: KeyRing) -> None:
        self._bays = db["parking_bays"]
        self._lets = db["bay_lets"]
        self._ring = ring

    async def get(self, estate: str, number: str, today: date, tx: Tx | None = None) -> Bay | None:
        row = await self._bays.find_one({"_id": _id(estate, number)}, session=tx)
        return (await self._all([row], today, tx))[0] if row else None

    async def page(self, estate: str, today: date, request: PageRequest) -> Page[Bay]:
        """By number."""
        rows = await page_rows(self._bays, {"estate": estate}, request, by="number", newest=False)
        return Page.cut(await self._all(rows, today), request)

    async def count(self, estate: str, tx: Tx | None = None) -> int:
        return await self._bays.count_documents({"estate": estate}, session=tx)

    async def alone(self, estate: str, tx: Tx) -> None:
        """Whoever adds bays meets whoever else does."""
        await self._bays.update_one({"_id": _id(estate, "")}, {"$inc": {"asked": 1}}, upsert=True, session=tx)

    async def add(self, estate: str, numbers: Sequence[str], tx: Tx) -> int:
        """Those that are not there yet; how many these were. Raises DuplicateKey (a rival)."""
        ids = {_id(estate, one): one for one in numbers}
        there = await self._bays.find({"_id": {"$in": sorted(ids)}}, {"_id": 1}, session=tx).to_list(None)
        fresh = sorted(ids.keys() - {row["_id"] for row in there})
        rows = [{"_id": one, "estate": estate, "number": ids[one], "rev": 1} for one in fresh]
        await insert_rows(self._bays, rows, tx)
        return len(fresh)

    async def touch(self, bay: Bay, tx: Tx) -> bool:
        """Before its lets are changed. False when somebody else does."""
        before = {"_id": _id(bay.estate, bay.number), "rev": bay.rev}
        return bool((await self._bays.update_one(before, {"$inc": {"rev": 1}}, session=tx)).modified_count)

    async def remove(self, bay: Bay, tx: Tx) -> bool:
        before = {"_id": _id(bay.estate, bay.number), "rev": bay.rev}
        return bool((await self._bays.delete_one(before, session=tx)).deleted_count)

    # To whom they are let

    async def let(self, one: BayLet, tx: Tx) -> None:
        sealed = self._ring.seal_text(one.home.text, record=one.id, field=HOME)
        row: Document = {"_id": one.id, "bay": _id(one.estate, one.number)}
        row |= {"estate": one.estate, "number": one.number}
        row |= {"household": one.household, "home": sealed, "since": one.since.isoformat()}
        await self._lets.insert_one({**row, **_ending(one.until)}, session=tx)

    async def one_let(self, let: str, tx: Tx) -> BayLet | None:
        row = await self._lets.find_one({"_id": let}, session=tx)
        return self._let(row) if row else None

    async def end(self, let: str, until: date, tx: Tx) -> None:
        """Its last day."""
        await self._lets.update_one({"_id": let}, {"$set": _ending(until)}, session=tx)

    async def take_back(self, let: str, tx: Tx) -> None:
        """One that never was in force."""
        await self._lets.delete_one({"_id": let}, session=tx)

    async def of_homes(self, households: Collection[str], today: date, tx: Tx | None = None) -> list[BayLet]:
        """In force and to come, by their first days."""
        which = {"household": {"$in": sorted(households)}, "until": {"$gte": today.isoformat()}}
        rows = await self._lets.find(which, session=tx).sort("since", 1).limit(_MOST).to_list(None)
        return [self._let(row) for row in rows]

    async def rename(self, one: BayLet, home: Home, household: str, tx: Tx) -> None:
        """Its home has another name."""
        sealed = self._ring.seal_text(home.text, record=one.id, field=HOME)
        change = {"$set": {"home": sealed, "household": household}}
        await self._lets.update_one({"_id": one.id}, change, session=tx)

    async def let_on(self, estate: str, day: date) -> int:
        """How many are somebody's that day."""
        text = day.isoformat()
        which = {"estate": estate, "until": {"$gte": text}, "since": {"$lte": text}}
        return await self._lets.count_documents(which)

    async def _all(self, rows: Sequence[Document], today: date, tx: Tx | None = None) -> list[Bay]:
        which = {"bay": {"$in": [row["_id"] for row in rows]}, "until": {"$gte": today.isoformat()}}
        lets = await self._lets.find(which, session=tx).sort("since", 1).to_list(None) if rows else []
        return [_bay(row, [self._let(one) for one in lets if one["bay"] == row["_id"]]) for row in rows]

    def _let(self, row: Document) -> BayLet:
        home = Home.of_text(self._ring.open_text(row["home"], record=row["_id"], field=HOME))
        until = None if row["until"] == _OPEN_END else date.fromisoformat(row["until"])
        since = date.fromisoformat(row["since"])
        return BayLet(row["_id"], row["estate"], row["number"], row["household"], home, since, until)


def _id(estate: str, number: str) -> str:
    return f"{estate}:{number}"


def _bay(row: Document, lets: Sequence[BayLet]) -> Bay:
    return Bay(row["estate"], row["number"], tuple(lets), row["rev"])


def _ending(until: date | None) -> Document:
    if until is None:
        return {"until": _OPEN_END}
    return {"until": until.isoformat(), "tidy_at": datetime.combine(until, time(), UTC) + KEPT}
