"""Watches in MongoDB: a citizen has ten places for them, and a row is one of them. A place is taken when it is free:
so nobody has more, however many are asked for at once.
"""

from __future__ import annotations

from datetime import datetime

from app.core.mongo import Database, Document, Tx
from app.domains.life.transit.watches.model import MOST_OPEN, Watch, WatchState

_AT_ONCE = 500


class WatchStore:
    def __init__(self, db: Database) -> None:
        self._rows = db["transit_watches"]

    async def of(self, citizen: str, tx: Tx | None = None) -> list[Watch]:
        """Open ones, and those that ended while nobody needed their place; the newest first."""
        places = [_place(citizen, slot) for slot in range(MOST_OPEN)]
        rows = await self._rows.find({"_id": {"$in": places}}, session=tx).to_list(None)
        return sorted(map(_watch, rows), key=lambda watch: watch.id, reverse=True)

    async def put(self, watch: Watch, tx: Tx) -> None:
        """Into its place. Raises DuplicateKey: it was taken meanwhile."""
        free = {"_id": _place(watch.citizen, watch.slot), "open": False}
        await self._rows.replace_one(free, _row(watch), upsert=True, session=tx)

    async def end(self, watch: Watch, state: WatchState, tx: Tx) -> bool:
        """False when it is open no more."""
        before = {"_id": _place(watch.citizen, watch.slot), "watch": watch.id, "open": True}
        change = {"$set": {"open": False, "state": state.value}}
        return bool((await self._rows.update_one(before, change, session=tx)).modified_count)

    async def due(self, now: datetime, after: tuple[datetime, str] | None = None) -> list[Watch]:
        """Open ones for which it is to be looked now, in the order of that time, some hundreds at a time."""
        which: Document = {"open": True, "looked_from": {"$lte": now}}
        if after is not None:
            at, place = after
            which["$or"] = [{"looked_from": {"$gt": at}}, {"looked_from": at, "_id": {"$gt": place}}]
        rows = await self._rows.find(which).sort([("looked_from", 1), ("_id", 1)]).limit(_AT_ONCE).to_list(None)
        return [_watch(row) for row in rows]


def place_of(watch: Watch) -> tuple[datetime, str]:
    """By what `due` is sorted."""
    return watch.looked_from, _place(watch.citizen, watch.slot)


def _place(citizen: str, slot: int) -> str:
    return f"{citizen}/{slot}"


def _row(watch: Watch) -> Document:
    return {
        "citizen": watch.citizen,
        "slot": watch.slot,
        "watch": watch.id,
        "trip": watch.trip,
        "stop": watch.stop,
        "away": watch.away,
        "route": watch.route,
        "name": watch.name,
        "scheduled_at": watch.scheduled_at,
        "due_at": watch.due_at,
        "looked_from": watch.looked_from,
        "made_at": watch.made_at,
        "state": watch.state.value,
        "open": watch.open,
    }


def _watch(row: Document) -> Watch:
    return Watch(
        id=row["watch"],
        citizen=row["citizen"],
        slot=row["slot"],
        trip=row["trip"],
        stop=row["stop"],
        away=row["away"],
        route=row["route"],
        name=row["name"],
        scheduled_at=row["scheduled_at"],
        due_at=row["due_at"],
        made_at=row["made_at"],
        state=WatchState(row["state"]),
    )
