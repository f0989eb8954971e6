"""Versions of the feed in MongoDB, and the pointer to the one in force."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from app.core.mongo import Database, Document, DuplicateKey, Tx
from app.domains.life.transit.feeds.model import FeedSummary, FeedVersion, InForce, VersionState

_POINTER = "feed"
_LISTED = 50


class FeedStore:
    def __init__(self, db: Database) -> None:
        self._pointers = db["transit_feeds"]
        self._versions = db["transit_versions"]

    async def in_force(self, tx: Tx | None = None) -> InForce | None:
        row = await self._pointers.find_one({"_id": _POINTER}, session=tx)
        return InForce(row["version"], row["since"], row["by"], row["was"], row["rev"]) if row else None

    async def point(self, now: InForce, tx: Tx) -> bool:
        """The switch. False when it was switched meanwhile. Raises DuplicateKey, when it was for the first time."""
        row = {"version": now.version, "since": now.since, "by": now.by, "was": now.was, "rev": now.rev}
        if now.rev == 1:
            await self._pointers.insert_one({"_id": _POINTER, **row}, session=tx)
            return True
        before = {"_id": _POINTER, "rev": now.rev - 1}
        return bool((await self._pointers.update_one(before, {"$set": row}, session=tx)).modified_count)

    async def get(self, id_: str, tx: Tx | None = None) -> FeedVersion | None:
        row = await self._versions.find_one({"_id": id_}, session=tx)
        return _version(row) if row else None

    async def listed(self) -> list[FeedVersion]:
        """The newest first."""
        rows = await self._versions.find({}).sort([("made_at", -1), ("_id", -1)]).limit(_LISTED).to_list(None)
        return [_version(row) for row in rows]

    async def begin(self, fresh: FeedVersion, was: FeedVersion | None) -> bool:
        """Loading begins; in place of one that was given up. False when another process was faster."""
        if was is None:
            return await self._first(fresh)
        before = {"_id": was.id, "state": was.state.value, "fence": was.fence, "alive_at": was.alive_at}
        return bool((await self._versions.replace_one(before, {"_id": fresh.id, **_row(fresh)})).modified_count)

    async def _first(self, fresh: FeedVersion) -> bool:
        try:
            await self._versions.insert_one({"_id": fresh.id, **_row(fresh)})
        except DuplicateKey:
            return False
        return True

    async def alive(self, version: FeedVersion, at: datetime, pieces: int) -> bool:
        """False: the loading is no more this process's."""
        change = {"$set": {"alive_at": at, "pieces": pieces}}
        return bool((await self._versions.update_one(_mine(version), change)).matched_count)

    async def ready(self, version: FeedVersion, tx: Tx) -> bool:
        """Its rows are whole. False: the loading is no more this process's."""
        change = {"$set": {"state": VersionState.READY.value}}
        return bool((await self._versions.update_one(_mine(version), change, session=tx)).modified_count)

    async def used(self, version: FeedVersion, at: datetime, tx: Tx) -> bool:
        """A version that is whole is switched to, or away from. False: it is being deleted."""
        whole = {"_id": version.id, "state": VersionState.READY.value}
        return bool((await self._versions.update_one(whole, {"$set": {"alive_at": at}}, session=tx)).matched_count)

    async def idle(self, before: datetime) -> list[FeedVersion]:
        """Neither loaded nor used since then."""
        rows = await self._versions.find({"alive_at": {"$lt": before}}).sort("alive_at", 1).limit(_LISTED).to_list(None)
        return [_version(row) for row in rows]

    async def give_up(self, version: FeedVersion, tx: Tx) -> bool:
        """From now on it may be deleted. False when it was used meanwhile."""
        before = {"_id": version.id, "state": version.state.value, "alive_at": version.alive_at}
        change = {"$set": {"state": VersionState.DROPPED.value}}
        return bool((await self._versions.update_one(before, change, session=tx)).matched_count)

    async def forget(self, version: str) -> None:
        """Its pieces are gone."""
        await self._versions.delete_one({"_id": version, "state": VersionState.DROPPED.value})


def _mine(version: FeedVersion) -> Document:
    return {"_id": version.id, "state": VersionState.LOADING.value, "fence": version.fence}


def _row(version: FeedVersion) -> Document:
    summary = version.summary
    return {
        "state": version.state.value,
        "summary": {
            "publisher": summary.publisher,
            "zone": summary.zone,
            "agencies": summary.agencies,
            "stops": summary.stops,
            "routes": summary.routes,
            "trips": summary.trips,
            "calls": summary.calls,
            "first_day": summary.first_day.isoformat() if summary.first_day else None,
            "last_day": summary.last_day.isoformat() if summary.last_day else None,
        },
        "warnings": version.warnings,
        "made_at": version.made_at,
        "alive_at": version.alive_at,
        "fence": version.fence,
        "pieces": version.pieces,
    }


def _version(row: Document) -> FeedVersion:
    return FeedVersion(
        id=row["_id"],
        state=VersionState(row["state"]),
        summary=_summary(row["summary"]),
        warnings=row["warnings"],
        made_at=row["made_at"],
        alive_at=row["alive_at"],
        fence=row["fence"],
        pieces=row["pieces"],
    )


def _summary(row: dict[str, Any]) -> FeedSummary:
    return FeedSummary(**{**row, "first_day": _day(row["first_day"]), "last_day": _day(row["last_day"])})


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
