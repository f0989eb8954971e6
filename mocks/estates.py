"""Estates of the seeded city, their committees and homes, and who of the demo people lives there."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_STEP = 0.0035  # degrees between neighbours, some 350 m
_WIDE = 7  # of them in a row
_ROOMS = 2  # on a floor


@dataclass(frozen=True, slots=True)
class SeededCommittee:
    """`unit` is the government that it belongs to."""

    code: str
    name: str
    name_en: str
    unit: str


@dataclass(frozen=True, slots=True)
class SeededHome:
    """Where somebody of the demo people lives."""

    key: str
    building: str
    room: str
    relation: str


@dataclass(frozen=True, slots=True)
class SeededEstate:
    code: str
    zh: str
    en: str
    committee: SeededCommittee
    address: str
    latitude: float
    longitude: float
    bays: int
    doors: tuple[tuple[str, str], ...]
    living: tuple[SeededHome, ...] = ()
    told: bool = False


@dataclass(frozen=True, slots=True)
class SeededNotice:
    title: str
    text: str
    urgent: bool


def company() -> tuple[str, str, str]:
    """Its code and its names: it looks after all of them."""
    code, zh, en = _data()["company"]
    return code, zh, en


def told_estates() -> list[SeededEstate]:
    """The three that are told in full."""
    return [_told(one) for one in _data()["told"]]


def all_estates() -> list[SeededEstate]:
    """146 of 67 committees, those told in full first."""
    told = told_estates()
    return [*told, *_made(_data()["estates"] - len(told), _data()["committees"] - len(told))]


def notices() -> list[SeededNotice]:
    return [SeededNotice(**one) for one in _data()["notice"]]


def _told(one: Mapping[str, Any]) -> SeededEstate:
    code, name, name_en, unit = one["committee"]
    living = (
        SeededHome(home["key"], home["door"][0], home["door"][1], home["relation"]) for home in one.get("living", ())
    )
    return SeededEstate(
        one["code"],
        one["name"][0],
        one["name"][1],
        SeededCommittee(code, name, name_en, unit),
        one["address"],
        one["at"][0],
        one["at"][1],
        one["bays"],
        _doors(one["buildings"], one["floors"]),
        tuple(living),
        told=True,
    )


def _made(estates: int, committees: int) -> Iterator[SeededEstate]:
    """Spread evenly over the districts and the committees."""
    words, districts = _data()["words"], _data()["district"]
    first, second = words["first"], words["second"]
    for number in range(estates):
        district, place = districts[number % len(districts)], number // len(districts)
        row, column = divmod(place, _WIDE)
        (word, said), (kind, kind_en) = first[number % len(first)], second[number % len(second)]
        # 12 and 8 words: their pairs come round after 24, so each round has a number of its own.
        phase = number // 24 + 1
        south, west = district["at"]
        group = number % committees
        of = districts[group % len(districts)]["county"]
        of_first, of_said = first[group % len(first)]
        names = f"{of_first}{group + 1}社区居委会", f"{of_said} {group + 1} Neighbourhood Committee"
        committee = SeededCommittee(f"committee-{group + 1:02d}", *names, of)
        yield SeededEstate(
            f"estate-{number + 1:03d}",
            f"{word}{kind}" + (f"{phase}期" if phase > 1 else ""),
            f"{said} {kind_en}" + (f", Phase {phase}" if phase > 1 else ""),
            committee,
            f"{word}路 {10 + number} 号",
            round(south + (row - 3) * _STEP, 6),
            round(west + (column - 3) * _STEP, 6),
            40 + number % 5 * 30,
            _doors(3 + number % 4, 6),
        )


def _doors(buildings: int, floors: int) -> tuple[tuple[str, str], ...]:
    return tuple(
        (str(building), f"{floor}{room:02d}")
        for building in range(1, buildings + 1)
        for floor in range(1, floors + 1)
        for room in range(1, _ROOMS + 1)
    )


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files("mocks").joinpath("data", "community", "estates.toml").read_text(encoding="utf-8"))
