"""What people chose for their home pages, and the scenes, in MongoDB."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from app.core.mongo import Database, Document, Part, Tx
from app.core.said import said_of, said_pair
from app.domains.life.home.model import MOST_WAVED_AWAY, Choices, Entry, Scene, Turn


class ChoiceStore:
    """One row a citizen, from the first thing that he chooses."""

    def __init__(self, db: Database) -> None:
        self._pages = db["home_pages"]

    def of(self, citizen: str) -> Part[Choices]:
        return Part("home_pages", [{"$match": {"_id": citizen}}], _choices)

    async def choose(self, citizen: str, turns: Collection[Turn], tx: Tx) -> None:
        change = {"$set": {"turns": [turn.value for turn in turns]}}
        await self._pages.update_one({"_id": citizen}, change, upsert=True, session=tx)

    async def wave_away(self, citizen: str, key: str, at: datetime, gone_before: datetime, tx: Tx) -> None:
        """What was waved away long ago, or before many others, is forgotten on the way."""
        row = await self._pages.find_one({"_id": citizen}, session=tx)
        kept = [one for one in (row or {}).get("waved_away", ()) if one["at"] > gone_before and one["key"] != key]
        change = {"$set": {"waved_away": [*kept[1 - MOST_WAVED_AWAY :], {"key": key, "at": at}]}}
        await self._pages.update_one({"_id": citizen}, change, upsert=True, session=tx)

    async def forget(self, citizen: str) -> None:
        await self._pages.delete_one({"_id": citizen})


class SceneStore:
    def __init__(self, db: Database) -> None:
        self._scenes = db["home_scenes"]

    async def all(self) -> list[Scene]:
        return [scene_of(row) for row in await self._scenes.find({}).to_list(None)]

    async def put(self, scene: Scene, tx: Tx) -> None:
        row: Document = {"name": said_pair(scene.name), "place": scene.place}
        row["entries"] = [{"name": said_pair(one.name), "to": one.to} for one in scene.entries]
        await self._scenes.update_one({"_id": scene.code}, {"$set": row}, upsert=True, session=tx)


def _choices(row: Document) -> Choices:
    waved_away = {one["key"]: one["at"] for one in row.get("waved_away", ())}
    return Choices(row["_id"], tuple(map(Turn, row.get("turns", ()))), waved_away)


def scene_of(row: Document) -> Scene:
    entries = tuple(Entry(said_of(one["name"]), one["to"]) for one in row["entries"])
    return Scene(row["_id"], said_of(row["name"]), row["place"], entries)
