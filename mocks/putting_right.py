"""Rules of risk and disputes of the seeded city, read once from `mocks/data/payment/putting_right.toml`. Pure data."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class SeedRule:
    """`most` in fen, or a number of payments. `proposed`: it waits to be put in force."""

    code: str
    name: tuple[str, str]
    measure: str
    most: int
    action: str
    reason: str
    window: str | None
    methods: tuple[str, ...]
    purposes: tuple[str, ...]
    younger_than: int | None
    proposed: bool


@dataclass(frozen=True, slots=True)
class SeedDispute:
    """Of the newest payment of that person to that merchant; without `fen`, of all of it."""

    person: str
    merchant: str
    fen: int | None
    reason: str
    words: str
    answer: str | None
    reply: str | None


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((files("mocks") / "data" / "payment" / "putting_right.toml").read_text(encoding="utf-8"))


@cache
def rules() -> tuple[SeedRule, ...]:
    return tuple(map(_rule, _data()["rule"]))


@cache
def disputes() -> tuple[SeedDispute, ...]:
    return tuple(map(_dispute, _data()["dispute"]))


def _rule(row: dict[str, Any]) -> SeedRule:
    zh, en = row["name"]
    return SeedRule(
        code=row["code"],
        name=(zh, en),
        measure=row["measure"],
        most=int(row["most"]) if row["measure"] == "count" else _fen(row["most"]),
        action=row["action"],
        reason=row["reason"],
        window=row.get("window"),
        methods=tuple(row.get("methods", ())),
        purposes=tuple(row.get("purposes", ())),
        younger_than=row.get("younger_than"),
        proposed=row.get("proposed", False),
    )


def _dispute(row: dict[str, Any]) -> SeedDispute:
    return SeedDispute(
        person=row["person"],
        merchant=row["merchant"],
        fen=_fen(row["yuan"]) if "yuan" in row else None,
        reason=row["reason"],
        words=row["words"],
        answer=row.get("answer"),
        reply=row.get("reply"),
    )


def _fen(yuan: str) -> int:
    return int(Decimal(yuan) * 100)
