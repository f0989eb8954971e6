"""Stations in MongoDB, each by its code, with what it told last. A city has some dozens: they are read whole."""

from __future__ import annotations

from datetime import datetime

from app.core.mongo import Database, Document, Tx
from app.core.places.model import Point
from app.core.said import Said
from app.domains.life.surroundings.stations.model import Newest, Standing, Station, StationKind

_MOST = 2_000


class StationStore:
    def __init__(self, db: Database) -> None:
        self._rows = db["stations"]

    async def get(self, code: str, tx: Tx | None = None) -> Station | None:
        row = await self._rows.find_one({"_id": code}, session=tx)
        return _station(row) if row else None

    async def active(self, kind: StationKind | None = None) -> list[Station]:
        which: Document = {"active": True, **({"kind": kind.value} if kind else {})}
        return [_station(row) for row in await self._rows.find(which).sort("_id", 1).limit(_MOST).to_list(None)]

    async def all(self) -> list[Station]:
        return [_station(row) for row in await self._rows.find().sort("_id", 1).limit(_MOST).to_list(None)]

    async def run_by(self, organisation: str) -> list[Station]:
        found = self._rows.find({"operator": organisation}).sort("_id", 1).limit(_MOST)
        return [_station(row) for row in await found.to_list(None)]

    async def put(self, one: Station, tx: Tx) -> None:
        """What it is; what it told last stays."""
        change = {
            "kind": one.kind.value,
            "zh": one.name.zh,
            "en": one.name.en,
            "latitude": one.point.latitude,
            "longitude": one.point.longitude,
            "operator": one.operator,
            "active": one.active,
        }
        await self._rows.update_one({"_id": one.id}, {"$set": change}, upsert=True, session=tx)

    async def told(self, code: str, newest: Newest, tx: Tx) -> None:
        """Unless something newer was told meanwhile."""
        older = {"_id": code, "$or": [{"now": None}, {"now.at": {"$lte": newest.at}}]}
        await self._rows.update_one(older, {"$set": {"now": _newest_row(newest)}}, session=tx)


def standing_row(one: Standing | None) -> Document | None:
    return {"value": one.value, "level": one.level, "by": list(one.by), "beyond": one.beyond} if one else None


def standing_of(row: Document | None) -> Standing | None:
    return Standing(row["value"], row["level"], tuple(row["by"]), row["beyond"]) if row else None


def _newest_row(one: Newest) -> Document:
    return {"at": one.at, "values": dict(one.values), "standing": standing_row(one.standing)}


def _newest(row: Document | None) -> Newest | None:
    at: datetime | None = row["at"] if row else None
    return Newest(at, row["values"], standing_of(row["standing"])) if row and at else None


def _station(row: Document) -> Station:
    return Station(
        id=row["_id"],
        kind=StationKind(row["kind"]),
        name=Said(row["zh"], row["en"]),
        point=Point(row["latitude"], row["longitude"]),
        operator=row["operator"],
        active=row["active"],
        now=_newest(row.get("now")),
    )
