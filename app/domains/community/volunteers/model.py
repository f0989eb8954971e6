"""A volunteer, registered by his real name, and the star that his published hours make.

The stars are those of the registration rules for volunteer service (志愿服务记录办法, stars by hours: 100, 300, 600,
1,000, 1,500). A star is never kept: it follows from the minutes.
"""

from __future__ import annotations

import secrets
from bisect import bisect_right
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from app.domains.community.volunteers.errors import VolunteerInvalid

STARS = (100, 300, 600, 1_000, 1_500)
"""From so many hours on: one star, two, …"""
MOST_SKILLS, MOST_AREAS = 8, 5
T = TypeVar("T")
_REGION = "3501"
_DIGITS = 12


class Skill(StrEnum):
    FIRST_AID = "first_aid"
    AED = "aed"
    ELDERLY_CARE = "elderly_care"
    CHILDREN = "children"
    TEACHING = "teaching"
    LANGUAGES = "languages"
    ENVIRONMENT = "environment"
    TRAFFIC = "traffic"
    LAW = "law"
    COUNSELLING = "counselling"
    REPAIRS = "repairs"
    EVENTS = "events"


def stars_of(minutes: int) -> int:
    """0 to 5."""
    return bisect_right(STARS, minutes // 60)


def hours_to_next(minutes: int) -> int | None:
    """Whole hours that are missing for the next star, the last one begun counted; None: there is none."""
    stars = stars_of(minutes)
    return None if stars == len(STARS) else -((minutes - STARS[stars] * 60) // 60)


@dataclass(frozen=True, slots=True)
class Volunteer:
    """`id` is the citizen's. `minutes` were published, `areas` are the codes of divisions he likes to help in."""

    id: str
    number: str
    skills: tuple[Skill, ...]
    areas: tuple[str, ...]
    agreed_at: datetime
    minutes: int = 0
    active: bool = True
    rev: int = 1

    @property
    def stars(self) -> int:
        return stars_of(self.minutes)

    @property
    def to_next(self) -> int | None:
        return hours_to_next(self.minutes)

    def again(self, at: datetime) -> Volunteer:
        """Who left comes back with the number and the hours he had."""
        return self if self.active else replace(self, active=True, agreed_at=at)

    def offering(self, skills: tuple[Skill, ...], areas: tuple[str, ...]) -> Volunteer:
        """Raises VolunteerInvalid."""
        return replace(self, skills=_few(skills, MOST_SKILLS, "skills"), areas=_few(areas, MOST_AREAS, "areas"))


def _few(given: tuple[T, ...], most: int, field: str) -> tuple[T, ...]:
    once = tuple(dict.fromkeys(given))
    if len(once) > most:
        raise VolunteerInvalid(field)
    return once


def new_number() -> str:
    """A number of a volunteer: the city's, twelve digits that say nothing, and a check digit (ISO/IEC 7064, 11-10)."""
    body = _REGION + f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"
    return body + check_digit(body)


def check_digit(body: str) -> str:
    rest = 10
    for digit in body:
        rest = ((rest + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - rest) % 10)
