"""A care home or a ward: when it takes visitors, and how many."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from app.core.clock import CITY_TIME, civil_day
from app.core.said import Said
from app.domains.community.family_visits.errors import CareHouseInvalid, FamilyVisitInvalid

LONGEST_NAME, LONGEST_ADDRESS, MOST_TIMES = 60, 120, 14
AHEAD = timedelta(days=30)
NOT_SOONER = timedelta(minutes=30)
"""The house wants to be asked so long before."""
_CODE = re.compile(r"[a-z0-9](?:[a-z0-9-]{1,38})[a-z0-9]")
_WEEK, _DAY = 7, 24 * 60


class HouseKind(StrEnum):
    CARE_HOME = "care_home"
    WARD = "ward"


@dataclass(frozen=True, slots=True)
class VisitingTime:
    """On these weekdays (Monday is 0), between two minutes of the city's day."""

    weekdays: tuple[int, ...]
    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class VisitRules:
    """`minutes` of a visit, so many visits `at_once` in the house, `a_day` for each resident, `people` who come."""

    minutes: int = 60
    at_once: int = 6
    a_day: int = 2
    people: int = 3

    def checked(self) -> VisitRules:
        """Raises CareHouseInvalid."""
        bounds = {"minutes": (15, 240), "atOnce": (1, 100), "aDay": (1, 10), "people": (1, 10)}
        given = (self.minutes, self.at_once, self.a_day, self.people)
        for (name, (least, most)), value in zip(bounds.items(), given, strict=True):
            if not least <= value <= most:
                raise CareHouseInvalid(name)
        return self


@dataclass(frozen=True, slots=True)
class CareHouse:
    """`code` is the key. `rev` counts its changes, 0 before it was saved."""

    code: str
    organisation: str
    kind: HouseKind
    name: Said
    address: str
    times: tuple[VisitingTime, ...]
    rules: VisitRules = VisitRules()
    active: bool = True
    rev: int = 0

    def checked(self) -> CareHouse:
        """Tidied. Raises CareHouseInvalid."""
        if not _CODE.fullmatch(self.code):
            raise CareHouseInvalid("code")
        name, address = Said(" ".join(self.name.zh.split()), " ".join(self.name.en.split())), self.address.strip()
        if (
            not 2 <= len(name.zh) <= LONGEST_NAME
            or len(name.en) > LONGEST_NAME
            or not (name.zh + name.en).isprintable()
        ):
            raise CareHouseInvalid("name")
        if not 2 <= len(address) <= LONGEST_ADDRESS or not address.isprintable():
            raise CareHouseInvalid("address")
        rules = self.rules.checked()
        if not 1 <= len(self.times) <= MOST_TIMES or not all(_fine(one, rules.minutes) for one in self.times):
            raise CareHouseInvalid("times")
        times = tuple(replace(one, weekdays=tuple(sorted(set(one.weekdays)))) for one in self.times)
        return replace(self, name=name, address=address, times=times)

    def slots(self, day: date) -> list[datetime]:
        """When visits may begin on a day of the city."""
        starts = {
            minute
            for one in self.times
            if day.weekday() in one.weekdays
            for minute in range(one.opens, one.closes - self.rules.minutes + 1, self.rules.minutes)
        }
        return [datetime.combine(day, time(minute // 60, minute % 60), CITY_TIME) for minute in sorted(starts)]

    def demand_slot(self, starts_at: datetime, now: datetime) -> None:
        """Raises FamilyVisitInvalid."""
        if not now + NOT_SOONER <= starts_at <= now + AHEAD or starts_at not in self.slots(civil_day(starts_at)):
            raise FamilyVisitInvalid("startsAt")


def _fine(one: VisitingTime, minutes: int) -> bool:
    days = bool(one.weekdays) and all(0 <= day < _WEEK for day in one.weekdays)
    return days and one.opens >= 0 and one.opens + minutes <= one.closes < _DAY
