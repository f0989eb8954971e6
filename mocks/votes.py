"""What estates of the seeded city vote on, and how homes voted on paper before."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class SeededVote:
    title: str
    text: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SeededPaperVote:
    """`area` of each home in square metres; `chosen`: so many homes chose each of the legal options."""

    title: str
    text: str
    area: int
    chosen: tuple[int, ...]


def open_vote() -> SeededVote:
    said = _data()["open"]
    return SeededVote(said["title"], said["text"], tuple(said["options"]))


def paper_vote() -> SeededPaperVote:
    said = _data()["paper"]
    return SeededPaperVote(said["title"], said["text"], said["area"], tuple(said["chosen"]))


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files("mocks").joinpath("data", "community", "votes.toml").read_text(encoding="utf-8"))
