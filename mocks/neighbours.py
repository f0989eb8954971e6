"""Cities around the seeded one, read from their file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class SeededNeighbour:
    """`groups`: the city's groups of categories, and the service codes there. `box`: south, west, north, east."""

    code: str
    name: str
    name_en: str
    unit: str
    jurisdiction: str
    service: str
    box: tuple[float, float, float, float]
    groups: Mapping[str, str]


def neighbours() -> Sequence[SeededNeighbour]:
    text = files("mocks").joinpath("data", "voice", "neighbours.toml").read_text(encoding="utf-8")
    return [SeededNeighbour(**{**one, "box": tuple(one["box"])}) for one in tomllib.loads(text)["city"]]
