"""Test citizens: who can be nobody, by name, ID number and phone.

- ID number: its area begins with 0. GB/T 2260 numbers regions from 1, and no other series of resident numbers begins
  with 0 either, so that no person has such a number; date of birth and check digit are those of GB 11643.
- Phone: country code 999, which ITU-T E.164 keeps unassigned. No network leads there, and nobody can sign in with it:
  `parse_phone` refuses it.
- Name: 测试 ("test") and the ten heavenly stems, by which Chinese counts people without naming them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from stdnum.cn import ric

from app.domains.identity.citizens.model import IdNumber, Sex

MOST = 50
AT_ONCE = 10
PHONE_PREFIX = "+999"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_ROUNDS = ("", "二", "三", "四", "五")
# What rules ask for is among them: minors, adults, elders, and both sides of each line.
_AGES = (35, 70, 12, 28, 64, 16, 45, 82, 19, 58)


@dataclass(frozen=True, slots=True)
class Invented:
    name: str
    phone: str
    number: IdNumber


@dataclass(frozen=True, slots=True)
class Trial:
    """A test citizen as his organisation sees him; `id` is that of the citizen."""

    id: str
    organisation: str
    place: int
    name: str
    sex: Sex
    birth_month: str
    card_number: str


def invent(place: int, today: date, below: Callable[[int], int]) -> Invented:
    """The citizen of that place (0 to 49) in an organisation's list. `below(n)` gives a random number under n."""
    first = date(today.year - _AGES[place % 10], 1, 1)
    born = first + timedelta(days=below((today - today.replace(month=1, day=1)).days + 1))
    sequence = below(500) * 2 + place % 2
    first_17 = f"0{below(10**5):05d}{born:%Y%m%d}{sequence:03d}"
    name = f"测试{_STEMS[place % 10]}{_ROUNDS[place // 10]}"
    return Invented(
        name, f"{PHONE_PREFIX}{below(10**12):012d}", IdNumber.parse(first_17 + ric.calc_check_digit(first_17 + "0"))
    )
