"""What points refuse, by name."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


@dataclass(eq=False)
class PointsShort(Outcome):
    """There are fewer than asked for. `points` can be used."""

    points: int
