"""A place that somebody keeps at hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Favourite:
    """`turn` is where it stands in his list."""

    place: str
    at: datetime
    turn: str
