"""Volunteers of the seeded city, read once from `mocks/data/community/volunteers.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class SeedKeeper:
    """An organisation that keeps volunteers, below `unit`, with so many points to give."""

    key: str
    name: tuple[str, str]
    unit: str
    points: int


@dataclass(frozen=True, slots=True)
class SeedGroup:
    key: str
    keeper: str
    name: tuple[str, str]
    words: tuple[str, str]
    founder: str | None = None


@dataclass(frozen=True, slots=True)
class SeedVolunteer:
    person: str
    skills: tuple[str, ...]
    groups: tuple[str, ...]
    leads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SeedPoint:
    name: tuple[str, str]
    at: tuple[float, float]
    guarded: bool


@dataclass(frozen=True, slots=True)
class SeedActivity:
    """`days` from the seed: negative ones are past, and then `there` says who was, and for how many minutes."""

    group: str
    title: tuple[str, str]
    words: tuple[str, str]
    at: tuple[float, float]
    address: str
    days: int
    hour: int
    hours: int
    points: int
    places: int = 20
    there: tuple[tuple[str, int], ...] = ()
    route: tuple[SeedPoint, ...] = ()


@dataclass(frozen=True, slots=True)
class SeedWish:
    keeper: str
    kind: str
    whom: str
    title: str
    text: str
    days: int
    wisher: str | None = None
    claimed_by: str | None = None
    done: str = ""
    thanks: str = ""


@dataclass(frozen=True, slots=True)
class SeedVolunteering:
    keepers: tuple[SeedKeeper, ...]
    groups: tuple[SeedGroup, ...]
    volunteers: tuple[SeedVolunteer, ...]
    activities: tuple[SeedActivity, ...]
    wishes: tuple[SeedWish, ...]


@cache
def seed_volunteering() -> SeedVolunteering:
    text = (files("mocks") / "data" / "community" / "volunteers.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    return SeedVolunteering(
        keepers=tuple(SeedKeeper(**{**one, "name": tuple(one["name"])}) for one in data["keeper"]),
        groups=tuple(_group(one) for one in data["group"]),
        volunteers=tuple(
            SeedVolunteer(one["person"], tuple(one["skills"]), tuple(one["groups"]), tuple(one.get("leads", ())))
            for one in data["volunteer"]
        ),
        activities=(
            *(_activity(one, one["in_days"]) for one in data["coming"]),
            *(_activity(one, -one["days_ago"]) for one in data["past"]),
        ),
        wishes=tuple(SeedWish(**one) for one in data["wish"]),
    )


def _group(one: dict[str, Any]) -> SeedGroup:
    return SeedGroup(**{**one, "name": tuple(one["name"]), "words": tuple(one["words"])})


def _activity(one: dict[str, Any], days: int) -> SeedActivity:
    there = tuple((person, minutes) for person, minutes in one.get("there", ()))
    latitude, longitude = one["at"]
    return SeedActivity(
        group=one["group"],
        title=(one["title"][0], one["title"][1]),
        words=(one["words"][0], one["words"][1]),
        at=(latitude, longitude),
        address=one["address"],
        days=days,
        hour=one["hour"],
        hours=one["hours"],
        points=one["points"],
        places=one.get("places", 20),
        there=there,
        route=tuple(
            SeedPoint((zh, en), (north, east), guarded) for zh, en, north, east, guarded in one.get("route", ())
        ),
    )
