"""Sights, their crowds and routes in MongoDB."""

from __future__ import annotations

from collections.abc import Collection

from app.core.mongo import Database, Document, DuplicateKey, Tx
from app.core.places.model import Point
from app.core.said import said_of, said_row
from app.domains.life.culture.tourism.model import Crowd, DayRoute, Sight
from app.domains.life.directory.hours.notation import parsed_hours, written_hours

MOST = 300


class SightStore:
    def __init__(self, db: Database) -> None:
        self._sights = db["sights"]
        self._crowds = db["sight_crowds"]
        self._routes = db["day_routes"]

    async def put(self, sight: Sight, tx: Tx) -> None:
        await self._sights.replace_one({"_id": sight.id}, _row(sight), upsert=True, session=tx)

    async def get(self, sight: str, tx: Tx | None = None) -> Sight | None:
        row = await self._sights.find_one({"_id": sight}, session=tx)
        return _sight(row) if row else None

    async def many(self, sights: Collection[str]) -> dict[str, Sight]:
        rows = await self._sights.find({"_id": {"$in": sorted(set(sights))}}).to_list(None)
        return {row["_id"]: _sight(row) for row in rows}

    async def listed(self, organisation: str | None = None, *, closed: bool = False) -> list[Sight]:
        """All that are open to people, by their rank; an organisation's; with those that are not shown."""
        which: Document = {"organisation": organisation} if organisation else {}
        if not closed:
            which["active"] = True
        rows = await self._sights.find(which).sort([("rank", 1), ("_id", 1)]).limit(MOST).to_list(None)
        return [_sight(row) for row in rows]

    async def count(self, sight: str, crowd: Crowd) -> bool:
        """False: what is known is newer. What was counted later wins, in whatever order the counts come."""
        older = {"_id": sight, "at": {"$lt": crowd.at}}
        change = {"$set": {"people": crowd.people, "at": crowd.at}}
        try:
            await self._crowds.update_one(older, change, upsert=True)
        except DuplicateKey:
            return False
        return True

    async def crowds(self, sights: Collection[str]) -> dict[str, Crowd]:
        rows = await self._crowds.find({"_id": {"$in": sorted(set(sights))}}).to_list(None)
        return {row["_id"]: Crowd(row["people"], row["at"]) for row in rows}

    async def put_route(self, route: DayRoute, tx: Tx) -> None:
        row = {
            "_id": route.id,
            "name": said_row(route.name),
            "words": said_row(route.words),
            "stops": list(route.stops),
            "rank": route.rank,
            "active": route.active,
        }
        await self._routes.replace_one({"_id": route.id}, row, upsert=True, session=tx)

    async def routes(self, *, closed: bool = False) -> list[DayRoute]:
        which: Document = {} if closed else {"active": True}
        rows = await self._routes.find(which).sort([("rank", 1), ("_id", 1)]).limit(MOST).to_list(None)
        return [_route(row) for row in rows]


def _row(one: Sight) -> Document:
    return {
        "_id": one.id,
        "organisation": one.organisation,
        "name": said_row(one.name),
        "address": said_row(one.address),
        "point": [one.point.latitude, one.point.longitude],
        "hours": written_hours(one.hours),
        "room": one.room,
        "words": said_row(one.words),
        "minutes": one.minutes,
        "fen": one.fen,
        "phone": one.phone,
        "rank": one.rank,
        "active": one.active,
    }


def _sight(row: Document) -> Sight:
    return Sight(
        id=row["_id"],
        organisation=row["organisation"],
        name=said_of(row["name"]),
        address=said_of(row["address"]),
        point=Point(*row["point"]),
        hours=parsed_hours(row["hours"]),
        room=row["room"],
        words=said_of(row["words"]),
        minutes=row["minutes"],
        fen=row["fen"],
        phone=row["phone"],
        rank=row["rank"],
        active=row["active"],
    )


def _route(row: Document) -> DayRoute:
    return DayRoute(
        row["_id"], said_of(row["name"]), tuple(row["stops"]), said_of(row["words"]), row["rank"], row["active"]
    )
