"""Rides in MongoDB: each reference once, each offline code once, and what somebody paid an operator on a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.domains.payment.rides.fares.model import Fare, FarePart, FareStep
from app.domains.payment.rides.model import Ride, RideChannel, RideState

_DAYS_KEPT, _CODES_KEPT = timedelta(days=30), timedelta(days=30)
_FEW = 20


class RideStore:
    def __init__(self, db: Database) -> None:
        self._rides = db["rides"]
        self._days = db["ride_days"]
        self._codes = db["ride_codes"]

    async def add(self, ride: Ride, look_at: datetime, tx: Tx) -> None:
        """Raises DuplicateKey. `look_at`: when one that is owed is collected at the latest."""
        await self._rides.insert_one(_row(ride, look_at), session=tx)

    async def get(self, ride: str, tx: Tx | None = None) -> Ride | None:
        row = await self._rides.find_one({"_id": ride}, session=tx)
        return _ride(row) if row else None

    async def before(self, citizen: str, operator: str, at: datetime, within: timedelta, tx: Tx) -> list[Ride]:
        """Those with this operator that began in that time before, the newest first."""
        which = {"citizen": citizen, "operator": operator, "at": {"$lt": at, "$gte": at - within}}
        found = self._rides.find(which, session=tx).sort([("at", -1), ("_id", -1)])
        return [_ride(row) for row in await found.limit(_FEW).to_list(None)]

    async def of_citizen(self, citizen: str, request: PageRequest) -> Page[Ride]:
        """Newest first; the cursor is `turn_of`."""
        rows = await page_rows(self._rides, {"citizen": citizen}, request, by="turn")
        return Page.cut([_ride(row) for row in rows], request)

    async def of_operator(self, operator: str, request: PageRequest) -> Page[Ride]:
        """Newest first; the cursor is `turn_of`."""
        rows = await page_rows(self._rides, {"operator": operator}, request, by="turn")
        return Page.cut([_ride(row) for row in rows], request)

    async def in_state(self, operator: str, state: RideState, request: PageRequest) -> Page[Ride]:
        which = {"operator": operator, "state": state.value}
        rows = await page_rows(self._rides, which, request, by="turn")
        return Page.cut([_ride(row) for row in rows], request)

    async def borne(self, request: PageRequest) -> Page[Ride]:
        """By the city, of all operators, newest first; the cursor is `turn_of`."""
        rows = await page_rows(self._rides, {"state": RideState.BORNE.value}, request, by="turn")
        return Page.cut([_ride(row) for row in rows], request)

    # What is owed

    async def owed_count(self, citizen: str, most: int, tx: Tx | None = None) -> int:
        which = {"citizen": citizen, "state": RideState.OWED.value}
        return int(await self._rides.count_documents(which, limit=most, session=tx))

    async def owed(self, citizen: str, most: int) -> list[Ride]:
        """Oldest first."""
        which = {"citizen": citizen, "state": RideState.OWED.value}
        rows = await self._rides.find(which).sort("turn", 1).limit(most).to_list(None)
        return [_ride(row) for row in rows]

    async def debtors(self, now: datetime, most: int) -> list[str]:
        """Citizens with rides that are owed, and whose turn it is to be looked at."""
        which = {"state": RideState.OWED.value, "look_at": {"$lte": now}}
        found = self._rides.find(which, {"citizen": 1}).sort([("look_at", 1), ("_id", 1)])
        return list(dict.fromkeys([row["citizen"] async for row in found.limit(most)]))

    async def look_again(self, citizen: str, at: datetime) -> None:
        which = {"citizen": citizen, "state": RideState.OWED.value}
        await self._rides.update_many(which, {"$set": {"look_at": at}})

    async def pay(self, ride: Ride, payment: str, tx: Tx) -> bool:
        """False when it is not owed any more."""
        which = {"_id": ride.id, "state": RideState.OWED.value}
        change = {"$set": {"state": RideState.PAID.value, "payment": payment}}
        return bool((await self._rides.update_one(which, change, session=tx)).modified_count)

    async def bear(self, ride: Ride, tx: Tx) -> bool:
        """False when it is not owed any more."""
        which = {"_id": ride.id, "state": RideState.OWED.value}
        change = {"$set": {"state": RideState.BORNE.value}}
        return bool((await self._rides.update_one(which, change, session=tx)).modified_count)

    # Codes and days

    async def use_code(self, code: str, ride: str, at: datetime, tx: Tx) -> bool:
        """False when another ride was taken with it."""
        row = {"$setOnInsert": {"ride": ride, "tidy_at": at + _CODES_KEPT}}
        await self._codes.update_one({"_id": code}, row, upsert=True, session=tx)
        found = await self._codes.find_one({"_id": code}, session=tx)
        return found is not None and found["ride"] == ride

    async def spent(self, citizen: str, operator: str, day: date, tx: Tx) -> int:
        row = await self._days.find_one({"_id": _day_id(citizen, operator, day)}, session=tx)
        return row["fen"] if row else 0

    async def spend(self, citizen: str, operator: str, day: date, fen: int, was: int, tx: Tx) -> bool:
        """Count it, as long as it is still what it was. Rivals of one moment collide: one works its fare out anew."""
        key = {"_id": _day_id(citizen, operator, day)}
        tidy = datetime(day.year, day.month, day.day, tzinfo=UTC) + _DAYS_KEPT
        fresh = {"$setOnInsert": {"citizen": citizen, "fen": 0, "tidy_at": tidy}}
        await self._days.update_one(key, fresh, upsert=True, session=tx)
        change = {"$set": {"fen": was + fen}, "$inc": {"rides": 1}}
        return bool((await self._days.update_one({**key, "fen": was}, change, session=tx)).modified_count)


def turn_of(ride: Ride) -> str:
    return f"{ride.at.isoformat()}/{ride.id}"


def _day_id(citizen: str, operator: str, day: date) -> str:
    return f"{citizen}:{operator}:{day.isoformat()}"


def _row(ride: Ride, look_at: datetime) -> Document:
    return {
        "_id": ride.id,
        "operator": ride.operator,
        "reference": ride.reference,
        "citizen": ride.citizen,
        "line": ride.line,
        "rules": ride.rules,
        "channel": ride.channel.value,
        "at": ride.at,
        "reported_at": ride.reported_at,
        "turn": turn_of(ride),
        "fare": [{"part": step.part.value, "fen": step.fen} for step in ride.fare.steps],
        "fen": ride.fare.fen,
        "state": ride.state.value,
        "metres": ride.metres,
        "payment": ride.payment,
        "look_at": look_at,
    }


def _ride(row: Document) -> Ride:
    return Ride(
        id=row["_id"],
        operator=row["operator"],
        reference=row["reference"],
        citizen=row["citizen"],
        line=row["line"],
        rules=row["rules"],
        channel=RideChannel(row["channel"]),
        at=row["at"],
        reported_at=row["reported_at"],
        fare=Fare(tuple(FareStep(FarePart(step["part"]), step["fen"]) for step in row["fare"])),
        state=RideState(row["state"]),
        metres=row["metres"],
        payment=row["payment"],
    )
