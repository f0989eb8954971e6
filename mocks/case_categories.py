"""What cases are about in the seeded city. Pure data."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class SeedCategory:
    code: str
    zh: str
    en: str
    parent: str | None = None
    kinds: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    convenience: bool = False
    urgent: bool = False
    assets: tuple[str, ...] = ()


@cache
def case_categories() -> tuple[SeedCategory, ...]:
    """Each after the one it stands below."""
    return tuple(_read())


def _read() -> Iterator[SeedCategory]:
    text = files("mocks").joinpath("data", "voice", "categories.toml").read_text(encoding="utf-8")
    for group in tomllib.loads(text)["group"]:
        yield SeedCategory(group["code"], group["zh"], group["en"])
        for row in group["categories"]:
            yield SeedCategory(
                code=row["code"],
                zh=row["zh"],
                en=row["en"],
                parent=group["code"],
                kinds=tuple(row["kinds"]),
                words=tuple(row["words"]),
                convenience=row.get("convenience", False),
                urgent=row.get("urgent", False),
                assets=tuple(row.get("assets", ())),
            )
