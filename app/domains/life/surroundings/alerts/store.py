"""Watches in MongoDB: a citizen has ten places for them, and a row is one of them; so nobody has more, however many
are asked for at once. Where he watches, and what he calls it, is sealed under his key; the station is not.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime

from app.core.mongo import Database, Document, Tx
from app.core.person_keys import PersonKey, PersonKeys
from app.core.places.model import Point
from app.domains.life.surroundings.alerts.model import MOST, Watch, WatchedPlace, WatchWish
from app.domains.life.surroundings.stations.model import StationKind

_PLACE = "surroundings place"
_AT_ONCE = 500


class WatchStore:
    def __init__(self, db: Database, persons: PersonKeys) -> None:
        self._rows = db["surroundings_watches"]
        self._persons = persons

    async def of(self, citizen: str, tx: Tx | None = None) -> list[Watch]:
        """The newest first."""
        slots = [_slot(citizen, number) for number in range(MOST)]
        rows = await self._rows.find({"_id": {"$in": slots}}, session=tx).to_list(None)
        key = await self._persons.of(citizen, tx)
        return sorted((_watch(row, key) for row in rows), key=lambda one: one.id, reverse=True)

    async def add(self, one: Watch, tx: Tx) -> None:
        """Into its place. Raises DuplicateKey: it was taken meanwhile."""
        key = await self._persons.sealing(one.citizen, tx)
        await self._rows.insert_one(_row(one, key), session=tx)

    async def drop(self, one: Watch, tx: Tx) -> bool:
        mine = {"_id": _slot(one.citizen, one.slot), "watch": one.id}
        return bool((await self._rows.delete_one(mine, session=tx)).deleted_count)

    async def concerned(self, station: str, value: int, margin: int, today: datetime, after: str) -> list[Watch]:
        """Those for which something may change at that value: to be told, or to be armed again. Some hundreds at a
        time, in the order of their places, those after `after`.
        """
        rings: Document = {"threshold": {"$lte": value}, "$or": [{"armed": True}, {"told_at": {"$lt": today}}]}
        rests: Document = {"threshold": {"$gt": value + margin}, "armed": False}
        which = {"station": station, "_id": {"$gt": after}, "$or": [rings, rests]}
        return await self._some(which)

    async def astray(self, stations: Collection[str], after: str) -> list[Watch]:
        """Those that go by none of these stations, as `concerned` gives them."""
        return await self._some({"station": {"$nin": sorted(stations)}, "_id": {"$gt": after}})

    async def settled(self, one: Watch, station: str) -> bool:
        """It goes by that station from now on, and is told what it says. False when it was changed meanwhile."""
        before = {"_id": _slot(one.citizen, one.slot), "watch": one.id, "rev": one.rev}
        change = {"$set": {"station": station, "armed": True, "rev": one.rev + 1}}
        return bool((await self._rows.update_one(before, change)).modified_count)

    async def _some(self, which: Document) -> list[Watch]:
        rows = await self._rows.find(which).sort("_id", 1).limit(_AT_ONCE).to_list(None)
        keys = await self._persons.many(row["citizen"] for row in rows)
        return [_watch(row, keys[row["citizen"]]) for row in rows]

    async def moved(self, one: Watch, tx: Tx) -> bool:
        """False when it was changed, or given up, meanwhile."""
        before = {"_id": _slot(one.citizen, one.slot), "watch": one.id, "rev": one.rev - 1}
        change = {"armed": one.armed, "told_at": one.told_at, "rev": one.rev}
        return bool((await self._rows.update_one(before, {"$set": change}, session=tx)).modified_count)


def place_of(one: Watch) -> str:
    """By what `concerned` is sorted."""
    return _slot(one.citizen, one.slot)


def _slot(citizen: str, number: int) -> str:
    return f"{citizen}/{number}"


def _row(one: Watch, key: PersonKey) -> Document:
    id_, point = _slot(one.citizen, one.slot), one.wish.point
    text = json.dumps([one.wish.place.value, point.latitude, point.longitude, one.wish.name])
    return {
        "_id": id_,
        "watch": one.id,
        "citizen": one.citizen,
        "slot": one.slot,
        "where": key.seal_text(text, record=id_, field=_PLACE),
        "kind": one.wish.kind.value,
        "level": one.wish.level,
        "threshold": one.threshold,
        "station": one.station,
        "made_at": one.made_at,
        "armed": one.armed,
        "told_at": one.told_at,
        "rev": one.rev,
    }


def _watch(row: Document, key: PersonKey) -> Watch:
    text = key.shown(row["where"], record=row["_id"], field=_PLACE)
    place, latitude, longitude, name = json.loads(text) if text else (WatchedPlace.OTHER, 0.0, 0.0, "")
    kind, point = StationKind(row["kind"]), Point(latitude, longitude)
    return Watch(
        id=row["watch"],
        citizen=row["citizen"],
        slot=row["slot"],
        wish=WatchWish(WatchedPlace(place), point, kind, row["level"], name),
        station=row["station"],
        made_at=row["made_at"],
        armed=row["armed"],
        told_at=row["told_at"],
        rev=row["rev"],
    )
