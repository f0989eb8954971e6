"""What one person has open, and which appointments were missed.

Bookings lie apart, one row each; the diary is the one row per person that every change of them passes through, so that
two bookings made in the same moment see each other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.domains.appointments.booking.diaries.errors import (
    BookingBlocked,
    BookingLimitReached,
    BookingOverlaps,
    HoldExists,
)

MOST_OPEN_IN_ALL = 5
MISSES = 3
COUNTED_FOR = timedelta(days=90)
BLOCKED_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Entry:
    """An open booking. A hold counts `until` its end and nothing counts that is over, whether or not the sweep
    has been there."""

    booking: str
    service: str
    starts_at: datetime
    ends_at: datetime
    until: datetime | None = None

    def counts(self, now: datetime) -> bool:
        return self.ends_at > now and (self.until is None or self.until > now)

    def overlaps(self, other: Entry) -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True, slots=True)
class Diary:
    """`version` is 0 for a person without one."""

    citizen: str
    version: int = 0
    entries: tuple[Entry, ...] = ()
    missed: tuple[datetime, ...] = ()
    blocked_until: datetime | None = None

    def recent_misses(self, now: datetime) -> int:
        return sum(1 for at in self.missed if now - at < COUNTED_FOR)

    def blocked(self, now: datetime) -> bool:
        return self.blocked_until is not None and self.blocked_until > now

    def demand_free_hands(self, now: datetime) -> None:
        """Raises BookingBlocked."""
        if self.blocked_until is not None and self.blocked_until > now:
            raise BookingBlocked(until=self.blocked_until)

    def entered(self, new: Entry, most_open: int, now: datetime) -> Diary:
        """With a new hold, offer or booking.

        Raises BookingBlocked, HoldExists, BookingLimitReached, BookingOverlaps.
        """
        self.demand_free_hands(now)
        counted = [one for one in self.entries if one.counts(now) and one.booking != new.booking]
        same = [one for one in counted if one.service == new.service]
        if held := next((one for one in same if one.until is not None), None):
            raise HoldExists(booking_id=held.booking)
        if len(same) >= most_open:
            raise BookingLimitReached(most=most_open)
        if len(counted) >= MOST_OPEN_IN_ALL:
            raise BookingLimitReached(most=MOST_OPEN_IN_ALL)
        if clash := next((one for one in counted if one.overlaps(new)), None):
            raise BookingOverlaps(booking_id=clash.booking)
        return replace(self, entries=(*counted, new))

    def changed(self, new: Entry) -> Diary:
        """The same booking at another time (nothing else is asked), or for longer."""
        return replace(self, entries=(*(one for one in self.entries if one.booking != new.booking), new))

    def moved(self, new: Entry, now: datetime) -> Diary:
        """Raises BookingOverlaps."""
        others = [one for one in self.entries if one.counts(now) and one.booking != new.booking]
        if clash := next((one for one in others if one.overlaps(new)), None):
            raise BookingOverlaps(booking_id=clash.booking)
        return self.changed(new)

    def without(self, booking: str) -> Diary:
        return replace(self, entries=tuple(one for one in self.entries if one.booking != booking))

    def with_miss(self, booking: str, at: datetime) -> Diary:
        """Nobody came. The third miss in ninety days blocks for thirty, and the count begins anew."""
        recent = (*(one for one in self.missed if at - one < COUNTED_FOR), at)
        if len(recent) < MISSES:
            return replace(self.without(booking), missed=recent)
        return replace(self.without(booking), missed=(), blocked_until=at + BLOCKED_FOR)

    def pardoned(self) -> Diary:
        return replace(self, missed=(), blocked_until=None)
