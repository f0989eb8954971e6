"""Points and rides of the seeded city, read once from `mocks/data/payment/points.toml` and `rides.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class SeedGiver:
    """An organisation with points to give; with a `unit` it is made, without it is there already."""

    key: str
    name: tuple[str, str]
    points: int
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class SeedCause:
    key: str
    name: tuple[str, str]
    words: tuple[str, str]
    goal: int | None = None


@dataclass(frozen=True, slots=True)
class SeedPartner:
    """`rate`: points for what costs one yuan; `pays`: what the city pays the partner for a point."""

    key: str
    rate: int
    pays: str
    offers: tuple[str, str]


@dataclass(frozen=True, slots=True)
class SeedGrant:
    giver: str
    to: str
    points: int
    reason: str
    what: str


@dataclass(frozen=True, slots=True)
class SeedGift:
    giver: str
    cause: str
    points: int


@dataclass(frozen=True, slots=True)
class SeedLine:
    """Amounts in fen, lengths in metres; what is not said is nothing."""

    operator: str
    line: str
    name: tuple[str, str]
    rules: dict[str, int]


@dataclass(frozen=True, slots=True)
class SeedRide:
    person: str
    operator: str
    line: str
    metres: int | None = None


@dataclass(frozen=True, slots=True)
class SeedPoints:
    givers: tuple[SeedGiver, ...]
    causes: tuple[SeedCause, ...]
    partners: tuple[SeedPartner, ...]
    grants: tuple[SeedGrant, ...]
    gifts: tuple[SeedGift, ...]


@cache
def seed_points() -> SeedPoints:
    data = _read("points.toml")
    return SeedPoints(
        tuple(SeedGiver(row["key"], _two(row["name"]), row["points"], row.get("unit")) for row in data["giver"]),
        tuple(SeedCause(row["key"], _two(row["name"]), _two(row["words"]), row.get("goal")) for row in data["cause"]),
        tuple(SeedPartner(row["key"], row["rate"], row["pays"], _two(row["offers"])) for row in data["partner"]),
        tuple(SeedGrant(**row) for row in data["grant"]),
        tuple(SeedGift(row["from"], row["cause"], row["points"]) for row in data["gift"]),
    )


@cache
def seed_lines() -> tuple[SeedLine, ...]:
    return tuple(map(_line, _read("rides.toml")["line"]))


@cache
def seed_rides() -> tuple[SeedRide, ...]:
    return tuple(SeedRide(**row) for row in _read("rides.toml")["ride"])


@cache
def seed_operators() -> dict[str, tuple[str, str]]:
    """Their names, by key."""
    return {row["key"]: _two(row["name"]) for row in _read("rides.toml")["operator"]}


def _line(row: dict[str, Any]) -> SeedLine:
    rules = {name: value for name, value in row.items() if isinstance(value, int)}
    return SeedLine(row["operator"], row["line"], _two(row["name"]), rules)


def _two(pair: list[str]) -> tuple[str, str]:
    zh, en = pair
    return zh, en


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((files("mocks") / "data" / "payment" / name).read_text(encoding="utf-8"))
