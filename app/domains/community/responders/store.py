"""Responders in MongoDB, each by his citizen's id. A place is found again by a keyed hash of the square it lies
in, and lies sealed beside it.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime, time

from app.core.mongo import Database, Document, Tx
from app.core.person_keys import PersonKeys
from app.core.places.model import CELL, Point, cell_of, rings
from app.core.sealed import KeyRing
from app.domains.community.responders.model import PLACE_GOOD_FOR, RINGS, Hours, Near, Responder
from app.domains.community.volunteers.model import Skill

_PLACE = "responder place"
_HASHED = "responder cell"
_AT_ONCE = 500


class ResponderStore:
    def __init__(self, db: Database, ring: KeyRing, persons: PersonKeys) -> None:
        self._responders = db["responders"]
        self._places = db["responder_places"]
        self._ring = ring
        self._persons = persons

    async def get(self, citizen: str, tx: Tx | None = None) -> Responder | None:
        row = await self._responders.find_one({"_id": citizen}, session=tx)
        if row is None:
            return None
        place = await self._places.find_one({"_id": citizen}, {"at": 1}, session=tx)
        return _responder(row, place["at"] if place else None)

    async def put(self, one: Responder, tx: Tx) -> None:
        await self._responders.replace_one({"_id": one.id}, _row(one), upsert=True, session=tx)

    async def end(self, citizen: str, tx: Tx) -> bool:
        """With his place."""
        await self._places.delete_one({"_id": citizen}, session=tx)
        return bool((await self._responders.delete_one({"_id": citizen}, session=tx)).deleted_count)

    async def set_place(self, citizen: str, point: Point, at: datetime, tx: Tx) -> None:
        key = await self._persons.sealing(citizen, tx)
        text = json.dumps([point.latitude, point.longitude])
        row = {
            "cell": self._hashed(cell_of(point, CELL)),
            "at": at,
            "place": key.seal_text(text, record=citizen, field=_PLACE),
            "tidy_at": at + PLACE_GOOD_FOR,
        }
        await self._places.update_one({"_id": citizen}, {"$set": row}, upsert=True, session=tx)

    async def near(self, point: Point, within: int, now: datetime) -> AsyncIterator[tuple[float, list[Near]]]:
        """Who was around it not long ago, in rings: all who are not farther than a ring's limit have come with it or
        with those before.
        """
        for limit, cells in rings(point, within, CELL, RINGS):
            found = [one async for one in self._in(cells, now)] if cells else []
            yield limit, found

    async def _in(self, cells: list[str], now: datetime) -> AsyncIterator[Near]:
        """All of them, however many: the nearest may be the last to be read."""
        hashed = sorted(self._hashed(cell) for cell in cells)
        rows = self._places.find({"cell": {"$in": hashed}, "at": {"$gt": now - PLACE_GOOD_FOR}}, batch_size=_AT_ONCE)
        some = list[Document]()
        async for row in rows:
            some.append(row)
            if len(some) == _AT_ONCE:
                for one in await self._read(some):
                    yield one
                some = []
        for one in await self._read(some):
            yield one

    async def _read(self, places: list[Document]) -> list[Near]:
        if not places:
            return []
        ids = [row["_id"] for row in places]
        known = {row["_id"]: row for row in await self._responders.find({"_id": {"$in": ids}}).to_list(None)}
        keys = await self._persons.many(ids)
        found = []
        for row in places:
            text = keys[row["_id"]].shown(row["place"], record=row["_id"], field=_PLACE)
            if text is not None and row["_id"] in known:
                found.append(Near(_responder(known[row["_id"]], row["at"]), Point(*json.loads(text))))
        return found

    def _hashed(self, cell: str) -> str:
        return self._ring.keyed_hash(cell, kind=_HASHED)


def _row(one: Responder) -> Document:
    return {
        "_id": one.id,
        "skills": sorted(skill.value for skill in one.skills),
        "radius": one.radius,
        "since": one.hours.since.isoformat("minutes"),
        "until": one.hours.until.isoformat("minutes"),
        "agreed_at": one.agreed_at,
    }


def _responder(row: Document, place_at: datetime | None) -> Responder:
    return Responder(
        id=row["_id"],
        skills=frozenset(Skill(skill) for skill in row["skills"]),
        radius=row["radius"],
        hours=Hours(time.fromisoformat(row["since"]), time.fromisoformat(row["until"])),
        agreed_at=row["agreed_at"],
        place_at=place_at,
    )
