"""A responder: a volunteer who agreed to be called, how far from where he is, and between which hours.

Where he is, his phone tells while he agrees, and no longer: one place, the last, sealed under his key. It is good for
two hours and forgotten then; when he takes his consent back, at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from app.core.clock import CITY_TIME
from app.core.places.model import Point
from app.domains.community.responders.errors import ResponderInvalid
from app.domains.community.volunteers.model import Skill

PLACE_GOOD_FOR = timedelta(hours=2)
FARTHEST = 3_000
"""Metres: nobody is called from farther away."""
RINGS = (500.0, 1_500.0)
"""Metres: who is in the first ring is looked at first, and the next one only when too few can come."""
_RADIUS = range(200, FARTHEST + 1)
_SKILLS = frozenset({Skill.FIRST_AID, Skill.AED})


@dataclass(frozen=True, slots=True)
class Hours:
    """From, until; over midnight when `until` is the earlier one, the whole day when both are the same."""

    since: time
    until: time

    def hold(self, moment: datetime) -> bool:
        now = moment.astimezone(CITY_TIME).time()
        if self.since == self.until:
            return True
        if self.since < self.until:
            return self.since <= now < self.until
        return now >= self.since or now < self.until


@dataclass(frozen=True, slots=True)
class Responder:
    """`id` is the citizen's."""

    id: str
    skills: frozenset[Skill]
    radius: int
    hours: Hours
    agreed_at: datetime
    place_at: datetime | None = None

    def checked(self) -> Responder:
        """Raises ResponderInvalid."""
        if not self.skills or not self.skills <= _SKILLS:
            raise ResponderInvalid("skills")
        if self.radius not in _RADIUS:
            raise ResponderInvalid("radius")
        return self


@dataclass(frozen=True, slots=True)
class Near:
    """A responder and where he was last."""

    responder: Responder
    point: Point

    def can_come(self, to: Point, within: int, skills: frozenset[Skill], now: datetime) -> bool:
        asked = not skills or bool(skills & self.responder.skills)
        far = self.point.metres_to(to)
        return asked and far <= min(within, self.responder.radius) and self.responder.hours.hold(now)
