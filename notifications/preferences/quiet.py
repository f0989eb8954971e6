"""Quiet hours, and when the clocks of a place show a time: on the days they are put forward or back too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` up to `end` on the clocks of the person's time zone, over midnight too; alike means none."""

    start: time
    end: time

    def cover(self, moment: datetime, zone: ZoneInfo) -> bool:
        local = moment.astimezone(zone).time()
        if self.start <= self.end:
            return self.start <= local < self.end
        return local >= self.start or local < self.end

    def after(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """The moment itself, or the end of the quiet hours it lies in."""
        if not self.cover(moment, zone):
            return moment
        return next(end for end in moments_of(self.end, moment, zone) if not self.cover(end, zone))


def moments_of(shown: time, after: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """The moments after that one at which the zone's clocks show this time, in UTC.

    Where clocks are put back it comes twice; where they jump over it, the time they would have shown it stands in.
    """
    day = after.astimezone(zone).date()
    for days in range(5):
        first = datetime.combine(day + timedelta(days=days), shown, zone)
        second = first.replace(fold=1)
        moments = [first.astimezone(UTC)]
        if second.astimezone(UTC).astimezone(zone).time() == shown and second.utcoffset() != first.utcoffset():
            moments.append(second.astimezone(UTC))
        yield from (moment for moment in moments if moment > after)
