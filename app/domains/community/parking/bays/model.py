"""A bay with a number (固定车位): at each day it is one home's, or nobody's.

free ── let to a home from a day on ──> in force ── its last day, or ended by the estate ──> free
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from app.domains.community.estates.model import Home, door
from app.domains.community.parking.errors import BayInvalid, BayTaken

MOST_AT_ONCE = 500
LONGEST = timedelta(days=366 * 30)
KEPT = timedelta(days=365)
"""After a let's last day."""


@dataclass(frozen=True, slots=True)
class BayLet:
    """From `since` to `until`, both included; none: until it is ended. `household` is the keyed hash of the home, by
    which residents find it; the home itself is sealed.
    """

    id: str
    estate: str
    number: str
    household: str
    home: Home
    since: date
    until: date | None

    def on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)

    def meets(self, other: BayLet) -> bool:
        """Whether some day is in both."""
        begins_in_time = other.until is None or self.since <= other.until
        return begins_in_time and (self.until is None or other.since <= self.until)

    def checked(self, today: date) -> BayLet:
        """Raises BayInvalid."""
        if not today <= self.since <= today + LONGEST:
            raise BayInvalid("since")
        if self.until is not None and not self.since <= self.until <= self.since + LONGEST:
            raise BayInvalid("until")
        return self


@dataclass(frozen=True, slots=True)
class Bay:
    """`lets`: in force and to come, in their order."""

    estate: str
    number: str
    lets: tuple[BayLet, ...] = ()
    rev: int = 1

    def demand_free(self, wanted: BayLet) -> None:
        """Raises BayTaken."""
        for one in self.lets:
            if one.meets(wanted):
                raise BayTaken(one.until)


def number_of(raw: str) -> str:
    """As it is painted on the ground: A-023, B1-07. Raises BayInvalid."""
    text = door(raw)
    if text is None:
        raise BayInvalid("number")
    return text


def numbers_of(raw: list[str]) -> list[str]:
    """Each once. Raises BayInvalid."""
    if not 1 <= len(raw) <= MOST_AT_ONCE:
        raise BayInvalid("numbers")
    return sorted({number_of(one) for one in raw})
