"""The shops of the seeded city."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "data" / "community" / "shops.toml"


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def shops() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = _data()["shop"]
    return found


def parcels() -> list[str]:
    """What waits at the station for one of the people who live there."""
    return list(_data()["parcels"])
