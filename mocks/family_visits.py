"""The care home and the ward of the seeded city: when they take visitors, who stays there and whom he named."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class SeededStay:
    """`named`: (key of somebody, kinship)."""

    key: str
    label: str
    named: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SeededHouse:
    """`times`: (weekdays, opens, closes); `rules`: minutes, at once, a day, people."""

    code: str
    organisation: str
    kind: str
    name: tuple[str, str]
    address: str
    times: tuple[tuple[tuple[int, ...], int, int], ...]
    rules: tuple[int, int, int, int]
    stays: tuple[SeededStay, ...]


def care_home() -> tuple[str, str, str]:
    """Its code as an organisation, and its names."""
    code, zh, en = _data()["home"]
    return code, zh, en


def houses() -> list[SeededHouse]:
    return [_house(one) for one in _data()["house"]]


def _house(one: dict[str, Any]) -> SeededHouse:
    times = tuple((tuple(days), opens, closes) for days, opens, closes in one["times"])
    stays = tuple(SeededStay(key, label, tuple(map(tuple, named))) for key, label, *named in one["stays"])
    head = (one["code"], one["organisation"], one["kind"], tuple(one["name"]), one["address"])
    return SeededHouse(*head, times, tuple(one["rules"]), stays)


@cache
def _data() -> dict[str, Any]:
    text = files("mocks").joinpath("data", "community", "family_visits.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
