"""Time is asked of a clock that is handed in, so that rules can be tested on any day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

CITY_TIME = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, aware, in UTC, cut to milliseconds (what the database keeps)."""
        ...


class SystemClock:
    def now(self) -> datetime:
        now = datetime.now(UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)


def civil_day(at: datetime) -> date:
    """The calendar day in the city at that moment."""
    return at.astimezone(CITY_TIME).date()
