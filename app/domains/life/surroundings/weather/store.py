"""Severe-weather notices in MongoDB. One that came from elsewhere has its id by its source: it is there once."""

from __future__ import annotations

import hashlib
from datetime import datetime

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.said import Said
from app.domains.life.surroundings.weather.model import (
    Weather,
    WeatherKind,
    WeatherLevel,
    WeatherNotice,
    WeatherState,
    WeatherStep,
)

_MOST = 100


class WeatherStore:
    def __init__(self, db: Database) -> None:
        self._rows = db["weather_notices"]

    async def get(self, id_: str, tx: Tx | None = None) -> WeatherNotice | None:
        row = await self._rows.find_one({"_id": id_}, session=tx)
        return _notice(row) if row else None

    async def in_force(self, now: datetime) -> list[WeatherNotice]:
        """The highest first, of a level the newest."""
        which: Document = {"open": True, "until": {"$gt": now}}
        rows = await self._rows.find(which).limit(_MOST).to_list(None)
        return sorted(map(_notice, rows), key=lambda one: (-one.says.level, -one.issued_at.timestamp()))

    async def page(self, request: PageRequest) -> Page[WeatherNotice]:
        """The newest first."""
        rows = await page_rows(self._rows, {}, request, by="turn")
        return Page.cut([_notice(row) for row in rows], request)

    async def untold(self) -> list[WeatherNotice]:
        rows = await self._rows.find({"untold": True}).sort("_id", 1).limit(_MOST).to_list(None)
        return [_notice(row) for row in rows]

    async def add(self, one: WeatherNotice, tx: Tx) -> None:
        """Raises DuplicateKey: it is there."""
        await self._rows.insert_one({"_id": one.id, "turn": turn_of(one), **_row(one)}, session=tx)

    async def save(self, one: WeatherNotice, tx: Tx) -> bool:
        """The next version; False when it was changed meanwhile."""
        before = {"_id": one.id, "version": one.version - 1}
        return bool((await self._rows.update_one(before, {"$set": _row(one)}, session=tx)).modified_count)

    async def told(self, one: WeatherNotice) -> None:
        """That version of it."""
        told = {"$set": {"told": one.version, "untold": False}}
        await self._rows.update_one({"_id": one.id, "version": one.version}, told)


def id_of_source(source: str) -> str:
    return hashlib.sha256(source.encode()).hexdigest()[:32]


def turn_of(one: WeatherNotice) -> str:
    """By what pages are sorted: when it was issued."""
    return f"{one.issued_at:%Y%m%d%H%M%S}/{one.id}"


def _row(one: WeatherNotice) -> Document:
    says = one.says
    return {
        "kind": says.kind.value,
        "level": int(says.level),
        "zh": says.words.zh,
        "en": says.words.en,
        "until": says.until,
        "areas": list(says.areas),
        "issued_at": one.issued_at,
        "state": one.state.value,
        "open": one.state is not WeatherState.CANCELLED,
        "source": one.source,
        "version": one.version,
        "told": one.told,
        "untold": one.told < one.version,
        "steps": [{"state": s.state.value, "level": int(s.level), "at": s.at, "by": s.by} for s in one.steps],
    }


def _notice(row: Document) -> WeatherNotice:
    says = Weather(
        kind=WeatherKind(row["kind"]),
        level=WeatherLevel(row["level"]),
        words=Said(row["zh"], row["en"]),
        until=row["until"],
        areas=tuple(row["areas"]),
    )
    steps = (WeatherStep(WeatherState(s["state"]), WeatherLevel(s["level"]), s["at"], s["by"]) for s in row["steps"])
    return WeatherNotice(
        id=row["_id"],
        says=says,
        issued_at=row["issued_at"],
        state=WeatherState(row["state"]),
        source=row["source"],
        version=row["version"],
        told=row["told"],
        steps=tuple(steps),
    )
