"""A box of the earth as a picture of fixed size, on which rooms draw their maps; no tiles are fetched from anywhere."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import reduce
from math import floor, log10

from app.admin.console.desk import Desk
from app.core.places.model import Box, Point

WIDE, HIGH = 1_000.0, 560.0
_FLAT = 0.9  # the cosine of Fuzhou's latitude: a degree of longitude is shorter than one of latitude
EDGE = 0.01  # degrees around what is shown
LEAST, _MOST = 0.004, 20.0  # degrees from west to east: about 400 m, and the whole province and its neighbours
TOWN = 0.24  # at least so much is seen at first: about 24 km
CITY = Box(25.25, 118.38, 26.65, 120.05)  # while nothing is there and no boundary is known: Fuzhou
_METRES = 111_195.0  # of a degree of latitude
_BAR = 180.0  # at most


@dataclass(frozen=True, slots=True)
class Mark:
    """A circle: where, how large, what it says, where it leads."""

    x: float
    y: float
    r: float
    says: str
    href: str
    late: bool
    count: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A box of the earth as a picture of fixed size."""

    box: Box
    scale: float

    @classmethod
    def of(cls, box: Box, least: float = LEAST) -> Sheet:
        """The box, widened to the shape of the picture, and to at least so many degrees from west to east."""
        up, along = (box.south + box.north) / 2, (box.west + box.east) / 2
        shape = HIGH / WIDE * _FLAT
        wide = min(max(box.east - box.west, (box.north - box.south) / shape, least), _MOST)
        half, high = wide / 2, wide * shape / 2
        return cls(Box(up - high, along - half, up + high, along + half), WIDE / wide)

    @property
    def closest(self) -> bool:
        return self.box.east - self.box.west < LEAST * 1.01

    def at(self, point: Point) -> tuple[float, float]:
        down = (self.box.north - point.latitude) * self.scale / _FLAT
        return round((point.longitude - self.box.west) * self.scale, 1), round(down, 1)

    def bar(self) -> tuple[float, str]:
        """How long the bar of the scale is, and what it stands for: a round number of metres."""
        metre = self.scale / (_METRES * _FLAT)
        ten = 10 ** floor(log10(_BAR / metre))
        metres = next(times * ten for times in (5, 2, 1) if times * ten * metre <= _BAR)
        return round(metres * metre, 1), f"{metres // 1000} km" if metres >= 1000 else f"{metres} m"


def outlines(desk: Desk, sheet: Sheet) -> Iterator[tuple[str, str]]:
    """The city's divisions: the name of each, and the points of its lines as SVG wants them."""
    for code, outline in desk.services.voice.places.shapes.outlines():
        for line in outline:
            yield desk.organisation(code), " ".join(f"{x},{y}" for x, y in map(sheet.at, line))


def margin(box: Box, by: float = EDGE) -> Box:
    return Box(box.south - by, box.west - by, box.north + by, box.east + by)


def spot(point: Point) -> Box:
    return Box(point.latitude, point.longitude, point.latitude, point.longitude)


def around_all(boxes: Collection[Box]) -> Box:
    return reduce(Box.with_, boxes)
