"""Merchants of the seeded city, read once from `mocks/data/payment/merchants.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class SeedMerchant:
    """`category` is the name of a kind of business; `fee` in basis points. Who has a `cashier` has a demo login."""

    key: str
    category: str
    name: str
    name_en: str
    unit: str
    fee: int
    cashier: str | None = None


@cache
def merchants() -> tuple[SeedMerchant, ...]:
    text = (files("mocks") / "data" / "payment" / "merchants.toml").read_text(encoding="utf-8")
    return tuple(map(_merchant, tomllib.loads(text)["merchant"]))


def _merchant(row: dict[str, Any]) -> SeedMerchant:
    name, name_en = row["name"]
    return SeedMerchant(row["key"], row["category"], name, name_en, row["unit"], row["fee"], row.get("cashier"))
