"""Things with codes on them in the seeded city, and the patrols past them. Pure data, the same each time."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_STEP = 0.0006  # degrees between neighbours, some 60 m
_WIDE = 6  # of them in a row


@dataclass(frozen=True, slots=True)
class SeededAsset:
    """`kind` as the city calls it; `unit` keeps it."""

    kind: str
    zh: str
    en: str
    latitude: float
    longitude: float
    unit: str
    reference: str
    address: str
    county: str


@dataclass(frozen=True, slots=True)
class SeededPatrol:
    """`unit` walks it; `points` are things that it passes."""

    unit: str
    zh: str
    en: str
    points: tuple[SeededAsset, ...]


def seeded_assets() -> list[SeededAsset]:
    """Some thirty of each district, and the hydrant of the story first."""
    return [_story(), *(asset for district in _data()["districts"] for asset in _of(district))]


def seeded_patrols() -> list[SeededPatrol]:
    found, assets = [], seeded_assets()
    for one in _data()["patrols"]:
        near = [asset for asset in assets if asset.county == one["county"]][: one["points"]]
        found.append(SeededPatrol(f"{one['county'][:6]}-cgj", one["zh"], one["en"], tuple(near)))
    return found


def _of(district: Mapping[str, Any]) -> Iterator[SeededAsset]:
    county, (south, west), roads, place = district["county"], district["centre"], district["roads"], 0
    for kind, said in _data()["kinds"].items():
        for number in range(1, said["count"] + 1):
            row, column = divmod(place, _WIDE)
            road = roads[place % len(roads)]
            unit = said.get("unit") or f"{county[:6]}-{said['county']}"
            yield SeededAsset(
                kind=kind,
                zh=f"{road}{number:02d} 号{said['zh']}",
                en=f"{said['en'].capitalize()} {number:02d}",
                latitude=round(south + row * _STEP, 6),
                longitude=round(west + column * _STEP, 6),
                unit=unit,
                reference=f"{county[:6]}-{kind[:3].upper()}-{number:04d}",
                address=road,
                county=county,
            )
            place += 1


def _story() -> SeededAsset:
    one = _data()["story"]
    latitude, longitude = one["place"]
    where = (one["unit"], one["reference"], one["address"], "350102000000")
    return SeededAsset(one["kind"], one["zh"], one["en"], latitude, longitude, *where)


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files("mocks").joinpath("data", "voice", "assets.toml").read_text(encoding="utf-8"))
