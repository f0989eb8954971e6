"""A board: numbers, never names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.core.said import Said
from app.domains.appointments.hall.turns.model import Standing


@dataclass(frozen=True, slots=True)
class Called:
    """A number, and the counter it is called to. `recalls`: how often it was called again."""

    number: str
    counter: Said
    at: datetime
    recalls: int


@dataclass(frozen=True, slots=True)
class Board:
    """Newest call first. `taking`: the letters of queues that give numbers now."""

    venue: str
    name: Said
    called: tuple[Called, ...]
    queues: tuple[Standing, ...]
    taking: frozenset[str]
