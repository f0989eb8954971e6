"""Venues of the seeded city: halls, hospitals with their doctors, vaccination points, registries. Pure data."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

Both = tuple[str, str]
_NOTHING: Both = ("", "")


@dataclass(frozen=True, slots=True)
class SeedWindow:
    """`weekday` 1 is Monday; times as HH:MM."""

    weekday: int
    opens: str
    closes: str
    minutes: int
    seats: int
    walk_in: int


@dataclass(frozen=True, slots=True)
class SeedWeek:
    windows: tuple[SeedWindow, ...]
    release_days: int
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class SeedResource:
    """A counter, or a doctor of a department; `fee` in fen."""

    code: str
    name: Both
    week: SeedWeek
    department: Both = _NOTHING
    title: Both = _NOTHING
    fee: int | None = None


@dataclass(frozen=True, slots=True)
class SeedService:
    code: str
    name: Both
    resources: tuple[str, ...]
    item: str | None = None
    bring: Both = _NOTHING
    fee: int = 0


@dataclass(frozen=True, slots=True)
class SeedVenue:
    code: str
    organisation: str
    kind: str
    name: Both
    address: Both
    place: tuple[float, float]
    hours: Both
    phone: str
    works_on_holidays: bool
    resources: tuple[SeedResource, ...]
    services: tuple[SeedService, ...]


@cache
def venues() -> tuple[SeedVenue, ...]:
    data = tomllib.loads(files("mocks").joinpath("data", "venues.toml").read_text(encoding="utf-8"))
    weeks = {name: _week(row) for name, row in data["week"].items()}
    return tuple(_venue(row, weeks) for row in data["venue"])


def _week(row: dict[str, Any]) -> SeedWeek:
    windows = (SeedWindow(day, *window[1:]) for window in row["windows"] for day in _days(window[0]))
    return SeedWeek(tuple(windows), row["release_days"])


def _days(text: str) -> Iterator[int]:
    """`1-5`, `2,4`, `6`."""
    for part in text.split(","):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


def _venue(row: dict[str, Any], weeks: dict[str, SeedWeek]) -> SeedVenue:
    departments = row.get("department", [])
    doctors = tuple(_doctor(doctor, one, weeks) for one in departments for doctor in one["doctors"])
    counters = tuple(_counter(row, n, weeks) for n in range(1, row.get("counters", 0) + 1))
    all_counters = tuple(counter.code for counter in counters)
    served = (_service(service, all_counters) for service in row.get("services", []))
    return SeedVenue(
        code=row["code"],
        organisation=row["organisation"],
        kind=row["kind"],
        name=_both(row["name"]),
        address=_both(row["address"]),
        place=(row["place"][0], row["place"][1]),
        hours=_both(row["hours"]),
        phone=row["phone"],
        works_on_holidays=row.get("holidays", False),
        resources=counters + doctors,
        services=(*served, *(_clinic(row, one) for one in departments)),
    )


def _counter(row: dict[str, Any], n: int, weeks: dict[str, SeedWeek]) -> SeedResource:
    return SeedResource(f"{row['code']}-{n}", (f"{n} 号窗口", f"Counter {n}"), weeks[row["week"]])


def _doctor(row: dict[str, Any], department: dict[str, Any], weeks: dict[str, SeedWeek]) -> SeedResource:
    """A hospital counts its numbers itself."""
    return SeedResource(
        code=row["code"],
        name=(row["name"], row["name_en"]),
        week=replace(weeks[row["week"]], numbered=True),
        department=_both(department["name"]),
        title=_both(row["title"]),
        fee=row["fee"],
    )


def _service(row: dict[str, Any], counters: tuple[str, ...]) -> SeedService:
    bring = _both(row["bring"])
    return SeedService(row["code"], _both(row["name"]), counters, row.get("item"), bring, row.get("fee", 0))


def _clinic(venue: dict[str, Any], department: dict[str, Any]) -> SeedService:
    """One books with a doctor of the department, at the doctor's fee."""
    zh, en = department["name"]
    doctors = tuple(doctor["code"] for doctor in department["doctors"])
    return SeedService(department["code"], (f"{zh}门诊", f"{en} clinic"), doctors, bring=_both(venue["bring"]))


def _both(pair: list[str]) -> Both:
    return pair[0], pair[1]
