"""One reference on both sides: what the gateway's files say of it, what our books say, and the gap between.

Every entry has an effect on the city's money at the gateway: an order that was paid adds to it, a refund or a payout
that was done takes from it. The gap is what the gateway says less what we have booked, corrections of earlier
differences among it, so that what was put right once is not found again, and what comes right twice is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum


class EntryKind(StrEnum):
    ORDER = "order"
    REFUND = "refund"
    PAYOUT = "payout"

    @property
    def sign(self) -> int:
        return 1 if self is EntryKind.ORDER else -1


_COUNT = frozenset({"paid", "done"})


@dataclass(frozen=True, slots=True)
class Theirs:
    """A line of the gateway's. `file` is the day whose file it stands in; `time` counts how often it stands there."""

    kind: EntryKind
    reference: str
    gateway_id: str
    fen: int
    fee: int
    state: str
    at: datetime
    file: date
    time: int = 1

    @property
    def id(self) -> str:
        return f"{self.kind.value}:{self.gateway_id}:{self.time}"

    @property
    def done(self) -> bool:
        return self.state in _COUNT

    @property
    def effect(self) -> int:
        return self.kind.sign * self.fen if self.done else 0

    def numbered(self, time: int) -> Theirs:
        return replace(self, time=time)


class Booked(StrEnum):
    """How an entry stands in our books. `MISMATCH`: another amount came than was asked for, and nothing was booked."""

    OPEN = "open"
    DONE = "done"
    FAILED = "failed"
    MISMATCH = "mismatch"


@dataclass(frozen=True, slots=True)
class Ours:
    """An entry of our books. `fen` is what is booked, or was asked for; `citizen` is who paid or is paid."""

    kind: EntryKind
    reference: str
    fen: int
    state: Booked
    at: datetime
    citizen: str | None = None

    @property
    def effect(self) -> int:
        return self.kind.sign * self.fen if self.state is Booked.DONE else 0


class What(StrEnum):
    """How the two differ."""

    MISSING_HERE = "missing_here"
    MISSING_THERE = "missing_there"
    AMOUNT_DIFFERS = "amount_differs"
    STATE_DIFFERS = "state_differs"
    TWICE_THERE = "twice_there"
    CORRECTED_ALREADY = "corrected_already"


@dataclass(frozen=True, slots=True)
class Corrected:
    """What earlier differences of a reference were put right by: their effect, and how many they were."""

    fen: int = 0
    times: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """A difference as it is seen. `gap`: by how much the gateway has more of our money than our books say."""

    what: What
    kind: EntryKind
    reference: str
    gap: int
    theirs: tuple[Theirs, ...]
    ours: Ours | None
    before: int = 0


def compared(
    kind: EntryKind, reference: str, theirs: Sequence[Theirs], ours: Ours | None, corrected: Corrected
) -> Finding | None:
    """What differs; None when nothing does. `theirs` are all lines that ever named this reference."""
    counting = [line for line in theirs if line.done]
    gap = sum(line.effect for line in theirs) - (ours.effect if ours else 0) - corrected.fen
    what = _what(counting, theirs, ours, corrected, gap)
    if what is None or (gap == 0 and corrected.times):
        return None
    return Finding(what, kind, reference, gap, tuple(theirs), ours, corrected.times)


def _what(
    counting: Sequence[Theirs], theirs: Sequence[Theirs], ours: Ours | None, corrected: Corrected, gap: int
) -> What | None:
    if ours is None:
        return What.MISSING_HERE if theirs or gap else None
    booked = ours.state is Booked.DONE
    if not theirs:
        return (What.MISSING_THERE if booked else What.CORRECTED_ALREADY) if gap else None
    if len(counting) > 1:
        return What.TWICE_THERE
    if counting and ours.state is Booked.MISMATCH:
        return What.AMOUNT_DIFFERS
    if bool(counting) != booked:
        return What.STATE_DIFFERS
    if counting and counting[0].fen != ours.fen:
        return What.AMOUNT_DIFFERS
    return What.CORRECTED_ALREADY if gap and corrected.times else None
