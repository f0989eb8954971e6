"""Sorts of places, read from `kinds.toml`: the eight classes are fixed, the sorts below them are data."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from app.core.said import Said
from app.domains.life.directory.kinds.errors import PlaceKindUnknown

_FILE = Path(__file__).with_name("kinds.toml")


class PlaceClass(StrEnum):
    HEALTH = "health"
    EDUCATION = "education"
    SHOPS = "shops"
    HOUSEHOLD = "household"
    CARE = "care"
    CULTURE = "culture"
    TRANSPORT = "transport"
    AMENITIES = "amenities"


CLASS_NAMES: Mapping[PlaceClass, Said] = {
    PlaceClass.HEALTH: Said("医疗健康", "Health"),
    PlaceClass.EDUCATION: Said("教育", "Education"),
    PlaceClass.SHOPS: Said("餐饮购物", "Shops and food"),
    PlaceClass.HOUSEHOLD: Said("家政维修", "Household and repairs"),
    PlaceClass.CARE: Said("养老托幼", "Care"),
    PlaceClass.CULTURE: Said("文化体育", "Culture and sport"),
    PlaceClass.TRANSPORT: Said("交通停车", "Transport and parking"),
    PlaceClass.AMENITIES: Said("便民设施", "Amenities"),
}


@dataclass(frozen=True, slots=True)
class PlaceKind:
    """`also` is what people call it besides. `users_only`: who rates such a place has used it."""

    code: str
    group: PlaceClass
    name: Said
    also: tuple[str, ...] = ()
    users_only: bool = False


@cache
def all_kinds() -> Mapping[str, PlaceKind]:
    """By code, in the order of the file."""
    read = tomllib.loads(_FILE.read_text(encoding="utf-8"))["kind"]
    kinds = (
        PlaceKind(
            one["code"],
            PlaceClass(one["class"]),
            Said(one["zh"], one["en"]),
            tuple(one.get("also", ())),
            one.get("users_only", False),
        )
        for one in read
    )
    return {kind.code: kind for kind in kinds}


def kind_of(code: str) -> PlaceKind:
    """Raises PlaceKindUnknown."""
    found = all_kinds().get(code)
    if found is None:
        raise PlaceKindUnknown
    return found


def kinds_in(group: PlaceClass) -> list[str]:
    return [kind.code for kind in all_kinds().values() if kind.group is group]
