"""Who handles cases in the seeded city, and by which rules they are dispatched. Pure data."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

CENTRE = ("centre-12345", "12345 政务服务便民热线中心", "12345 Hotline Centre", "350100-12345")


@dataclass(frozen=True, slots=True)
class Bureau:
    """Of a county."""

    code: str
    county: str
    name: str
    name_en: str


def bureaus(counties: Mapping[str, tuple[str, str]]) -> tuple[Bureau, ...]:
    """Of these counties, by the twelve digits of each with its name in Chinese and in English."""
    signs = _data()["bureaus"]
    return tuple(
        Bureau(f"{county[:6]}-{sign}", county, f"{name}{names[0]}", f"{name_en} {names[1]}")
        for county, (name, name_en) in counties.items()
        for sign, names in signs.items()
    )


def dispatch_rules(city: str, counties: Collection[str]) -> list[dict[str, Any]]:
    """As a file of rules has them (`app/domains/voice/centre/dispatch/imports`)."""
    data = _data()
    rules = [row for rule in data["rule"] for category in rule["categories"] for row in _rows(rule, category, counties)]
    zh, en = data["fallbacks"]["words"]
    places = [("", city), *((county, county) for county in counties)]
    fallen = ({"division": division, "unit": unit} for division, unit in places)
    return [*rules, *({"table": "fallbacks", **row, "words": zh, "words_en": en} for row in fallen)]


def _rows(rule: Mapping[str, Any], category: str, counties: Collection[str]) -> Iterator[dict[str, Any]]:
    said = {"category": category, "words": rule["words"][0], "words_en": rule["words"][1]}
    if "county" in rule:
        for county in counties:
            yield {**said, "division": county, "unit": f"{county[:6]}-{rule['county']}"}
    if unit := rule.get("unit") or rule.get("city"):
        yield {**said, "unit": unit}
    if "level" in rule:
        yield {**said, "level": rule["level"]}
    if rule.get("owner"):
        yield {**said, "owner": "any", "to_owner": True}


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files("mocks").joinpath("data", "voice", "dispatch.toml").read_text(encoding="utf-8"))
