"""Smooth closed shapes and lines on a canvas drawn four times too large, so that the result has soft edges."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageDraw

Point = tuple[float, float]
Colour = tuple[int, int, int]

_SCALE = 4
_STEPS = 12
# The part of the canvas that becomes the picture: a face fills two thirds of an ID photo.
_FRAME = (24, 34, 334, 416)


class Pen:
    """Coordinates are those of a canvas as large as the finished picture, which shows its middle, enlarged."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._image = Image.new("RGB", (width * _SCALE, height * _SCALE))
        self._draw = ImageDraw.Draw(self._image)

    def picture(self) -> Image.Image:
        left, upper, right, lower = _FRAME
        frame = (left * _SCALE, upper * _SCALE, right * _SCALE, lower * _SCALE)
        return self._image.resize((self.width, self.height), Image.Resampling.LANCZOS, box=frame)

    def gradient(self, top: Colour, bottom: Colour) -> None:
        for y in range(self._image.height):
            share = y / self._image.height
            self._draw.line([(0, y), (self._image.width, y)], fill=mix(top, bottom, share))

    def blob(self, points: Sequence[Point], fill: Colour) -> None:
        """A closed curve through the points."""
        self._draw.polygon(_scaled(_closed_curve(points)), fill=fill)

    def polygon(self, points: Sequence[Point], fill: Colour) -> None:
        self._draw.polygon(_scaled(points), fill=fill)

    def ellipse(self, x: float, y: float, rx: float, ry: float, fill: Colour) -> None:
        box = [(x - rx) * _SCALE, (y - ry) * _SCALE, (x + rx) * _SCALE, (y + ry) * _SCALE]
        self._draw.ellipse(box, fill=fill)

    def ring(self, x: float, y: float, rx: float, ry: float, colour: Colour, width: float) -> None:
        box = [(x - rx) * _SCALE, (y - ry) * _SCALE, (x + rx) * _SCALE, (y + ry) * _SCALE]
        self._draw.rounded_rectangle(box, radius=ry * 0.8 * _SCALE, outline=colour, width=round(width * _SCALE))

    def line(self, points: Sequence[Point], colour: Colour, width: float) -> None:
        """An open curve through the points, with round ends."""
        for x, y in _open_curve(points):
            self.ellipse(x, y, width / 2, width / 2, colour)


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """`share` 0 is the one, 1 the other."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def mirrored(right: Sequence[Point], axis: float) -> list[Point]:
    """The points of the right half, then those of the left half on the way back."""
    return [*right, *((2 * axis - x, y) for x, y in reversed(right) if x != axis)]


def _scaled(points: Sequence[Point]) -> list[Point]:
    return [(x * _SCALE, y * _SCALE) for x, y in points]


def _closed_curve(points: Sequence[Point]) -> list[Point]:
    count = len(points)
    return [
        _between([points[(i + k) % count] for k in (-1, 0, 1, 2)], step / _STEPS)
        for i in range(count)
        for step in range(_STEPS)
    ]


def _open_curve(points: Sequence[Point]) -> list[Point]:
    padded = [points[0], *points, points[-1]]
    steps = _STEPS * 6
    return [_between(padded[i : i + 4], step / steps) for i in range(len(points) - 1) for step in range(steps + 1)]


def _between(four: Sequence[Point], t: float) -> Point:
    """The Catmull-Rom spline between the second and the third point."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = four
    return _spline(ax, bx, cx, dx, t), _spline(ay, by, cy, dy, t)


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
