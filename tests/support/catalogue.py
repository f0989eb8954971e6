"""Items of a test, and a small tree of governments with a department that defines them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import Any

from app.core.ids import new_id
from app.core.said import Said
from app.domains.government.catalogue.model import Audience, Category, Depth, Item, ItemState
from app.domains.identity.organisations.model import Kind, Level, Organisation
from app.wiring import City
from tests.support.api import ALL_SCOPES, OPS, Api

_cities = itertools.count(1)
_codes = itertools.count(1)
FORM = {"type": "object", "properties": {"phone": {"type": "string", "maxLength": 20}}, "additionalProperties": False}


def code() -> str:
    """One that no other call gives."""
    return f"T-{next(_codes):06d}"


def item(code_: str | None = None, **said: Any) -> Item:
    """The content of an item, as a draft of nobody."""
    plain = Item(
        code=code_ or code(),
        version=0,
        state=ItemState.DRAFT,
        owner="",
        name=Said("测试事项", "Test item"),
        category=Category.HOUSEHOLD,
        audience=frozenset({Audience.PERSON}),
        levels=frozenset({Level.COUNTY, Level.TOWNSHIP}),
        visits=1,
        depth=Depth.ONLINE_ACCEPT,
        statutory_days=20,
        promised_days=5,
        form=FORM,
    )
    return replace(plain, **said)


def said(code_: str | None = None, **more: Any) -> dict[str, Any]:
    """The same as the provider schema takes it."""
    given = {
        "code": code_ or code(),
        "name": {"zh": "测试事项", "en": "Test item"},
        "category": "HOUSEHOLD",
        "audience": ["PERSON"],
        "levels": ["COUNTY", "TOWNSHIP"],
        "visits": 1,
        "depth": "ONLINE_ACCEPT",
        "statutoryDays": 20,
        "promisedDays": 5,
        "form": FORM,
    }
    return {**given, **more}


def written(code_: str | None = None, **more: Any) -> dict[str, Any]:
    """The same as a line of a file."""
    given = {
        "code": code_ or code(),
        "name": ["测试事项", "Test item"],
        "category": "household",
        "audience": ["person"],
        "levels": ["county", "township"],
        "visits": 1,
        "depth": "online_accept",
        "statutory_days": 20,
        "promised_days": 5,
        "form": FORM,
    }
    return {**given, **more}


@dataclass(frozen=True)
class Town:
    """A city with a county and two townships, and a department of the city; no other call gives the same."""

    city: str
    county: str
    townships: tuple[str, str]
    department: str


async def town(city: City) -> Town:
    n = next(_cities)
    of_city, county = f"90{n:02d}00000000", f"90{n:02d}01000000"
    townships = (f"90{n:02d}01001000", f"90{n:02d}01002000")
    department = f"office-{new_id()}"
    await city.services.organisations.import_units(
        OPS,
        f"code,parent,name,level\n900000000000,,测试省,province\n{of_city},900000000000,测试市,city\n"
        f"{county},{of_city},测试县,county\n{townships[0]},{county},一街道,township\n"
        f"{townships[1]},{county},二街道,township\n".encode(),
    )
    scopes = frozenset(ALL_SCOPES)
    made = Organisation(department, "测试局", Kind.DEPARTMENT, Level.CITY, of_city, scopes=scopes)
    await city.services.organisations.put(OPS, made)
    return Town(of_city, county, townships, department)


async def published(api: Api, token: str, code_: str | None = None, **more: Any) -> str:
    """An item that was drafted and published over the API; its code."""
    draft = said(code_, **more)
    done = await api.data("SaveServiceItem", token, "provider", item=draft, key=new_id())
    assert done["__typename"] == "ServiceItemSaved", done
    done = await api.data("PublishServiceItem", token, "provider", code=draft["code"], key=new_id())
    assert done["__typename"] == "ServiceItemPublished", done
    return str(draft["code"])
