"""Licences of the invented people, read once from `mocks/data/licences.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

from mocks.city import PEOPLE, household_of
from mocks.people import Person

_POLICE = "350100-gaj"
_OF_AGE = 16


@dataclass(frozen=True, slots=True)
class HeldLicence:
    """`unit` is the code of who issued it; `person` a key of `mocks.city.PEOPLE`."""

    person: str
    kind: str
    unit: str
    since: date
    facts: Mapping[str, str]
    until: date | None = None


def licences(today: date) -> Iterator[HeldLicence]:
    """All of them; some are made by rule."""
    for person in PEOPLE:
        yield from _by_rule(person, today)
    for row in tomllib.loads((files("mocks") / "data" / "licences.toml").read_text(encoding="utf-8"))["licence"]:
        yield HeldLicence(row["person"], row["kind"], row["unit"], row["from"], row["facts"])


def _by_rule(person: Person, today: date) -> Iterator[HeldLicence]:
    home = household_of(person)
    head = next(one for one in PEOPLE if one.household == person.household and one.relation == "head")
    relation = "户主" if person is head else "家庭成员"
    page = {"household_number": f"350100{home.key}", "head": head.name, "relation": relation, "address": home.address}
    yield HeldLicence(person.key, "household_register", _POLICE, _day(person.born, 0, today), page)
    age = today.year - person.born.year
    if age > _OF_AGE:
        # For ten years up to 25, for twenty up to 45, then without end (law on identity cards, article 5).
        issued = _day(person.born, 46 if age > 46 else 26 if age > 26 else _OF_AGE, today)
        years = 10 if age <= 26 else 20 if age <= 46 else 80
        facts = {"ethnicity": "汉", "address": home.address}
        yield HeldLicence(person.key, "resident_id", _POLICE, issued, facts, _day(issued, years, date.max))


def _day(start: date, years: int, latest: date) -> date:
    month_day = (start.month, min(start.day, 28))
    return min(date(start.year + years, *month_day), latest)
