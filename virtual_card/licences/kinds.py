"""The kinds of licences, read from `kinds.toml`. A new kind is a new entry there and nothing else."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

from app.core.said import Said
from virtual_card.licences.errors import LicenceKindUnknown
from virtual_card.licences.model import LicencePurpose

_FILE = Path(__file__).with_name("kinds.toml")
Shape: TypeAlias = Literal["card", "certificate"]
Colour: TypeAlias = tuple[int, int, int]
# What the city fills in itself, from the register of persons.
_KNOWN = frozenset({"name", "sex", "birth", "id_number"})


@dataclass(frozen=True, slots=True)
class Field:
    """`source` is what of the holder is filled in; None is given by the issuer. `told`: for which purposes."""

    key: str
    label: Said
    source: str | None
    told: frozenset[LicencePurpose]


@dataclass(frozen=True, slots=True)
class Kind:
    """`years` None holds without end. `of` is the field by which a person may hold several of the kind."""

    code: str
    title: Said
    authority: Said
    shape: Shape
    ink: Colour
    tint: Colour
    prefix: str
    years: int | None
    of: str | None
    photo: bool
    purposes: frozenset[LicencePurpose]
    fields: tuple[Field, ...]

    def told(self, purpose: LicencePurpose) -> tuple[Field, ...]:
        """What of it is told for that purpose; the holder's name always is."""
        return tuple(field for field in self.fields if purpose in field.told or field.source == "name")

    def field(self, key: str) -> Field | None:
        return next((field for field in self.fields if field.key == key), None)


def kind_of(code: str) -> Kind:
    """Raises LicenceKindUnknown."""
    found = all_kinds().get(code)
    if found is None:
        raise LicenceKindUnknown(kind=code[:40])
    return found


@lru_cache(maxsize=1)
def all_kinds() -> Mapping[str, Kind]:
    """By code, in the order of the file. Raises ValueError when an entry does not hold together."""
    with _FILE.open("rb") as file:
        written = tomllib.load(file)
    return {code: _kind(code, entry, written["fields"]) for code, entry in written["kinds"].items()}


def _kind(code: str, entry: Mapping[str, Any], shared: Mapping[str, Any]) -> Kind:
    fields = tuple(_field(one, shared) for one in entry["fields"])
    purposes = {LicencePurpose.SERVICE_HALL, *map(LicencePurpose, entry.get("purposes", ()))}
    made = Kind(
        code=code,
        title=Said(*entry["title"]),
        authority=Said(*entry["authority"]),
        shape=entry["shape"],
        ink=_colour(entry["ink"]),
        tint=_colour(entry["tint"]),
        prefix=entry["prefix"],
        years=entry.get("years"),
        of=entry.get("of"),
        photo=entry["photo"],
        purposes=frozenset(purposes.union(*(field.told for field in fields if field.source is None))),
        fields=fields,
    )
    if made.of is not None and made.field(made.of) is None:
        raise ValueError(f"{code}: no field {made.of}")
    return made


def _field(one: str | Mapping[str, Any], shared: Mapping[str, Any]) -> Field:
    entry = {"key": one, **shared[one]} if isinstance(one, str) else one
    source = entry.get("from")
    if source is not None and source not in _KNOWN:
        raise ValueError(f"nothing of a holder is called {source}")
    told = frozenset(map(LicencePurpose, entry.get("told", ())))
    # An ID number stands on licences and is told to nobody: whoever needs it has it by other ways.
    hall = frozenset() if source == "id_number" else frozenset({LicencePurpose.SERVICE_HALL})
    return Field(entry["key"], Said(*entry["label"]), source, told | hall)


def _colour(text: str) -> Colour:
    red, green, blue = bytes.fromhex(text.removeprefix("#"))
    return red, green, blue
