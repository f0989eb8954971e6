"""Waiting lists in MongoDB. One open place per person and service, by a unique index; the order is that of the ids."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from app.core.mongo import Database, Document, DuplicateKey, Tx
from app.domains.appointments.booking.waiting.errors import AlreadyWaiting
from app.domains.appointments.booking.waiting.model import Waiting, WaitingState


class WaitingStore:
    def __init__(self, db: Database) -> None:
        self._waiting = db["waiting"]

    async def add(self, waiting: Waiting, tx: Tx) -> None:
        """Raises AlreadyWaiting."""
        try:
            await self._waiting.insert_one(_row(waiting), session=tx)
        except DuplicateKey:
            raise AlreadyWaiting from None

    async def get(self, waiting: str, citizen: str, tx: Tx | None = None) -> Waiting | None:
        row = await self._waiting.find_one({"citizen": citizen, "_id": waiting}, session=tx)
        return _waiting(row) if row else None

    async def of_booking(self, booking: str, citizen: str, tx: Tx | None = None) -> Waiting | None:
        row = await self._waiting.find_one({"citizen": citizen, "booking": booking}, session=tx)
        return _waiting(row) if row else None

    async def of(self, citizen: str) -> list[Waiting]:
        """Newest first; one person has few."""
        rows = await self._waiting.find({"citizen": citizen}).sort("_id", -1).limit(50).to_list(None)
        return [_waiting(row) for row in rows]

    async def save(self, waiting: Waiting, was: Waiting, tx: Tx) -> bool:
        """False when it was changed meanwhile."""
        before = {"citizen": was.citizen, "_id": was.id, "state": was.state.value}
        return bool((await self._waiting.replace_one(before, _row(waiting), session=tx)).modified_count)

    async def anyone_for(self, service: str, resource: str, day: date, tx: Tx) -> bool:
        return await self._waiting.find_one(_for([service], resource, day), {"_id": 1}, session=tx) is not None

    async def next_for(self, services: Sequence[str], resource: str, day: date, most: int) -> list[Waiting]:
        """Who waits for such a time, in order."""
        which = _for(services, resource, day)
        return [_waiting(row) for row in await self._waiting.find(which).sort("_id", 1).limit(most).to_list(None)]

    async def ahead_of(self, waiting: Waiting) -> int:
        which = {"service": waiting.service, "state": WaitingState.WAITING.value, "_id": {"$lt": waiting.id}}
        return int(await self._waiting.count_documents(which, limit=1000))

    async def over(self, today: date, most: int) -> list[Waiting]:
        """Those whose last day is over."""
        which = {"state": WaitingState.WAITING.value, "last": {"$lt": today.isoformat()}}
        return [_waiting(row) for row in await self._waiting.find(which).limit(most).to_list(None)]


def _for(services: Sequence[str], resource: str, day: date) -> Document:
    return {
        "service": {"$in": list(services)},
        "state": WaitingState.WAITING.value,
        "first": {"$lte": day.isoformat()},
        "last": {"$gte": day.isoformat()},
        "resource": {"$in": [None, resource]},
    }


def _row(waiting: Waiting) -> Document:
    return {
        "_id": waiting.id,
        "citizen": waiting.citizen,
        "booked_by": waiting.booked_by,
        "service": waiting.service,
        "first": waiting.first.isoformat(),
        "last": waiting.last.isoformat(),
        "state": waiting.state.value,
        "open": waiting.state in (WaitingState.WAITING, WaitingState.OFFERED),
        "since": waiting.since,
        "resource": waiting.resource,
        "booking": waiting.booking,
    }


def _waiting(row: Document) -> Waiting:
    days: dict[str, Any] = {name: date.fromisoformat(row[name]) for name in ("first", "last")}
    plain = {name: row[name] for name in ("citizen", "booked_by", "service", "since", "resource", "booking")}
    return Waiting(id=row["_id"], state=WaitingState(row["state"]), **days, **plain)
