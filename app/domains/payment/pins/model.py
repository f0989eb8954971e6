"""A payment PIN: which six digits are too easily guessed, and how often one may be wrong.

Of those that people choose when they are free to, one in four is a single digit, a row, a repeated pattern or a date of
their own (Bonneau, Preibusch, Anderson 2012): these are refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domains.payment.pins.errors import PinTooWeak

MOST_TRIES = 5
LOCKED = timedelta(hours=1)
NEEDED_ABOVE = 1_000_00  # fen: what leaves the wallet in one sum beyond this wants the PIN, as a payment by code does
_ROWS = ("01234567890", "09876543210")
_FORM = re.compile(r"[0-9]{6}")
_COMMON = frozenset({"112233", "332211", "147258", "159357", "258369", "520131", "131452", "201314", "168168"})


@dataclass(frozen=True, slots=True)
class PinState:
    """What the owner is told: whether there is one, and until when it is locked."""

    chosen: bool
    locked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeptPin:
    """`tries` were wrong since the last right one; `tried_at` is when the last of them counted."""

    hash: str
    tries: int
    tried_at: datetime | None

    def locked_until(self, now: datetime) -> datetime | None:
        if self.tries < MOST_TRIES or self.tried_at is None:
            return None
        end = self.tried_at + LOCKED
        return end if now < end else None


def demand_strong(pin: str, *known: str) -> None:
    """`known` are digits that others may know of the owner (his phone and ID number): the PIN is no piece of them, nor
    written the other way round a birthday in them. Raises PinTooWeak.
    """
    if not _FORM.fullmatch(pin) or _patterned(pin) or pin in _COMMON or any(_told_by(pin, one) for one in known):
        raise PinTooWeak


def _patterned(pin: str) -> bool:
    in_a_row = any(pin in row for row in _ROWS)
    repeats = any(pin == pin[:length] * (6 // length) for length in (1, 2, 3))
    return in_a_row or repeats or pin[:3] == pin[5:2:-1] or len(set(pin)) <= 2


def _told_by(pin: str, known: str) -> bool:
    """A piece of it, or the day of birth of an ID number in another order (DDMMYY, MMDDYY)."""
    if pin in known:
        return True
    birth = re.fullmatch(r"[0-9]{6}[0-9]{2}([0-9]{2})([0-9]{2})([0-9]{2})[0-9]{3}[0-9X]", known)
    if birth is None:
        return False
    year, month, day = birth.groups()
    return pin in {day + month + year, month + day + year}
