"""Whether an item can stand as it is written: every text, number and name of it, whoever wrote it and by which way.

What cannot be of the wrong kind (an enum) is not asked for here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from app.core.said import Said
from app.domains.government.catalogue import forms
from app.domains.government.catalogue.errors import ItemReasonMissing, ItemUnfit, Misfit, Unfit
from app.domains.government.catalogue.model import Depth, Fee, Item, Material

CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,39}")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_DATA = re.compile(r"[a-z][a-z0-9_]{1,39}\.[a-z][a-z0-9_]{0,39}")
_RESULT = re.compile(r"licence:[a-z][a-z0-9_]{1,39}|approval|proof|payment|registration|none")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][A-Za-z]{1,7})?")
_NEEDED = frozenset({"always", "unless_known", "if_agent"})
_IF = re.compile(r"if:([a-z][a-z0-9_]{0,39})=(.{1,60})")

NAME, ALSO, LINE, TEXT = 120, 120, 1_000, 20_000
MOST_DAYS, MOST_VISITS, MOST_FEE = 3_650, 9, 10_000_000_00
MOST = {"also": 20, "fees": 20, "conditions": 50, "materials": 60, "basis": 40, "languages": 10}


def demand_fit(item: Item) -> None:
    """Raises ItemUnfit with every fault."""
    if faults := tuple(unfit(item)):
        raise ItemUnfit(faults)


def parsed_reason(reason: str) -> str:
    """Raises ItemReasonMissing."""
    said = " ".join(reason.split())
    if not 2 <= len(said) <= 500 or not said.isprintable():
        raise ItemReasonMissing
    return said


def unfit(item: Item) -> Iterator[Unfit]:
    if not CODE.fullmatch(item.code):
        yield Unfit("code", Misfit.FORM)
    yield from _said("name", item.name, NAME, needed=True)
    yield from _said("guide", item.guide, TEXT)
    for name in ("audience", "levels", "channels"):
        if not getattr(item, name):
            yield Unfit(name, Misfit.MISSING)
    for name, most in MOST.items():
        if len(getattr(item, name)) > most:
            yield Unfit(name, Misfit.TOO_MANY)
    yield from _numbers(item)
    yield from _lists(item)
    yield from _form(item)


def _numbers(item: Item) -> Iterator[Unfit]:
    bounds = {
        "visits": (0, MOST_VISITS),
        "statutory_days": (0, MOST_DAYS),
        "promised_days": (0, MOST_DAYS),
        "popularity": (1, 100),
    }
    for name, (least, most) in bounds.items():
        if not least <= getattr(item, name) <= most:
            yield Unfit(name, Misfit.RANGE)
    if item.promised_days > item.statutory_days:
        yield Unfit("promised_days", Misfit.DAYS)


def _lists(item: Item) -> Iterator[Unfit]:
    for n, name in enumerate(item.also):
        yield from _text(f"also.{n}", name, ALSO)
    for n, condition in enumerate(item.conditions):
        yield from _said(f"conditions.{n}", condition, LINE, needed=True)
    for n, law in enumerate(item.basis):
        yield from _text(f"basis.{n}", law, LINE)
    for n, fee in enumerate(item.fees):
        yield from _fee(f"fees.{n}", fee)
    for n, language in enumerate(item.languages):
        if not _LANGUAGE.fullmatch(language):
            yield Unfit(f"languages.{n}", Misfit.FORM)
    asked = _asked(item)
    for n, material in enumerate(item.materials):
        yield from _material(f"materials.{n}", material, asked)
    yield from _twice("materials", [material.key for material in item.materials])
    if not _RESULT.fullmatch(item.result):
        yield Unfit("result", Misfit.FORM)


def _form(item: Item) -> Iterator[Unfit]:
    if item.form is not None:
        yield from forms.unfit(item.form)
    elif item.depth is not Depth.INFORMATION:
        yield Unfit("form", Misfit.MISSING)


def _fee(place: str, fee: Fee) -> Iterator[Unfit]:
    if not 0 <= fee.amount <= MOST_FEE:
        yield Unfit(f"{place}.amount", Misfit.RANGE)
    yield from _said(f"{place}.what", fee.what, NAME, needed=True)


def _material(place: str, one: Material, asked: Collection[str]) -> Iterator[Unfit]:
    if not _KEY.fullmatch(one.key):
        yield Unfit(f"{place}.key", Misfit.FORM)
    yield from _said(f"{place}.name", one.name, 200, needed=True)
    if one.note is not None:
        yield from _said(f"{place}.note", one.note, LINE)
    if one.licence is not None and not _KEY.fullmatch(one.licence):
        yield Unfit(f"{place}.licence", Misfit.FORM)
    if one.data is not None and not _DATA.fullmatch(one.data):
        yield Unfit(f"{place}.data", Misfit.FORM)
    if one.needed not in _NEEDED:
        wanted = _IF.fullmatch(one.needed)
        if wanted is None:
            yield Unfit(f"{place}.needed", Misfit.FORM)
        elif wanted[1] not in asked:
            yield Unfit(f"{place}.needed", Misfit.UNKNOWN)


def _asked(item: Item) -> Collection[str]:
    """The fields of its form."""
    properties: Any = (item.form or {}).get("properties")
    return properties.keys() if isinstance(properties, dict) else ()


def _twice(place: str, keys: list[str]) -> Iterator[Unfit]:
    if len(set(keys)) < len(keys):
        yield Unfit(place, Misfit.TWICE)


def _said(place: str, said: Said, most: int, *, needed: bool = False) -> Iterator[Unfit]:
    """Chinese is needed where anything is; English may be longer, its words are."""
    if said.zh or needed:
        yield from _text(place, said.zh, most)
    if said.en:
        yield from _text(place, said.en, 3 * most)


def _text(place: str, text: str, most: int) -> Iterator[Unfit]:
    if not text.strip():
        yield Unfit(place, Misfit.MISSING)
    elif len(text) > most:
        yield Unfit(place, Misfit.TOO_LONG)
    elif not (text.replace("\n", "") if most >= LINE else text).isprintable():
        yield Unfit(place, Misfit.FORM)
