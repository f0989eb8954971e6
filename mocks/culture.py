"""Houses, events, sights and routes of the seeded city. Pure data, read from `mocks/data/life/culture.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def culture() -> dict[str, Any]:
    """As it is written: `keeper`, `venue`, `event`, `sight`, `route`."""
    return tomllib.loads(files("mocks").joinpath("data", "life", "culture.toml").read_text(encoding="utf-8"))
