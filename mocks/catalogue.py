"""What the departments of the seeded city do for people: some four hundred items, and which unit offers each.

Read from `mocks/data/items/*.toml`, in the form in which an item is imported: `items()` gives one mapping an item.
The form of an application is built here from the short `fields` of the data.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import Any

from mocks.city import UNITS, UnitLevel
from mocks.divisions import governments

# Service items of province, cities, counties and townships together, as published accounts of one province's service
# net count them (22,972 need no visit, 104,127 at most one): the scale that the data model has to carry.
OFFERS = 127_531
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_PHONE = "^\\+?[0-9][0-9 -]{5,19}$"
_OWN = frozenset({"department", "item"})


@dataclass(frozen=True, slots=True)
class Offered:
    item: str
    unit: str
    level: str


@cache
def items() -> tuple[dict[str, Any], ...]:
    """By code."""
    folder = files("mocks").joinpath("data", "items")
    tables = [tomllib.loads(file.read_text(encoding="utf-8")) for file in folder.iterdir() if file.name[-5:] == ".toml"]
    found = [_item(row, f"350100-{table['department']}") for table in tables for row in table["item"]]
    return tuple(sorted(found, key=lambda item: str(item["code"])))


def offers() -> list[Offered]:
    """Every item at the units of its levels; what is over `OFFERS` is left out, first in townships far from the seeded
    city, always the same ones.
    """
    candidates = list(_candidates())
    over = max(0, len(candidates) - OFFERS)
    left_out = frozenset(sorted(range(len(candidates)), key=lambda n: _turn(candidates[n]))[:over])
    return [one for n, one in enumerate(candidates) if n not in left_out]


def _candidates() -> Iterator[Offered]:
    by_level: dict[str, list[str]] = {level.value: [] for level in UnitLevel}
    for unit in governments():
        by_level[unit.level.value].append(unit.code)
    for item in items():
        for level in item["levels"]:
            yield from (Offered(item["code"], unit, level) for unit in by_level[level])


def _turn(one: Offered) -> tuple[int, bytes]:
    """Who is left out before whom."""
    tier = 2 if one.unit.startswith("3501") else {"township": 0, "county": 1}.get(one.level, 2)
    return tier, blake2b(f"{one.item}@{one.unit}".encode(), digest_size=8).digest()


def _item(row: dict[str, Any], owner: str) -> dict[str, Any]:
    """The names of an import: texts as pairs, fees and form as the catalogue has them."""
    said = {name: value for name, value in row.items() if name not in ("guide_en", "fee", "fields", "levels_note")}
    said["guide"] = [row.get("guide", "").strip(), row.get("guide_en", "").strip()]
    said["fees"] = row.get("fee", [])
    if row["depth"] != "information":
        said["form"] = form_of(row.get("fields", ["phone", "remark"]))
    return {**said, "owner": owner}


def form_of(fields: list[str | dict[str, Any]]) -> dict[str, Any]:
    """The JSON Schema of short fields; how it is written is told in `docs/government.md`."""
    described = [{"key": one, **_shared()[one]} if isinstance(one, str) else one for one in fields]
    return {
        "$schema": _DIALECT,
        "type": "object",
        "properties": {one["key"]: _property(one) for one in described},
        "required": [one["key"] for one in described if one.get("required")],
        "additionalProperties": False,
    }


def _property(one: dict[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {"title": one["title"][0], "x-title-en": one["title"][1]}
    if "help" in one:
        said |= {"description": one["help"][0], "x-description-en": one["help"][1]}
    if "prefill" in one:
        said["x-prefill"] = one["prefill"]
    return {**said, **_KINDS[one["type"]](one)}


def _text(one: dict[str, Any]) -> dict[str, Any]:
    pattern = {"pattern": one["pattern"]} if "pattern" in one else {}
    return {"type": "string", **_needed(one), "maxLength": one.get("max", 200), **pattern}


def _needed(one: dict[str, Any]) -> dict[str, Any]:
    """A text that is required is not empty."""
    return {"minLength": 1} if one.get("required") else {}


def _number(one: dict[str, Any]) -> dict[str, Any]:
    bounds = {word: one[name] for name, word in (("min", "minimum"), ("max", "maximum")) if name in one}
    return {"type": "integer", **bounds}


def _options(one: dict[str, Any]) -> list[dict[str, str]]:
    return [{"const": value, "title": zh, "x-title-en": en} for value, zh, en in one["options"]]


_KINDS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "text": _text,
    "integer": _number,
    "money": lambda one: {**_number(one), "x-kind": "money"},
    "date": lambda one: {
        "type": "string",
        "format": "date",
        **({"x-past": True} if one.get("past") else {}),
        **({"x-future": True} if one.get("future") else {}),
    },
    "choice": lambda one: {"type": "string", "oneOf": _options(one)},
    "choices": lambda one: {
        "type": "array",
        "items": {"type": "string", "oneOf": _options(one)},
        "uniqueItems": True,
        **({"minItems": 1} if one.get("required") else {}),
    },
    "yes_no": lambda one: {"type": "boolean"},
    "phone": lambda one: {"type": "string", "pattern": _PHONE, "maxLength": 20, "x-kind": "phone"},
    "email": lambda one: {"type": "string", "format": "email", "maxLength": 100},
    "address": lambda one: {"type": "string", **_needed(one), "maxLength": 200, "x-kind": "address"},
}


@cache
def _shared() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files("mocks").joinpath("data", "fields.toml").read_text(encoding="utf-8"))


def departments() -> frozenset[str]:
    return frozenset(unit.code for unit in UNITS if unit.level is UnitLevel.DEPARTMENT)
