"""Circles on a picture that do not lie over each other: those that would are drawn as one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import cos, hypot, sin, sqrt

from app.core.places.model import Box

_GAP = 2.0
_TURN = 2.399963  # the golden angle: what is laid along it never meets
SMALLEST, _LARGEST = 8.0, 40.0


@dataclass(frozen=True, slots=True)
class Circle:
    """`box`: what of the earth it stands for. `names`: the ids of what it shows one by one."""

    x: float
    y: float
    count: int
    late: int
    box: Box
    names: tuple[str, ...] = ()

    @property
    def r(self) -> float:
        """The surface goes with the number."""
        return SMALLEST if self.count == 1 else round(min(SMALLEST + 2.2 * sqrt(self.count), _LARGEST), 1)

    def meets(self, other: Circle) -> bool:
        return hypot(self.x - other.x, self.y - other.y) < self.r + other.r + _GAP

    def joined(self, other: Circle) -> Circle:
        """In the middle of both, by their numbers."""
        count = self.count + other.count
        return Circle(
            round((self.x * self.count + other.x * other.count) / count, 1),
            round((self.y * self.count + other.y * other.count) / count, 1),
            count,
            self.late + other.late,
            self.box.with_(other.box),
            (*self.names, *other.names),
        )


def apart(circles: Iterable[Circle]) -> list[Circle]:
    """None meets another: each that would is joined with what it meets, the largest first."""
    waiting, kept = sorted(circles, key=lambda one: one.count), list[Circle]()
    while waiting:
        one = waiting.pop()
        near = next((other for other in kept if other.meets(one)), None)
        if near is None:
            kept.append(one)
        else:
            kept.remove(near)
            waiting.append(near.joined(one))
    return kept


def around(x: float, y: float, n: int) -> tuple[float, float]:
    """Where the n-th of several on one spot is drawn, from 0."""
    far = 2.2 * SMALLEST * sqrt(n)
    return round(x + far * cos(n * _TURN), 1), round(y + far * sin(n * _TURN), 1)
