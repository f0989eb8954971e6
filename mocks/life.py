"""My life in the seeded city, read once from `mocks/data/life/*.toml`: the scenes of the home page."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class SeedScene:
    """`entries`: Chinese name, English name, address within the app."""

    code: str
    name: Pair
    entries: tuple[tuple[str, str, str], ...]


@cache
def seed_scenes() -> tuple[SeedScene, ...]:
    """In the order in which they are shown."""
    told = tomllib.loads((files("mocks") / "data" / "life" / "scenes.toml").read_text(encoding="utf-8"))
    return tuple(
        SeedScene(one["code"], (one["name"][0], one["name"][1]), tuple(tuple(entry) for entry in one["entries"]))
        for one in told["scene"]
    )
