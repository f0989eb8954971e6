"""Slots in MongoDB. Each change of a seat is one guarded update of one row."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta

from app.core.mongo import Database, Document, DuplicateKey, Part, Tx, insert_rows
from app.domains.appointments.times.slots.model import Seat, SeatKind, Slot

_RIVALS = 3
_TO_KEEP = timedelta(seconds=30)


class SlotStore:
    def __init__(self, db: Database) -> None:
        self._db = db
        self._slots = db["appointment_slots"]
        self._withheld = db["withheld_seats"]

    async def make(self, slots: Sequence[Slot]) -> int:
        """Those that are not there yet; how many. What is there is left as it is."""
        for _ in range(_RIVALS):
            with suppress(DuplicateKey):  # another worker made some of them a moment ago: look again
                return await self._make_missing(slots)
        return await self._make_missing(slots)

    async def _make_missing(self, slots: Sequence[Slot]) -> int:
        """Raises DuplicateKey."""
        wanted = {"_id": {"$in": [slot.id for slot in slots]}}
        present = {row["_id"] for row in await self._slots.find(wanted, {"_id": 1}).to_list(None)}
        rows = [{"_id": slot.id, **_row(slot)} for slot in slots if slot.id not in present]
        await self._db.transaction(lambda tx: insert_rows(self._slots, rows, tx))
        return len(rows)

    async def get(self, slot: str, tx: Tx | None = None) -> Slot | None:
        row = await self._slots.find_one({"_id": slot}, session=tx)
        return _slot(row) if row else None

    async def of_days(self, resources: Sequence[str], first: date, last: date) -> list[Slot]:
        """In the order of time."""
        days = {"$gte": first.isoformat(), "$lte": last.isoformat()}
        which = {"resource": {"$in": list(resources)}, "day": days}
        rows = await self._slots.find(which).sort([("starts_at", 1), ("_id", 1)]).to_list(None)
        return [_slot(row) for row in rows]

    async def next_free(
        self, resources: Sequence[str], since: datetime, released_by: datetime, most: int
    ) -> list[Slot]:
        which = {
            "resource": {"$in": list(resources)},
            "closed": False,
            "free": {"$gt": 0},
            "starts_at": {"$gte": since},
            "opens_at": {"$lte": released_by},
        }
        rows = await self._slots.find(which).sort([("starts_at", 1), ("_id", 1)]).limit(most).to_list(None)
        return [_slot(row) for row in rows]

    async def next_of_each(
        self, resources: Sequence[str], now: datetime, released_by: datetime, most: int
    ) -> list[list[Slot]]:
        """The next free ones of each of these, by one command."""
        free = {"closed": False, "free": {"$gt": 0}, "starts_at": {"$gt": now}, "opens_at": {"$lte": released_by}}
        first: list[Document] = [{"$sort": {"starts_at": 1}}, {"$limit": most}]
        parts = [Part("appointment_slots", [{"$match": {"resource": one, **free}}, *first], _slot) for one in resources]
        return await self._db.gather(parts)

    async def take(self, slot: str, seat: str, now: datetime, earlier: timedelta, call: str = "") -> bool:
        """A free seat, if there is one and the slot is given out, by one update that two can never both win.

        It stands outside of any transaction: hundreds who want one slot would undo each other's. So it is written down
        before, and goes on by itself when whoever took it does not `keep` it in half a minute. `call` is what it is
        taken for.
        """
        await self._withheld.insert_one({"_id": seat, "slot": slot, "until": now + _TO_KEEP, "call": call})
        given_out = {"closed": False, "starts_at": {"$gt": now}, "opens_at": {"$lte": now + earlier}}
        change = {"$inc": {"free": -1}, "$set": {f"seats.{seat}": _seat_row(Seat())}}
        done = await self._slots.update_one({"_id": slot, "free": {"$gt": 0}, **given_out}, change)
        if not done.modified_count:
            await self._withheld.delete_one({"_id": seat})
        return bool(done.modified_count)

    async def being_taken(self, slot: str, call: str) -> bool:
        """Whether a seat was taken for this very call, and is neither kept nor given back yet."""
        found = await self.get(slot)
        which = {"_id": {"$in": list(found.seats) if found else []}, "call": call}
        return await self._withheld.find_one(which) is not None

    async def keep(self, seat: str, tx: Tx) -> bool:
        """A seat that was taken is the booking's that is written in this transaction. False: it has gone on."""
        return await self.end_withholding(seat, tx)

    async def pass_on(self, slot: str, seat: str, to: str, as_: Seat, tx: Tx) -> bool:
        """A seat from one to another, without being free in between."""
        theirs = {"_id": slot, f"seats.{seat}": {"$exists": True}}
        change = {"$unset": {f"seats.{seat}": ""}, "$set": {f"seats.{to}": _seat_row(as_)}}
        return bool((await self._slots.update_one(theirs, change, session=tx)).modified_count)

    async def give_back(self, slot: str, seat: str, tx: Tx) -> bool:
        """False when it was given back or passed on before."""
        theirs = {"_id": slot, f"seats.{seat}": {"$exists": True}}
        change = {"$unset": {f"seats.{seat}": ""}, "$inc": {"free": 1}}
        return bool((await self._slots.update_one(theirs, change, session=tx)).modified_count)

    async def withhold(self, slot: str, seat: str, key: str, until: datetime, tx: Tx) -> bool:
        """A seat given up, for nobody until then. `key` is the withholding's own."""
        if not await self.pass_on(slot, seat, key, Seat(SeatKind.WITHHELD, until), tx):
            return False
        await self._withheld.insert_one({"_id": key, "slot": slot, "until": until}, session=tx)
        return True

    async def withheld_due(self, now: datetime, most: int) -> list[tuple[str, str]]:
        """(key, slot) of what was withheld long enough, longest first."""
        rows = await self._withheld.find({"until": {"$lte": now}}).sort("until", 1).limit(most).to_list(None)
        return [(row["_id"], row["slot"]) for row in rows]

    async def end_withholding(self, key: str, tx: Tx) -> bool:
        """True for one caller only."""
        return bool((await self._withheld.delete_one({"_id": key}, session=tx)).deleted_count)

    async def close(self, slots: Sequence[str], tx: Tx, *, closed: bool) -> int:
        """But for those that the schedule names no more."""
        named = {"_id": {"$in": list(slots)}, "off_plan": False}
        done = await self._slots.update_many(named, {"$set": {"closed": closed}}, session=tx)
        return int(done.modified_count)

    async def shut(self, slot: str) -> None:
        await self._slots.update_one({"_id": slot}, {"$set": {"closed": True, "off_plan": True}})

    async def reopen(self, slot: str) -> None:
        """The schedule names that time again; what the venue closed by hand stays closed."""
        change = {"$set": {"closed": False, "off_plan": False}}
        await self._slots.update_one({"_id": slot, "off_plan": True}, change)

    async def resize(self, slot: Slot, seats: int, walk_in: int) -> bool:
        """To another number of seats; False when more are taken than there would be."""
        enough = {"_id": slot.id, "capacity": slot.capacity, "free": {"$gte": slot.capacity - seats}}
        change = {
            "$inc": {"free": seats - slot.capacity, "capacity": seats - slot.capacity},
            "$set": {"walk_in": walk_in},
        }
        return bool((await self._slots.update_one(enough, change)).modified_count)

    async def retime(self, slot: Slot, opens_at: datetime, ends_at: datetime) -> None:
        await self._slots.update_one({"_id": slot.id}, {"$set": {"opens_at": opens_at, "ends_at": ends_at}})

    async def drop_untouched(self, slot: str) -> bool:
        """A slot that nobody has a seat of."""
        return bool((await self._slots.delete_one({"_id": slot, "seats": {}})).deleted_count)

    async def drop_before(self, day: date) -> int:
        """Slots of long ago; bookings are kept apart."""
        return int((await self._slots.delete_many({"day": {"$lt": day.isoformat()}})).deleted_count)

    async def occupancy(self, venue: str, first: date, last: date) -> dict[str, tuple[int, int]]:
        """By day: seats there are, and seats that are free."""
        which = {"venue": venue, "day": {"$gte": first.isoformat(), "$lte": last.isoformat()}}
        sums = {"_id": "$day", "capacity": {"$sum": "$capacity"}, "free": {"$sum": "$free"}}
        rows = await self._db.aggregate(
            "appointment_slots", [{"$match": which}, {"$group": sums}, {"$sort": {"_id": 1}}]
        )
        return {row["_id"]: (row["capacity"], row["free"]) for row in rows}


def _row(slot: Slot) -> Document:
    return {
        "resource": slot.resource,
        "venue": slot.venue,
        "day": slot.day.isoformat(),
        "starts_at": slot.starts_at,
        "ends_at": slot.ends_at,
        "opens_at": slot.opens_at,
        "capacity": slot.capacity,
        "free": slot.free,
        "walk_in": slot.walk_in,
        "number": slot.number,
        "closed": slot.closed,
        "off_plan": slot.off_plan,
        "seats": {id_: _seat_row(seat) for id_, seat in slot.seats.items()},
    }


def _seat_row(seat: Seat) -> Document:
    return {"kind": seat.kind.value, "until": seat.until}


def _slot(row: Document) -> Slot:
    return Slot(
        id=row["_id"],
        resource=row["resource"],
        venue=row["venue"],
        day=date.fromisoformat(row["day"]),
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        opens_at=row["opens_at"],
        capacity=row["capacity"],
        free=row["free"],
        walk_in=row["walk_in"],
        number=row["number"],
        closed=row["closed"],
        off_plan=row["off_plan"],
        seats={id_: Seat(SeatKind(seat["kind"]), seat["until"]) for id_, seat in row["seats"].items()},
    )
