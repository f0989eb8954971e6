"""The places of the seeded directory: some known ones, and as many more as are asked for. The same each time."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_WIDE = 0.014  # degrees: how far places lie from the centre of their district, mostly
_SEED = 20260101
# The inner districts have more of everything.
_WEIGHTS = {"350102": 5, "350103": 4, "350104": 4, "350111": 4, "350105": 2, "350112": 2, "350121": 2}


@dataclass(frozen=True, slots=True)
class SeededPlace:
    """`hours` as the directory writes them; `operator` is the key of a provider."""

    reference: str
    kind: str
    zh: str
    en: str
    latitude: float
    longitude: float
    address: str
    phone: str
    hours: str
    operator: str = ""


def story_places() -> list[SeededPlace]:
    return [_story(one) for one in _data()["story"]]


def seeded_places(count: int) -> Iterator[SeededPlace]:
    """So many, over all districts and sorts; the first of many are those of few."""
    kinds = _data()["kinds"]
    names, shares = list(kinds), [kind["share"] for kind in kinds.values()]
    districts = _districts()
    weights = [_WEIGHTS.get(one["county"][:6], 1) for one in districts]
    rng = random.Random(_SEED)
    for number in range(1, count + 1):
        kind = rng.choices(names, shares)[0]
        yield _place(number, kind, kinds[kind], rng.choices(districts, weights)[0], rng)


def _place(number: int, kind: str, said: dict[str, Any], district: dict[str, Any], rng: random.Random) -> SeededPlace:
    road, door = rng.choice(district["roads"]), rng.randrange(1, 400)
    zh, en = rng.choice(said["names"])
    south, west = district["centre"]
    return SeededPlace(
        reference=f"G-{number:07d}",
        kind=kind,
        zh=zh.format(road=f"{road}{door}号"),
        en=en.format(road=f"{door} {_data()['roads'][road]}"),
        latitude=round(rng.gauss(south, _WIDE), 6),
        longitude=round(rng.gauss(west, _WIDE), 6),
        address=f"{road} {door} 号",
        phone=f"0591-8{rng.randrange(10**6, 10**7)}",
        hours=rng.choice(said["hours"]),
    )


def _story(one: dict[str, Any]) -> SeededPlace:
    latitude, longitude = one["place"]
    return SeededPlace(
        *(one["reference"], one["kind"], one["name"], one["en"], latitude, longitude),
        *(one["address"], one["phone"], one["hours"], one.get("operator", "")),
    )


def _districts() -> list[dict[str, Any]]:
    """Those in which things stand in the street, too."""
    read = tomllib.loads(files("mocks").joinpath("data", "voice", "assets.toml").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = read["districts"]
    return found


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files("mocks").joinpath("data", "life", "places.toml").read_text(encoding="utf-8"))
