"""The shapes of the seeded city's people, and the rules on them: identity numbers and kinship. No data, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"


class Sex(StrEnum):
    FEMALE = "female"
    MALE = "male"


@dataclass(frozen=True, slots=True)
class Household:
    """`head` is the ID number of the head of the household; `division` the code of its township."""

    key: str
    head: str
    division: str
    address: str


@dataclass(frozen=True, slots=True)
class Person:
    """`relation` is the relation to the head of the household (`head` for that person)."""

    key: str
    name: str
    name_en: str
    born: date
    id_number: str
    phone: str | None
    household: str
    relation: str
    parents: tuple[str, ...]
    spouse: str | None
    story_zh: str
    story_en: str

    @property
    def sex(self) -> Sex:
        return sex_of(self.id_number)


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One to meet first. `verified` tells whether the seed takes the person through real-name verification."""

    person: Person
    verified: bool
    line_zh: str
    line_en: str


def check_digit(first_17: str) -> str:
    """The 18th character of an identity number (GB 11643-1999, ISO 7064 MOD 11-2)."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first_17, strict=True))
    return _CHECK_DIGITS[total % 11]


def id_number(area: str, born: date, sequence: str) -> str:
    first_17 = f"{area}{born:%Y%m%d}{sequence}"
    return first_17 + check_digit(first_17)


def is_well_formed(number: str) -> bool:
    """Length, date and check digit; not the area, since tables of areas refuse some real numbers."""
    if len(number) != 18 or not number[:17].isascii() or not number[:17].isdigit():
        return False
    try:
        born_of(number)
    except ValueError:
        return False
    return number[17] == check_digit(number[:17])


def born_of(number: str) -> date:
    """Raises ValueError when the digits name no day."""
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def sex_of(number: str) -> Sex:
    return Sex.MALE if int(number[16]) % 2 else Sex.FEMALE


@dataclass(frozen=True, slots=True)
class Kin:
    """What kinship is derived from: who a person's parents and spouse are, by key."""

    parents: tuple[str, ...]
    spouse: str | None


def kinship(of: str, to: str, kin: Mapping[str, Kin]) -> str | None:
    """What `of` is to `to` (parent, child, spouse, grandparent, grandchild, sibling), or None."""
    mine, theirs = kin[of], kin[to]
    if mine.spouse == to:
        return "spouse"
    if of in theirs.parents:
        return "parent"
    if to in mine.parents:
        return "child"
    if of in _grandparents(theirs, kin):
        return "grandparent"
    if to in _grandparents(mine, kin):
        return "grandchild"
    if of != to and set(mine.parents) & set(theirs.parents):
        return "sibling"
    return None


def _grandparents(person: Kin, kin: Mapping[str, Kin]) -> set[str]:
    return {elder for parent in person.parents for elder in kin[parent].parents}
