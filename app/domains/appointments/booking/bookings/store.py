"""Bookings in MongoDB, by their citizen. A save holds the version that was read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from app.core.mongo import Database, Document, Part, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.domains.appointments.booking.bookings.model import (
    OPEN,
    PENDING,
    Booking,
    BookingState,
    CancelledBy,
    PaymentState,
)


class BookingStore:
    def __init__(self, db: Database) -> None:
        self._bookings = db["bookings"]

    async def add(self, booking: Booking, tx: Tx) -> None:
        await self._bookings.insert_one(_row(booking), session=tx)

    async def get(self, booking: str, citizen: str, tx: Tx | None = None) -> Booking | None:
        row = await self._bookings.find_one({"citizen": citizen, "_id": booking}, session=tx)
        return booking_of(row) if row else None

    async def at_venue(self, booking: str, venues: Sequence[str], tx: Tx | None = None) -> Booking | None:
        """For who keeps one of these venues: whosever it is."""
        row = await self._bookings.find_one({"_id": booking, "venue": {"$in": list(venues)}}, session=tx)
        return booking_of(row) if row else None

    async def save(self, booking: Booking, was: Booking, tx: Tx) -> bool:
        """False when it was changed since it was read."""
        before = {"citizen": was.citizen, "_id": was.id, "version": was.version}
        row = _row(replace(booking, version=was.version + 1))
        return bool((await self._bookings.replace_one(before, row, session=tx)).modified_count)

    async def of(self, citizen: str, request: PageRequest) -> Page[Booking]:
        """Newest first, without holds that came to nothing."""
        kept = [state.value for state in BookingState if state not in (BookingState.EXPIRED, BookingState.RELEASED)]
        rows = await page_rows(self._bookings, {"citizen": citizen, "state": {"$in": kept}}, request)
        return Page.cut([booking_of(row) for row in rows], request)

    async def open_of(self, citizen: str, tx: Tx | None = None) -> list[Booking]:
        which = {"citizen": citizen, "state": {"$in": [state.value for state in OPEN]}}
        return [booking_of(row) for row in await self._bookings.find(which, session=tx).to_list(None)]

    def coming(self, citizen: str, most: int) -> Part[Booking]:
        """What is open, the latest made first."""
        which = {"citizen": citizen, "state": {"$in": [state.value for state in OPEN]}}
        return Part("bookings", [{"$match": which}, {"$sort": {"_id": -1}}, {"$limit": most}], booking_of)

    async def of_day(self, venue: str, day: date, request: PageRequest) -> Page[Booking]:
        """For the venue: what was not given up before, in the order in which it was booked."""
        gone = (BookingState.EXPIRED, BookingState.RELEASED, BookingState.HELD, BookingState.OFFERED)
        kept = [state.value for state in BookingState if state not in gone]
        which = {"venue": venue, "day": day.isoformat(), "state": {"$in": kept}}
        rows = await page_rows(self._bookings, which, request, newest=False)
        return Page.cut([booking_of(row) for row in rows], request)

    async def in_slots(self, slots: Sequence[str], states: Sequence[BookingState], most: int) -> list[Booking]:
        which = {"slot": {"$in": list(slots)}, "state": {"$in": [state.value for state in states]}}
        return [booking_of(row) for row in await self._bookings.find(which).limit(most).to_list(None)]

    async def lapsed(self, now: datetime, most: int, *, due: bool) -> list[Booking]:
        """Holds and offers whose time is over: those that are being paid (`due`), or all others."""
        which: Document = {"state": {"$in": [state.value for state in PENDING]}, "hold_until": {"$lte": now}}
        which["payment"] = PaymentState.DUE.value if due else {"$ne": PaymentState.DUE.value}
        rows = await self._bookings.find(which).sort("hold_until", 1).limit(most).to_list(None)
        return [booking_of(row) for row in rows]

    async def with_payment(self, state: PaymentState, after: str, most: int) -> list[Booking]:
        which = {"payment": state.value, "_id": {"$gt": after}}
        rows = await self._bookings.find(which).sort("_id", 1).limit(most).to_list(None)
        return [booking_of(row) for row in rows]

    async def owed_to(self, citizen: str) -> list[Booking]:
        """What is to be given back to this person."""
        which = {"citizen": citizen, "payment": PaymentState.OWED_BACK.value}
        return [booking_of(row) for row in await self._bookings.find(which).to_list(None)]

    async def to_remind(self, now: datetime, most: int) -> list[Booking]:
        which = {"remind_at": {"$lte": now}}
        rows = await self._bookings.find(which).sort("remind_at", 1).limit(most).to_list(None)
        return [booking_of(row) for row in rows]

    async def not_come(self, before: datetime, most: int) -> list[Booking]:
        """Booked, and over by then."""
        which = {"state": BookingState.BOOKED.value, "ends_at": {"$lt": before}}
        rows = await self._bookings.find(which).sort("ends_at", 1).limit(most).to_list(None)
        return [booking_of(row) for row in rows]

    async def kept_and_missed(self, citizen: str, since: datetime, until: datetime) -> tuple[int, list[datetime]]:
        """Of those that began in that time: to how many he came, and when the others were."""
        came = [BookingState.ARRIVED.value, BookingState.CALLED.value, BookingState.SERVED.value]
        which = {"citizen": citizen, "state": {"$in": [*came, BookingState.NO_SHOW.value]}}
        which |= {"starts_at": {"$gte": since, "$lt": until}}
        rows = await self._bookings.find(which, {"state": 1, "ends_at": 1}).to_list(None)
        missed = [row["ends_at"] for row in rows if row["state"] == BookingState.NO_SHOW.value]
        return len(rows) - len(missed), missed

    async def counted(self, venue: str, day: date) -> dict[str, int]:
        """How many of each state a venue has on that day."""
        which = {"venue": venue, "day": day.isoformat()}
        counts: dict[str, int] = {}
        for row in await self._bookings.find(which, {"state": 1}).to_list(None):
            counts[row["state"]] = counts.get(row["state"], 0) + 1
        return counts


_PLAIN = (
    "number",
    "citizen",
    "booked_by",
    "venue",
    "service",
    "resource",
    "slot",
    "starts_at",
    "ends_at",
    "made_at",
    "cut_off",
    "hold_until",
    "fee",
    "pay_at",
    "own_number",
    "sequence",
    "reason",
    "test",
    "version",
)


def _row(booking: Booking) -> Document:
    row: Document = {"_id": booking.id, **{name: getattr(booking, name) for name in _PLAIN}}
    row |= {"state": booking.state.value, "payment": booking.payment.value, "day": booking.day.isoformat()}
    row["came"], row["reason_en"] = booking.came, booking.reason_en
    row["cancelled_by"] = booking.cancelled_by.value if booking.cancelled_by else None
    # Left out, and so out of the index, when nobody is to be reminded.
    return row | ({"remind_at": booking.remind_at} if booking.remind_at else {})


def booking_of(row: Document) -> Booking:
    plain: dict[str, Any] = {name: row[name] for name in _PLAIN}
    return Booking(
        id=row["_id"],
        state=BookingState(row["state"]),
        payment=PaymentState(row["payment"]),
        cancelled_by=CancelledBy(row["cancelled_by"]) if row["cancelled_by"] else None,
        remind_at=row.get("remind_at"),
        came=row.get("came", False),
        reason_en=row.get("reason_en", ""),
        **plain,
    )
