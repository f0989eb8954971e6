"""A check-in: that somebody was there, since when, and until when.

The organiser's screen shows a code that is another one every fifteen seconds; one is good while it is shown and for the
fifteen seconds after. It is made of the activity, the way and the time, and of a piece of a keyed hash of them: nobody
makes one, and a photograph of one is worth nothing when it arrives. One who checks in by another's screen still is
measured by the place.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.core.errors import BadInput
from app.core.places.model import Point
from app.domains.community.volunteers.activities.model import Activity, ActivityState
from app.domains.community.volunteers.check_ins.errors import (
    CheckInCodeStale,
    CheckInCodeUnknown,
    CheckInOver,
    CheckInTooEarly,
    CheckInTooFar,
    FixTooCoarse,
    NotCheckedIn,
)

PREFIX = "RONGVA:"
TURNS = 15
"""Seconds for which a code is shown."""
WORST_FIX = 100.0
"""Metres: a coarser one says nothing of whether somebody is there."""
MOST_ALLOWANCE = 50.0
"""Of what a fix may be off, so much is granted."""
FASTEST = 42.0
"""Metres a second, about 150 km/h: nobody gets from one activity to another faster."""
_PROOF = 10
_BODY = 16 + 1 + 5


class Way(StrEnum):
    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class ShownCode:
    """`until` it is shown; the next one comes then."""

    text: str
    until: datetime


@dataclass(frozen=True, slots=True)
class ReadCode:
    activity: str
    way: Way
    turn: int


_MARKS = {Way.IN: b"i", Way.OUT: b"o"}
_POINT = b"p"


def show(activity: str, way: Way, now: datetime, signed: Callable[[str], str]) -> ShownCode:
    return _shown(activity, _MARKS[way], now, signed)


def show_point(point: str, now: datetime, signed: Callable[[str], str]) -> ShownCode:
    """For the screen of a guarded point of a route."""
    return _shown(point, _POINT, now, signed)


def read(text: str, way: Way, now: datetime, signed: Callable[[str], str]) -> ReadCode:
    """Raises CheckInCodeUnknown (none of ours, or for the other way), CheckInCodeStale."""
    activity, turn = _read(text, _MARKS[way], now, signed)
    return ReadCode(activity, way, turn)


def read_point(text: str, point: str, now: datetime, signed: Callable[[str], str]) -> None:
    """Raises CheckInCodeUnknown (none of ours, or another point's), CheckInCodeStale."""
    if _read(text, _POINT, now, signed)[0] != point:
        raise CheckInCodeUnknown


def _shown(id_: str, mark: bytes, now: datetime, signed: Callable[[str], str]) -> ShownCode:
    turn = int(now.timestamp()) // TURNS
    body = uuid.UUID(id_).bytes + mark + turn.to_bytes(5, "big")
    text = base64.b32encode(body + _proof(body, signed)).decode().rstrip("=")
    return ShownCode(PREFIX + text, datetime.fromtimestamp((turn + 1) * TURNS, now.tzinfo))


def _read(text: str, mark: bytes, now: datetime, signed: Callable[[str], str]) -> tuple[str, int]:
    """Whose it is, and of which turn. Raises CheckInCodeUnknown, CheckInCodeStale."""
    raw = _raw(text.strip().upper())
    body, proof = raw[:_BODY], raw[_BODY:]
    if len(raw) != _BODY + _PROOF or not hmac.compare_digest(proof, _proof(body, signed)):
        raise CheckInCodeUnknown
    if body[16:17] != mark:
        raise CheckInCodeUnknown
    turn = int.from_bytes(body[17:], "big")
    if int(now.timestamp()) // TURNS - turn not in (0, 1):
        raise CheckInCodeStale
    return str(uuid.UUID(bytes=body[:16])), turn


def _raw(text: str) -> bytes:
    """Raises CheckInCodeUnknown."""
    if not text.startswith(PREFIX) or len(text) > 80:
        raise CheckInCodeUnknown
    body = text.removeprefix(PREFIX)
    try:
        return base64.b32decode(body + "=" * (-len(body) % 8))
    except (binascii.Error, ValueError):
        raise CheckInCodeUnknown from None


def _proof(body: bytes, signed: Callable[[str], str]) -> bytes:
    return bytes.fromhex(signed(body.hex()))[:_PROOF]


@dataclass(frozen=True, slots=True)
class Fix:
    """Where a phone says it is; it may be `accuracy` metres elsewhere."""

    point: Point
    accuracy: float

    def checked(self) -> Fix:
        """Raises BadInput, FixTooCoarse."""
        if not 0 <= self.accuracy < 1_000_000:  # false for NaN as well
            raise BadInput(field="accuracy")
        if self.accuracy > WORST_FIX:
            raise FixTooCoarse(int(WORST_FIX))
        return self

    def demand_near(self, activity: Activity) -> int:
        """How many metres it is away. Raises CheckInTooFar."""
        return self.demand_within(activity.terms.point, activity.terms.within)

    def demand_within(self, point: Point, within: int) -> int:
        """How many metres it is from there. Raises CheckInTooFar."""
        metres = self.point.metres_to(point)
        if metres > within + min(self.accuracy, MOST_ALLOWANCE):
            raise CheckInTooFar(round(metres), within)
        return round(metres)

    @property
    def spot(self) -> str:
        """To the metre: 0.00001 degrees."""
        return f"{self.point.latitude:.5f}:{self.point.longitude:.5f}"


class FlagKind(StrEnum):
    """What makes one look twice."""

    SHARED_PHONE = "shared_phone"  # one phone checked in more than one person
    SAME_SPOT = "same_spot"  # three or more at the same place to the metre: as phones do that are told where they are
    TOO_FAST = "too_fast"  # nobody gets there from where he was before in that time


@dataclass(frozen=True, slots=True)
class CheckIn:
    """`device` and `spot` are keyed hashes, to compare by. `metres` from the activity's place at the check-in.

    `out_by` is the citizen himself, or who of the organisation checked him out.
    """

    activity: str
    citizen: str
    organisation: str
    at: datetime
    metres: int
    device: str
    spot: str
    fix: Fix | None
    too_fast: bool = False
    out_at: datetime | None = None
    out_by: str | None = None

    @property
    def id(self) -> str:
        return f"{self.activity}:{self.citizen}"

    def out(self, at: datetime, by: str) -> CheckIn:
        """Itself when he was out before. Raises NotCheckedIn (before he came)."""
        if self.out_at is not None:
            return self
        if at < self.at:
            raise NotCheckedIn
        return replace(self, out_at=at, out_by=by)


@dataclass(frozen=True, slots=True)
class Presence:
    """Where somebody checked in or out last. `activity` is none when he is out again."""

    citizen: str
    activity: str | None
    until: datetime
    at: datetime
    fix: Fix | None

    def elsewhere(self, activity: str, now: datetime) -> bool:
        """Whether he is at another activity, which is still going on."""
        return self.activity not in (None, activity) and now < self.until

    def too_fast(self, fix: Fix, now: datetime) -> bool:
        """Whether nobody can have come from there to here since."""
        if self.fix is None:
            return False
        way = self.fix.point.metres_to(fix.point) - self.fix.accuracy - fix.accuracy
        return way > 1_000 and way > FASTEST * max((now - self.at).total_seconds(), 1.0)


def demand_time(activity: Activity, way: Way, now: datetime) -> None:
    """Raises ActivityNotOpen, CheckInTooEarly, CheckInOver."""
    activity.demand(now, ActivityState.PUBLISHED, ActivityState.RUNNING, ActivityState.ENDED)
    if now < activity.opens_at:
        raise CheckInTooEarly(activity.opens_at)
    closes = activity.terms.span.ends_at if way is Way.IN else activity.closes_at
    if now >= closes:
        raise CheckInOver(closes)
