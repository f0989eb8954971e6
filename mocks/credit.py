"""Citizen credit of the seeded city, read once from `mocks/data/payment/credit.toml`. Pure data."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class SeedHospital:
    organisation: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class SeedTreatment:
    """Amounts in fen. Without a `bill` it is held still."""

    hospital: str
    reference: str
    about: str
    estimate: int
    bill: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class SeedDebtor:
    """Who agreed to be counted. `line`: he has one, of `own_limit` fen at most. `paid` by it: (merchant, fen)."""

    key: str
    line: bool
    own_limit: int | None
    paid: tuple[tuple[str, int], ...]
    treatments: tuple[SeedTreatment, ...]
    appeal: tuple[str, str] | None


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((files("mocks") / "data" / "payment" / "credit.toml").read_text(encoding="utf-8"))


@cache
def hospitals() -> tuple[SeedHospital, ...]:
    return tuple(SeedHospital(**row) for row in _data()["hospital"])


@cache
def debtors() -> tuple[SeedDebtor, ...]:
    return tuple(map(_debtor, _data()["person"]))


def _debtor(row: dict[str, Any]) -> SeedDebtor:
    line = row.get("line", False)
    appeal = row.get("appeal")
    return SeedDebtor(
        key=row["key"],
        line=bool(line),
        own_limit=_fen(line) if isinstance(line, str) else None,
        paid=tuple((one["merchant"], _fen(one["yuan"])) for one in row.get("paid", ())),
        treatments=tuple(map(_treatment, row.get("treatment", ()))),
        appeal=(appeal[0], appeal[1]) if appeal else None,
    )


def _treatment(row: dict[str, Any]) -> SeedTreatment:
    bill = tuple((what, _fen(yuan)) for what, yuan in row.get("bill", ()))
    return SeedTreatment(row["hospital"], row["reference"], row["about"], _fen(row["estimate"]), bill)


def _fen(yuan: str) -> int:
    whole, _, part = yuan.partition(".")
    return int(whole) * 100 + int(part or 0)
