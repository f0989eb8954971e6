"""A day of the gateway: what was compared, what came of it, and who closed it.

waiting ── the file came and was compared ──> open ── no difference without a resolution ──> closed

A closed day stays closed. What the gateway adds to its file, and what our books settle after that, comes up on the
first day that is not closed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from app.core.clock import CITY_TIME
from app.domains.payment.reconciliation.matching.model import EntryKind

# Clocks differ and notices take a while: our entries of a day's last minutes may stand in the next day's file.
MARGIN = timedelta(minutes=10)
# The files of so many days before are looked at again: the gateway may have added to them.
LOOK_BACK = 3
# A gateway that was away is made up for over so many days.
MOST_BACK = 31


class DayState(StrEnum):
    WAITING = "waiting"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Tally:
    """Of one kind of entries: what the file holds, what we booked, and how many were alike."""

    theirs: int = 0
    theirs_fen: int = 0
    fees_fen: int = 0
    ours: int = 0
    ours_fen: int = 0
    matched: int = 0

    def with_line(self, fen: int, fee: int, *, matched: bool) -> Tally:
        return Tally(
            self.theirs + 1,
            self.theirs_fen + fen,
            self.fees_fen + fee,
            self.ours,
            self.ours_fen,
            self.matched + matched,
        )

    def with_ours(self, count: int, fen: int) -> Tally:
        return Tally(self.theirs, self.theirs_fen, self.fees_fen, self.ours + count, self.ours_fen + fen, self.matched)


@dataclass(frozen=True, slots=True)
class Day:
    """`mark` names the file that was compared; `late` are the lines of closed days that came up with this one. `fault`
    is the code of what went wrong with fetching its file last. `rev` counts the changes.
    """

    day: date
    state: DayState = DayState.WAITING
    mark: str | None = None
    complete: bool = False
    tallies: Mapping[EntryKind, Tally] = field(default_factory=dict)
    late: int = 0
    compared_at: datetime | None = None
    fault: str | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    rev: int = 0
    # Names a comparison under way, for who makes it alone: another one that begins takes the day from it.
    comparing: str | None = None

    @property
    def id(self) -> str:
        return self.day.isoformat()

    @property
    def theirs_net(self) -> int:
        """By how much our money at the gateway grew that day, as the gateway says."""
        return sum(kind.sign * tally.theirs_fen for kind, tally in self.tallies.items())

    @property
    def ours_net(self) -> int:
        return sum(kind.sign * tally.ours_fen for kind, tally in self.tallies.items())


def bounds(day: date) -> tuple[datetime, datetime]:
    """From its first moment to the next day's, in the city."""
    begins = datetime.combine(day, time(), CITY_TIME)
    return begins, datetime.combine(day + timedelta(days=1), time(), CITY_TIME)


def our_bounds(day: date) -> tuple[datetime, datetime]:
    """Which of our entries have to stand in the files up to that day's."""
    begins, ends = bounds(day)
    return begins - MARGIN, ends - MARGIN
