"""Schedules and exceptions in MongoDB: one row a resource, one row a day that differs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time

from app.core.mongo import Database, Document, Tx
from app.core.said import said_of, said_row
from app.domains.appointments.times.schedules.model import DayException, Release, Schedule, Window


class ScheduleStore:
    def __init__(self, db: Database) -> None:
        self._schedules = db["schedules"]
        self._exceptions = db["schedule_exceptions"]

    async def of(self, resources: Sequence[str], tx: Tx | None = None) -> dict[str, Schedule]:
        rows = await self._schedules.find({"_id": {"$in": list(resources)}}, session=tx).to_list(None)
        return {row["_id"]: _schedule(row) for row in rows}

    async def save(self, schedule: Schedule, tx: Tx) -> None:
        await self._schedules.update_one(
            {"_id": schedule.resource}, {"$set": _row(schedule), "$inc": {"version": 1}}, upsert=True, session=tx
        )

    async def page(self, after: str, most: int) -> list[Schedule]:
        """All of them, some at a time, by their resource."""
        rows = await self._schedules.find({"_id": {"$gt": after}}).sort("_id", 1).limit(most).to_list(None)
        return [_schedule(row) for row in rows]

    async def put_exception(self, exception: DayException, tx: Tx) -> None:
        row = {
            "scope": exception.scope,
            "day": exception.day.isoformat(),
            "windows": [_window_row(window) for window in exception.windows],
            "reason": said_row(exception.reason),
            "move": exception.move,
            "settled": exception.settled,
        }
        await self._exceptions.update_one({"_id": exception.id}, {"$set": row}, upsert=True, session=tx)

    async def drop_exception(self, scope: str, day: date, tx: Tx) -> bool:
        return bool(
            (await self._exceptions.delete_one({"_id": f"{scope}/{day.isoformat()}"}, session=tx)).deleted_count
        )

    async def exceptions(self, scopes: Sequence[str], first: date, last: date) -> dict[str, DayException]:
        """By id (`SCOPE/DAY`)."""
        which = {"scope": {"$in": list(scopes)}, "day": {"$gte": first.isoformat(), "$lte": last.isoformat()}}
        return {row["_id"]: _exception(row) for row in await self._exceptions.find(which).to_list(None)}

    async def unsettled(self) -> DayException | None:
        row = await self._exceptions.find_one({"settled": False})
        return _exception(row) if row else None

    async def settle(self, exception: DayException) -> None:
        """Unless it was written anew meanwhile: then there may be more to settle."""
        same = {"_id": exception.id, "settled": False, "windows": [_window_row(one) for one in exception.windows]}
        await self._exceptions.update_one(same, {"$set": {"settled": True}})


def _row(schedule: Schedule) -> Document:
    return {
        "windows": [_window_row(window) for window in schedule.windows],
        "release": {"days": schedule.release.days, "at": schedule.release.at.isoformat()},
        "numbered": schedule.numbered,
    }


def _window_row(window: Window) -> Document:
    return {
        "weekday": window.weekday,
        "opens": window.opens.isoformat(),
        "closes": window.closes.isoformat(),
        "minutes": window.minutes,
        "seats": window.seats,
        "walk_in": window.walk_in,
    }


def _schedule(row: Document) -> Schedule:
    return Schedule(
        resource=row["_id"],
        windows=tuple(map(_window, row["windows"])),
        release=Release(row["release"]["days"], time.fromisoformat(row["release"]["at"])),
        numbered=row["numbered"],
        version=row["version"],
    )


def _window(row: Document) -> Window:
    times = {name: time.fromisoformat(row[name]) for name in ("opens", "closes")}
    return Window(**{**row, **times})


def _exception(row: Document) -> DayException:
    return DayException(
        scope=row["scope"],
        day=date.fromisoformat(row["day"]),
        windows=tuple(map(_window, row["windows"])),
        reason=said_of(row["reason"]),
        move=row["move"],
        settled=row["settled"],
    )
