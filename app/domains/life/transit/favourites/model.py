"""What a citizen keeps at hand: a stop, or a route in one direction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

MOST = 50


class FavouriteKind(StrEnum):
    STOP = "stop"
    ROUTE = "route"


@dataclass(frozen=True, slots=True)
class FavouriteRef:
    """By the ids of the feed, which outlive its versions. `direction` is that of a route: 0, 1, or -1 for a route that
    knows none.
    """

    kind: FavouriteKind
    id: str
    direction: int = -1

    @property
    def key(self) -> str:
        return f"{self.kind.value}/{self.direction}/{self.id}"


@dataclass(frozen=True, slots=True)
class Favourite:
    """`name` is what it was called when it was kept: a version to come may know it no more."""

    ref: FavouriteRef
    name: str
    at: datetime
