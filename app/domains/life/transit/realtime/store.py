"""What is heard of trips under way, in MongoDB: one row, replaced with each look, and when to look next."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson

from app.core.mongo import Database, Document, DuplicateKey
from app.core.places.model import Point
from app.domains.life.transit.realtime.model import Alert, Live, StopNews, TripNews, TripState, Vehicle

_NOW = "now"


class LiveStore:
    def __init__(self, db: Database) -> None:
        self._rows = db["transit_live"]
        self._looks = db["transit_looks"]

    async def get(self) -> Live | None:
        row = await self._rows.find_one({"_id": _NOW})
        return live_from(row) if row else None

    async def save(self, live: Live) -> bool:
        """False when what another process heard later stands there already."""
        before = {"_id": _NOW, "heard_at": {"$lte": live.heard_at}}
        try:
            await self._rows.update_one(before, {"$set": _row(live)}, upsert=True)
        except DuplicateKey:
            return False
        return True

    async def claim(self, now: datetime, next_at: datetime) -> bool:
        """Whether this process is to look now; the next look is due then."""
        due = {"_id": _NOW, "due_at": {"$lte": now}}
        try:
            done = await self._looks.update_one(due, {"$set": {"due_at": next_at}}, upsert=True)
        except DuplicateKey:  # not due yet
            return False
        return bool(done.modified_count or done.upserted_id)

    async def looked(self, at: datetime, outcome: str) -> None:
        """For the desk: what the last look came to."""
        change: Document = {"looked_at": at, "outcome": outcome, **({"heard_at": at} if outcome == "ok" else {})}
        await self._looks.update_one({"_id": _NOW}, {"$set": change})

    async def last_look(self) -> tuple[datetime, str, datetime | None] | None:
        """(when, what it came to, when something was heard last); None before the first."""
        row = await self._looks.find_one({"_id": _NOW})
        return (row["looked_at"], row["outcome"], row.get("heard_at")) if row and "looked_at" in row else None


def _row(live: Live) -> Document:
    trips = [
        [*key, news.state.value, [[one.position, one.arrival, one.departure, one.skipped] for one in news.stops]]
        for key, news in live.trips.items()
    ]
    vehicles = [
        [*key, one.position, one.stopped, _place(one.point), one.label, one.at] for key, one in live.vehicles.items()
    ]
    alerts = [[one.id, dict(one.title), dict(one.text), one.routes, one.stops, one.periods] for one in live.alerts]
    return {
        "version": live.version,
        "stamp": live.stamp,
        "heard_at": live.heard_at,
        "unmatched": live.unmatched,
        "news": orjson.dumps({"trips": trips, "vehicles": vehicles, "alerts": alerts}),
    }


def live_from(row: Document) -> Live:
    news = orjson.loads(row["news"])
    return Live(
        version=row["version"],
        stamp=row["stamp"],
        heard_at=row["heard_at"],
        trips={(trip, day): _news(state, stops) for trip, day, state, stops in news["trips"]},
        vehicles={(trip, day): _vehicle(*rest) for trip, day, *rest in news["vehicles"]},
        alerts=tuple(_alert(*one) for one in news["alerts"]),
        unmatched=row["unmatched"],
    )


def _news(state: str, stops: list[list[Any]]) -> TripNews:
    return TripNews(TripState(state), tuple(StopNews(*one) for one in stops))


def _vehicle(position: int, stopped: bool, place: list[float] | None, label: str, at: int) -> Vehicle:
    return Vehicle(position, stopped, Point(*place) if place else None, label, at)


def _alert(
    id_: str,
    title: dict[str, str],
    text: dict[str, str],
    routes: list[str],
    stops: list[str],
    periods: list[list[int]],
) -> Alert:
    spans = tuple((begin, end) for begin, end in periods)
    return Alert(id_, title, text, tuple(routes), tuple(stops), spans)


def _place(point: Point | None) -> list[float] | None:
    return [point.latitude, point.longitude] if point else None
