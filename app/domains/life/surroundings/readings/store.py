"""Readings in MongoDB.

`station_hours` holds the last days, one row of each station and hour: there revisions are settled. Whatever is
written there is appended to `station_history`, a time series where the database has such (it cannot be changed, and
takes no part in transactions): a row says `kept` when that is done, and what was not done is done again. Of an hour
that was appended twice the last revision counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.core.mongo import Database, Document, Tx
from app.domains.life.surroundings.readings.model import LATEST, Reading
from app.domains.life.surroundings.stations.store import standing_of, standing_row

_KEPT = LATEST + timedelta(days=2)
_AT_ONCE = 1_000


class ReadingStore:
    def __init__(self, db: Database) -> None:
        self._db = db
        self._hours = db["station_hours"]
        self._history = db["station_history"]

    async def since(self, stations: Sequence[str], at: datetime, tx: Tx | None = None) -> dict[str, list[Reading]]:
        """Of each station, in the order of the hours."""
        which = {"station": {"$in": list(stations)}, "at": {"$gte": at}}
        rows = await self._hours.find(which, session=tx).sort([("station", 1), ("at", 1)]).to_list(None)
        found: dict[str, list[Reading]] = {code: [] for code in stations}
        for row in rows:
            found[row["station"]].append(_reading(row))
        return found

    async def put(self, readings: Sequence[Reading], tx: Tx) -> int:
        """Each as the revision after the one before; how many were. Raises DuplicateKey: a rival was first."""
        done = 0
        for one in readings:
            before = {"_id": _id(one), "rev": one.rev - 1}
            change = {**_row(one), "kept": False}
            if one.rev == 1:
                await self._hours.insert_one({"_id": _id(one), **change}, session=tx)
                done += 1
            else:
                done += (await self._hours.update_one(before, {"$set": change}, session=tx)).modified_count
        return done

    async def append(self) -> int:
        """What is not in the history yet; how many there were."""
        rows = await self._hours.find({"kept": False}).limit(_AT_ONCE).to_list(None)
        if rows:
            await self._history.insert_many([_point(row) for row in rows], ordered=False)
            changes: list[tuple[Document, Document]] = [
                ({"_id": row["_id"], "rev": row["rev"]}, {"$set": {"kept": True}}) for row in rows
            ]
            await self._db.update_each("station_hours", changes)
        return len(rows)

    async def history(self, station: str, since: datetime, until: datetime) -> list[Reading]:
        """The last revision of each hour, in their order."""
        pipeline: list[Document] = [
            {"$match": {"station": station, "at": {"$gt": since, "$lte": until}}},
            {"$sort": {"at": 1, "rev": 1}},
            {"$group": {"_id": "$at", "row": {"$last": "$$ROOT"}}},
            {"$sort": {"_id": 1}},
        ]
        return [_reading(found["row"]) for found in await self._db.aggregate("station_history", pipeline)]


def _id(one: Reading) -> str:
    return f"{one.station}/{one.at:%Y%m%d%H}"


def _row(one: Reading) -> Document:
    return {
        "station": one.station,
        "at": one.at,
        "values": dict(one.values),
        "doubtful": list(one.doubtful),
        "standing": standing_row(one.standing),
        "rev": one.rev,
        "heard_at": one.heard_at,
        "tidy_at": one.at + _KEPT,
    }


def _point(row: Document) -> Document:
    return {name: row[name] for name in ("station", "at", "values", "doubtful", "standing", "rev", "heard_at")}


def _reading(row: Document) -> Reading:
    return Reading(
        station=row["station"],
        at=row["at"],
        values=row["values"],
        doubtful=tuple(row["doubtful"]),
        standing=standing_of(row["standing"]),
        rev=row["rev"],
        heard_at=row["heard_at"],
    )
