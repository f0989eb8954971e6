"""Wallets of the seeded city, read once from `mocks/data/payment/wallets.toml`. Pure data."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class SeedWallet:
    """Amounts as they are written, in yuan. `card` and `withdraw` are None where nobody withdraws."""

    key: str
    top_ups: tuple[str, ...]
    card: str | None = None
    withdraw: str | None = None


@cache
def wallets() -> tuple[SeedWallet, ...]:
    text = (files("mocks") / "data" / "payment" / "wallets.toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text)["wallet"]
    return tuple(SeedWallet(r["key"], tuple(r["top_ups"]), r.get("card"), r.get("withdraw")) for r in rows)
