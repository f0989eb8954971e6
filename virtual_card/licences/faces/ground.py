"""The grounds of licences: paper, guilloche and borders in the colours of the kind. Drawn by rule and kept for a while.

Lines are drawn at twice their size and reduced, which is what makes them smooth. What is engraved is the same in every
colour, and drawn once for each shape.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import lru_cache, reduce
from threading import Lock
from typing import TypeAlias

from PIL import Image, ImageChops, ImageDraw

from virtual_card.face.engraving import WHITE, Colour, font
from virtual_card.licences.kinds import Kind, Shape

CARD = (1000, 630)
CERTIFICATE = (900, 1260)
SIZES: dict[Shape, tuple[int, int]] = {"card": CARD, "certificate": CERTIFICATE}
BAND = 104
_SCALE = 2
_KEPT = 8  # two or three megabytes each
_MICRO = "电子证照 ELECTRONIC LICENCE · "

Line: TypeAlias = list[tuple[float, float]]
_Place: TypeAlias = Callable[[float, float], tuple[float, float]]
_lock = Lock()


def warm() -> None:
    """Engrave before the first licence is asked for: half a second, for a thread."""
    with _lock:
        for shape in SIZES:
            _engraving(shape)


def ground(kind: Kind) -> Image.Image:
    """The shared ground of a kind; callers copy it before they draw."""
    with _lock:  # the cache alone would let two threads both draw it
        return _ground(kind.shape, kind.ink, kind.tint)


@lru_cache(maxsize=_KEPT)
def _ground(shape: Shape, ink: Colour, tint: Colour) -> Image.Image:
    size = SIZES[shape]
    paper = _paper(size, tint)
    paper.paste(ink, mask=_engraving(shape))
    if shape == "card":
        _band(paper, ink)
    else:
        _border(paper, ink)
    return paper


@lru_cache(maxsize=2)
def _engraving(shape: Shape) -> Image.Image:
    """All figures in one: as strong as if each were laid upon those before it."""
    masks = (_engraved(SIZES[shape], lines, strength) for lines, strength in _figures(shape))
    return reduce(ImageChops.screen, masks)


def _paper(size: tuple[int, int], tint: Colour) -> Image.Image:
    """White in the middle of its upper half, tinted towards the edges."""
    distance = Image.radial_gradient("L").resize((size[0] * 3 // 2, size[1] * 3 // 2))
    left, top = (distance.width - size[0]) // 2, (distance.height - size[1]) * 2 // 3
    strength = distance.crop((left, top, left + size[0], top + size[1]))
    return Image.composite(Image.new("RGB", size, tint), Image.new("RGB", size, (254, 254, 251)), strength)


def _figures(shape: Shape) -> Iterable[tuple[list[Line], float]]:
    """What is engraved, and how strongly."""
    width, height = SIZES[shape]
    centre = (width * 0.56, height * 0.56)
    reach = 62.0 if shape == "card" else 120.0
    for way in (-1, 1):
        yield [_rosette(centre, reach + 9 * k, 20 + 1.6 * k, 12, way * k * 0.028) for k in range(16)], 0.14
        yield [_rosette(centre, 14 + 5.4 * k, 5 + 1.4 * k, 9, way * k * 0.05) for k in range(9)], 0.2
    for level in (0.3, 0.52, 0.74, 0.93):
        yield [_wave(width, height * level, 12 + 1.6 * k, 330, level * 9 + k * 0.06) for k in range(12)], 0.12


def _rosette(centre: tuple[float, float], radius: float, swing: float, petals: int, turn: float) -> Line:
    def point(step: int) -> tuple[float, float]:
        angle = math.tau * step / 720
        reach = radius + swing * math.sin(petals * (angle + turn))
        return centre[0] + reach * math.cos(angle), centre[1] + reach * math.sin(angle)

    return [point(step) for step in range(721)]


def _wave(width: int, level: float, height: float, length: float, shift: float) -> Line:
    def at(x: int) -> float:
        return level + height * math.sin(x / length * math.tau + shift) * math.cos(x / width * math.pi + shift / 3)

    return [(float(x), at(x)) for x in range(-8, width + 16, 6)]


def _engraved(size: tuple[int, int], lines: Iterable[Line], strength: float, width: int = 2) -> Image.Image:
    """A mask with hair lines; `strength` 0 to 1."""
    mask = Image.new("L", (size[0] * _SCALE, size[1] * _SCALE))
    draw = ImageDraw.Draw(mask)
    for line in lines:
        draw.line([(x * _SCALE, y * _SCALE) for x, y in line], fill=round(255 * strength), width=width)
    return mask.reduce(_SCALE)


def _band(paper: Image.Image, ink: Colour) -> None:
    """The head of a card: deep at the left, with waves in it and a fine line under it."""
    width = paper.width
    slope = Image.linear_gradient("L").rotate(90).resize((width, BAND))
    deep, light = _darker(ink, 0.72), _darker(ink, 1.12)
    band = Image.composite(Image.new("RGB", (width, BAND), light), Image.new("RGB", (width, BAND), deep), slope)
    band.paste(WHITE, mask=_waves(width))
    paper.paste(band, (0, 0))
    draw = ImageDraw.Draw(paper)
    draw.rectangle((0, BAND, width, BAND + 2), fill=(196, 160, 92))
    draw.rectangle((0, BAND + 4, width, BAND + 4), fill=(226, 204, 158))
    draw.text((0, paper.height - 13), _MICRO * 9, font=font(8), fill=ink)


@lru_cache(maxsize=1)
def _waves(width: int) -> Image.Image:
    return _engraved((width, BAND), [_wave(width, BAND / 2, 12 + 2.6 * k, 300, k * 0.07) for k in range(15)], 0.16)


def _border(paper: Image.Image, ink: Colour) -> None:
    """A frame of twisted lines between two rules, as on certificates."""
    size, edge, depth = paper.size, 26, 44
    draw = ImageDraw.Draw(paper)
    draw.rectangle((edge, edge, size[0] - edge, size[1] - edge), outline=ink, width=3)
    inner = edge + depth
    draw.rectangle((inner, inner, size[0] - inner, size[1] - inner), outline=ink, width=2)
    draw.rectangle((inner + 6, inner + 6, size[0] - inner - 6, size[1] - inner - 6), outline=(196, 160, 92), width=1)
    paper.paste(ink, mask=_twisted(size, edge + depth / 2))
    _corners(paper, ink, edge, depth)


@lru_cache(maxsize=1)
def _twisted(size: tuple[int, int], middle: float) -> Image.Image:
    return ImageChops.lighter(_strands(size, middle, 15), _strands(size, middle, 8))


def _corners(paper: Image.Image, ink: Colour, edge: int, depth: int) -> None:
    """Where the frame's sides meet, a flower in a square of its own."""
    draw, middle, half = ImageDraw.Draw(paper), edge + depth / 2, depth / 2
    for x in (middle, paper.width - middle):
        for y in (middle, paper.height - middle):
            draw.rectangle((x - half, y - half, x + half, y + half), fill=(254, 254, 251), outline=ink, width=3)
    paper.paste(ink, mask=_flowers(paper.size, middle))


@lru_cache(maxsize=1)
def _flowers(size: tuple[int, int], middle: float) -> Image.Image:
    corners = [(x, y) for x in (middle, size[0] - middle) for y in (middle, size[1] - middle)]
    lines = [_rosette(at, 4 + 2.6 * k, 2 + 0.9 * k, 8, k * 0.08) for at in corners for k in range(6)]
    return _engraved(size, lines, 0.8)


def _strands(size: tuple[int, int], middle: float, swing: float) -> Image.Image:
    """Lines that wind about the middle of the frame, a whole number of turns on each side."""
    lines: list[Line] = []
    for (length, place), shift in ((side, shift) for side in _sides(size, middle) for shift in range(6)):
        turns = round(length / 36)
        steps = turns * 16
        wind = [swing * math.sin(math.tau * turns * step / steps + shift * math.tau / 6) for step in range(steps + 1)]
        lines.append([place(step / steps, off) for step, off in enumerate(wind)])
    return _engraved(size, lines, 0.72)


def _sides(size: tuple[int, int], middle: float) -> Iterable[tuple[float, _Place]]:
    """Length of each side, and where a point of it lies: how far along, how far off its middle line."""
    wide, high = size[0] - 2 * middle, size[1] - 2 * middle
    yield wide, lambda along, off: (middle + along * wide, middle + off)
    yield wide, lambda along, off: (middle + along * wide, size[1] - middle + off)
    yield high, lambda along, off: (middle + off, middle + along * high)
    yield high, lambda along, off: (size[0] - middle + off, middle + along * high)


def _darker(colour: Colour, by: float) -> Colour:
    red, green, blue = (min(255, round(part * by)) for part in colour)
    return red, green, blue
