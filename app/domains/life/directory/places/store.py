"""Places in MongoDB, each by its id, and what was changed of them.

What lies near is found by cells in three sizes (`app.core.places`), ring by ring, and measured here. Only what is
active lies in cells; an index of each size holds all that measuring needs.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from functools import lru_cache
from math import sqrt
from typing import Any

from app.core.ids import new_id
from app.core.mongo import Database, Document, Tx, insert_rows, page_rows
from app.core.paging import Page, PageRequest
from app.core.places.model import AREA, CELL, Point, cell_of, cells_near
from app.core.said import said_of, said_row
from app.domains.life.directory.hours.notation import parsed_hours, written_hours
from app.domains.life.directory.kinds.model import kinds_in
from app.domains.life.directory.places.model import (
    FARTHEST,
    Change,
    Place,
    PlaceDraft,
    PlaceState,
    Ratings,
    Source,
    Which,
)

NEAREST = 1_000  # so many of the nearest can be paged through
_FIRST_RING, _LEAST_WIDER, _MOST_WIDER = 100.0, 1.5, 6.0
_SPOT = 0.0005  # degrees: some fifty metres
# Up to how many metres which size is asked for: never more than a hundred cells, seldom more than a thousand places.
_SIZES = ((200.0, "spot", _SPOT), (1_000.0, "cell", CELL), (FARTHEST, "area", AREA))
_AT_ONCE = 500
_hours = lru_cache(maxsize=4_096)(parsed_hours)
_Away = tuple[int, str]


class PlaceStore:
    def __init__(self, db: Database) -> None:
        self._places = db["places"]
        self._changes = db["place_changes"]
        self._locks = db["place_locks"]
        self._db = db

    async def get(self, id_: str, tx: Tx | None = None) -> Place | None:
        row = await self._places.find_one({"_id": id_}, session=tx)
        return _place(row) if row else None

    async def many(self, ids: Collection[str], tx: Tx | None = None) -> dict[str, Place]:
        if not ids:
            return {}
        rows = await self._places.find({"_id": {"$in": sorted(set(ids))}}, session=tx).to_list(None)
        return {row["_id"]: _place(row) for row in rows}

    async def by_sources(self, sources: Collection[Source], tx: Tx | None = None) -> dict[Source, Place]:
        """Those that a source brought, its own or another one's."""
        wanted = {source.key: source for source in sources}
        if not wanted:
            return {}
        rows = await self._places.find({"keys": {"$in": sorted(wanted)}}, session=tx).to_list(None)
        return {wanted[key]: _place(row) for row in rows for key in row["keys"] if key in wanted}

    async def lock(self, tx: Tx) -> None:
        """Whoever brings places takes turns: two who bring the same one at once must see each other."""
        await self._locks.update_one({"_id": "bringing"}, {"$inc": {"times": 1}}, upsert=True, session=tx)

    async def add(self, places: Sequence[Place], tx: Tx) -> None:
        """Raises DuplicateKey."""
        await insert_rows(self._places, [new_row(one) for one in places], tx)

    async def save(self, place: Place, tx: Tx) -> bool:
        """All but its ratings. False when it was changed meanwhile."""
        before = {"_id": place.id, "rev": place.rev - 1}
        return bool((await self._places.update_one(before, {"$set": _row(place)}, session=tx)).modified_count)

    async def save_each(self, places: Sequence[Place], tx: Tx) -> bool:
        """As `save`, by one command."""
        changes = [({"_id": one.id, "rev": one.rev - 1}, {"$set": _row(one)}) for one in places]
        return not changes or await self._db.update_each("places", changes, tx) == len(changes)

    async def rate(self, place: str, was: int | None, now: int | None, tx: Tx) -> bool:
        """One person's stars, counted where they stand. False when there is no such place, or no such stars."""
        if was == now:
            return True
        which: Document = {"_id": place, **({f"counts.{was - 1}": {"$gt": 0}} if was else {})}
        change = {f"counts.{stars - 1}": by for stars, by in ((was, -1), (now, 1)) if stars}
        return bool((await self._places.update_one(which, {"$inc": change}, session=tx)).modified_count)

    async def rate_all(self, place: str, counts: Mapping[int, int], tx: Tx) -> bool:
        """Stars of many people at once, by how many gave them. False when there is no such place."""
        change = {f"counts.{stars - 1}": many for stars, many in counts.items()}
        return not change or bool(
            (await self._places.update_one({"_id": place}, {"$inc": change}, session=tx)).modified_count
        )

    async def note(self, changes: Sequence[Change], tx: Tx) -> None:
        rows = [
            {"_id": new_id(), "place": one.place, "at": one.at, "by": one.by, "fields": list(one.fields)}
            for one in changes
        ]
        await insert_rows(self._changes, rows, tx)

    async def history(self, place: str) -> list[Change]:
        """The newest first, fifty at most."""
        rows = await self._changes.find({"place": place}).sort("_id", -1).limit(50).to_list(None)
        return [Change(row["place"], row["at"], row["by"], tuple(row["fields"])) for row in rows]

    async def near(
        self, point: Point, which: Which, metres: float, enough: int, after: _Away | None = None
    ) -> list[_Away]:
        """The nearest `enough` beyond `after`, as (millimetres, id); fewer when there are no more within `metres`, or
        when the nearest thousand are spent.
        """
        limit = max(1.0, min(metres, FARTHEST))
        reach = min(limit, max(_FIRST_RING, 1.2 * after[0] / 1_000 if after else 0.0))
        while True:
            found = sorted(await self._within(point, which, reach))[:NEAREST]
            beyond = [one for one in found if after is None or one > after]
            if len(beyond) >= enough or len(found) == NEAREST or reach >= limit:
                return beyond[:enough]
            reach = min(limit, reach * _wider(len(beyond), enough))

    async def close_by(self, point: Point, kinds: Collection[str], metres: float) -> list[Place]:
        """Of these sorts, in the cells around a point; by one command, and in no order."""
        which = {"cell": {"$in": cells_near(point, min(metres, 1_000.0))}, "kind": {"$in": sorted(kinds)}}
        return [_place(row) for row in await self._places.find(which).limit(_AT_ONCE).to_list(None)]

    async def around(self, points: Sequence[Point], kinds: Collection[str], metres: float, tx: Tx) -> list[Place]:
        """Active ones of these sorts in the cells around some points: candidates for the same place twice."""
        cells = {cell for point in points for cell in cells_near(point, metres)}
        which = {"cell": {"$in": sorted(cells)}, "kind": {"$in": sorted(kinds)}}
        return [_place(row) for row in await self._places.find(which, session=tx).to_list(None)]

    async def twins(self, names: Mapping[str, Collection[Point]], metres: float, tx: Tx) -> list[Place]:
        """Active ones with these folded names in the cells around the points of each."""
        keys = {f"{name}@{cell}" for name, points in names.items() for at in points for cell in cells_near(at, metres)}
        if not keys:
            return []
        which = {"active": True, "twin": {"$in": sorted(keys)}}
        return [_place(row) for row in await self._places.find(which, session=tx).to_list(None)]

    async def page(
        self, which: Which, request: PageRequest, state: PlaceState | None = PlaceState.ACTIVE
    ) -> Page[Place]:
        """By id; of one state, or whatever their state."""
        sorts: Document = (
            {} if state is None else {"active": True} if state is PlaceState.ACTIVE else {"state": state.value}
        )
        rows = await page_rows(self._places, {**sorts, **_kinds(which)}, request, newest=False)
        return Page.cut([_place(row) for row in rows], request)

    async def run_by(self, operators: Collection[str], request: PageRequest) -> Page[Place]:
        rows = await page_rows(self._places, {"operator": {"$in": sorted(operators)}}, request, newest=False)
        return Page.cut([_place(row) for row in rows], request)

    async def every(self) -> AsyncIterator[list[Place]]:
        """All active ones, some hundreds at a time."""
        after = ""
        while rows := await self._some(after):
            yield [_place(row) for row in rows]
            after = rows[-1]["_id"]

    async def _some(self, after: str) -> list[Document]:
        which = {"active": True, "_id": {"$gt": after}}
        return await self._places.find(which).sort("_id", 1).limit(_AT_ONCE).to_list(None)

    async def _within(self, point: Point, which: Which, reach: float) -> list[_Away]:
        field, size = next((field, size) for most, field, size in _SIZES if reach <= most)
        asked = {field: {"$in": cells_near(point, reach, size)}, **_kinds(which)}
        rows = await self._places.find(asked, {"latitude": 1, "longitude": 1}).to_list(None)
        away = ((point.metres_to(Point(row["latitude"], row["longitude"])), row["_id"]) for row in rows)
        return [(round(metres * 1_000), id_) for metres, id_ in away if metres <= reach]


def _wider(found: int, enough: int) -> float:
    """By how much the next ring is wider: as if there were as many everywhere, and a little more."""
    return min(_MOST_WIDER, max(_LEAST_WIDER, 1.2 * sqrt(enough / found))) if found else _MOST_WIDER


def _kinds(which: Which) -> Document:
    if which.kind is not None:
        return {"kind": which.kind}
    return {"kind": {"$in": kinds_in(which.group)}} if which.group is not None else {}


def cells_of(point: Point, active: bool = True) -> Document:
    return {field: cell_of(point, size) if active else None for _, field, size in _SIZES}


def new_row(place: Place) -> Document:
    return {"_id": place.id, "counts": list(place.ratings.counts), **_row(place)}


def _row(place: Place) -> Document:
    """All but its id and its ratings."""
    said = place.said
    return {
        "kind": said.kind,
        "name": said_row(said.name),
        "latitude": said.point.latitude,
        "longitude": said.point.longitude,
        **cells_of(said.point, place.active),
        "twin": f"{said.folded}@{cell_of(said.point)}",
        "address": said.address,
        "phone": said.phone,
        "about": said_row(said.about),
        "hours": written_hours(said.hours),
        "sources": [{"name": one.name, "reference": one.reference} for one in place.sources],
        "keys": [] if place.state is PlaceState.MERGED else [one.key for one in place.sources],
        "brought": list(place.brought),
        "operator": place.operator,
        "state": place.state.value,
        "active": place.active,
        "reason": place.reason,
        "into": place.into,
        "made_at": place.made_at,
        "changed_at": place.changed_at,
        "rev": place.rev,
    }


def _place(row: Document) -> Place:
    said = PlaceDraft(
        row["kind"],
        said_of(row["name"]),
        Point(row["latitude"], row["longitude"]),
        row["address"],
        row["phone"],
        said_of(row["about"]),
        _hours(row["hours"]),
    )
    plain: dict[str, Any] = {name: row[name] for name in ("operator", "reason", "into", "made_at", "changed_at", "rev")}
    return Place(
        id=row["_id"],
        said=said,
        sources=tuple(Source(**one) for one in row["sources"]),
        brought=tuple(row["brought"]),
        state=PlaceState(row["state"]),
        ratings=Ratings(tuple(row["counts"])),
        **plain,
    )
