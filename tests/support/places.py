"""Places of the directory in tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.core.ids import new_id
from app.core.places.model import Point
from app.core.said import Said
from app.core.viewer import Role, Viewer
from app.domains.identity.organisations.model import Kind, Organisation
from app.domains.life.directory.hours.notation import parsed_hours
from app.domains.life.directory.places.model import Place, PlaceDraft
from app.wiring import City
from tests.support.api import OPS

HERE = Point(26.0823, 119.2965)
HEAD = "reference,kind,name,latitude,longitude,address,hours\n"
WEEK = "Mo-Su 08:00-22:00"
OPERATOR = "test-pharmacies"


def draft(name: str = "便民大药房五一店", **changed: Any) -> PlaceDraft:
    made = PlaceDraft(
        "pharmacy", Said(name), HERE, "五一中路 1 号", "0591-87650001", Said("医保定点"), parsed_hours(WEEK)
    )
    return replace(made, **changed)


def north(metres: float) -> Point:
    """So far from HERE."""
    return Point(HERE.latitude + metres / 111_195, HERE.longitude)


async def place(city: City, name: str | None = None, **changed: Any) -> Place:
    """One that nobody else has: its name is its own."""
    return await city.services.life.directory.keeping.add(
        OPS, draft(name or f"药房{new_id()[-12:]}", **changed), new_id()
    )


async def run_place(city: City, operator: str = OPERATOR, **changed: Any) -> tuple[Place, Viewer]:
    """One with an organisation that runs it, and a member of its staff."""
    if city.services.organisations.tree.get(operator) is None:
        scopes = frozenset({"places", "verify:hospital"})
        await city.services.organisations.put(OPS, Organisation(operator, "榕城连锁药房", Kind.MERCHANT, scopes=scopes))
    made = await place(city, **changed)
    keeping = city.services.life.directory.keeping
    run = await keeping.assign(OPS, made.id, operator, new_id())
    return run, Viewer(Role.PROVIDER_STAFF, f"{operator}-keeper", organisation=operator, scopes=frozenset({"places"}))


def row(reference: str, name: str, at: Point = HERE, kind: str = "pharmacy", hours: str = "Mo-Su 08:00-22:00") -> str:
    """A line of a file, under HEAD."""
    return f'{reference},{kind},{name},{at.latitude},{at.longitude},某路 1 号,"{hours}"\n'
