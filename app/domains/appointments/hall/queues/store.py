"""Queues and their days in MongoDB.

Whoever changes anything in a line changes its version, so that two never do at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, time
from weakref import WeakValueDictionary

from app.core.mongo import Database, Document, DuplicateKey, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.said import said_of
from app.domains.appointments.hall.queues.model import Hours, Line, Queue

_MOST = 200


class QueueStore:
    def __init__(self, db: Database) -> None:
        self._queues = db["queues"]

    async def get(self, queue: str, tx: Tx | None = None) -> Queue | None:
        row = await self._queues.find_one({"_id": queue}, session=tx)
        return _queue(row) if row else None

    async def at(self, venue: str) -> list[Queue]:
        """All of a venue, by letter: at most 26."""
        return [_queue(row) for row in await self._queues.find({"venue": venue}).sort("_id", 1).to_list(None)]

    async def has_queue(self, venue: str, service: str) -> bool:
        """Fulfils `sweeping.service.Doors`."""
        which = {"venue": venue, "services": service, "active": True}
        return await self._queues.find_one(which, {"_id": 1}) is not None

    async def save(self, queue: Queue, tx: Tx) -> None:
        row = _queue_row(queue)
        await self._queues.update_one({"_id": queue.id}, {"$set": row}, upsert=True, session=tx)


class LineStore:
    def __init__(self, db: Database) -> None:
        self._lines = db["queue_lines"]
        self._at_venues: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def one_at_a_time(self, venue: str) -> asyncio.Lock:
        """Held by whoever of this process changes something in the queues of a venue. It makes nothing correct, the
        versions do that: it keeps forty who come at once from having the database begin each other's work anew.
        """
        return self._at_venues.setdefault(venue, asyncio.Lock())

    async def on(self, queue: Queue, day: date, tx: Tx | None = None) -> Line:
        """The queue on this day; as nobody has touched it yet when there is no row."""
        row = await self._lines.find_one({"_id": queue.line_on(day).id}, session=tx)
        return line_of(row) if row else queue.line_on(day)

    async def get(self, line: str, tx: Tx | None = None) -> Line | None:
        row = await self._lines.find_one({"_id": line}, session=tx)
        return line_of(row) if row else None

    async def at(self, venue: str, day: date) -> list[Line]:
        rows = await self._lines.find({"venue": venue, "day": day.isoformat()}).sort("_id", 1).to_list(None)
        return [line_of(row) for row in rows]

    async def page(self, day: date, request: PageRequest) -> Page[Line]:
        """Of all venues, by id."""
        rows = await page_rows(self._lines, {"day": day.isoformat()}, request, newest=False)
        return Page.cut([line_of(row) for row in rows], request)

    async def open_until(self, day: date) -> list[Line]:
        """Lines of this day and of days before that nobody has closed, oldest first, some at a time."""
        which: Document = {"done": False, "day": {"$lte": day.isoformat()}}
        rows = await self._lines.find(which).sort([("day", 1), ("_id", 1)]).limit(_MOST).to_list(None)
        return [line_of(row) for row in rows]

    async def save(self, line: Line, was: Line, tx: Tx, *, done: bool = False) -> None:
        """Raises DuplicateKey when somebody was faster (the caller's transaction runs again)."""
        row = {**_line_row(line), "version": was.version + 1, "done": done}
        if was.version == 0:
            await self._lines.insert_one({"_id": line.id, **row}, session=tx)
            return
        mine = {"_id": line.id, "version": was.version}
        if not (await self._lines.update_one(mine, {"$set": row}, session=tx)).modified_count:
            raise DuplicateKey("it was changed meanwhile")

    async def touch(self, lines: Sequence[Line], tx: Tx) -> None:
        """Something about the counters changed: whoever looks at these lines looks again."""
        for line in lines:
            await self.save(line, line, tx)


def _queue_row(queue: Queue) -> Document:
    hours = queue.hours
    row = asdict(queue)
    return {
        **row,
        "services": list(queue.services),
        "hours": {
            "opens": hours.opens.isoformat("minutes"),
            "closes": hours.closes.isoformat("minutes"),
            "days": list(hours.days),
        },
    }


def _queue(row: Document) -> Queue:
    hours = row["hours"]
    return Queue(
        venue=row["venue"],
        organisation=row["organisation"],
        letter=row["letter"],
        name=said_of(row["name"]),
        services=tuple(row["services"]),
        hours=Hours(time.fromisoformat(hours["opens"]), time.fromisoformat(hours["closes"]), tuple(hours["days"])),
        quota=row["quota"],
        priority_age=row["priority_age"],
        test=row["test"],
        active=row["active"],
    )


def _line_row(line: Line) -> Document:
    return {**asdict(line), "day": line.day.isoformat()}


def line_of(row: Document) -> Line:
    return Line(
        queue=row["queue"],
        venue=row["venue"],
        day=date.fromisoformat(row["day"]),
        issued=row["issued"],
        walk_ins=row["walk_ins"],
        calls=row["calls"],
        booked_row=row["booked_row"],
        priority_row=row["priority_row"],
        closed=row["closed"],
        version=row["version"],
    )
