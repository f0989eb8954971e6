"""A certificate of vaccination: a licence in the wallet, and a note here that it is to be kept up to date.

What stands on it is a summary; which doses it was drawn up from is kept as a hash, by which a new dose is known.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.domains.life.health.records.model import Immunisation

KIND = "vaccination"
LOOKED_AT_EVERY = timedelta(days=30)
TRIED_AGAIN_AFTER = timedelta(hours=1)
_LONGEST = 280


@dataclass(frozen=True, slots=True)
class Upkeep:
    """Of whom the certificate is kept up to date. `doses` is the hash of what it was drawn up from."""

    citizen: str
    doses: str
    licence: str
    asked_at: datetime
    look_at: datetime


@dataclass(frozen=True, slots=True)
class Certified:
    """What is certified: which doses, in words; `until` the day of the newest."""

    doses: str
    facts: Mapping[str, str]
    latest: date


def certified(given: Sequence[Immunisation]) -> Certified:
    """Of at least one dose. The same doses give the same, in whatever order they come."""
    ordered = sorted(given, key=lambda one: (one.on, one.code, one.id))
    digest = hashlib.sha256("\n".join(f"{one.id} {one.code} {one.on}" for one in ordered).encode()).hexdigest()[:32]
    counted: dict[str, int] = {}
    for one in ordered:
        counted[one.vaccine] = counted.get(one.vaccine, 0) + 1
    latest = ordered[-1]
    facts = {
        "vaccines": _listed(counted),
        "doses": str(len(ordered)),
        "latest": f"{latest.on.isoformat()} {latest.vaccine}"[:_LONGEST],
        "place": latest.place[:_LONGEST],
    }
    return Certified(digest, {name: text for name, text in facts.items() if text}, latest.on)


def _listed(counted: Mapping[str, int]) -> str:
    """`卡介苗 ×1、乙肝疫苗 ×3`: as many as there is room for, and how many are left out."""
    words, left = "", len(counted)
    for vaccine, times in counted.items():
        more = f"{words}、{vaccine} ×{times}" if words else f"{vaccine} ×{times}"
        if len(more) > _LONGEST - 12:
            return f"{words} 等，另 {left} 种"
        words, left = more, left - 1
    return words
