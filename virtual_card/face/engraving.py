"""The ground of the card face: gradient, guilloche, hills and river, header, frames. Drawn by rule, once per process.

Everything is drawn at twice its size and reduced, which is what makes the fine lines smooth.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import lru_cache
from threading import Lock
from typing import Final

from noto_cjk_sans_otc import FONT_PATH
from PIL import Image, ImageDraw, ImageFilter, ImageFont

WIDTH: Final = 1000
HEIGHT: Final = 630
PHOTO: Final = (48, 150, 308, 470)
QR_PLATE: Final = (728, 150, 952, 374)

INK = (9, 52, 62)
FAINT_INK = (62, 108, 114)
JADE = (12, 111, 108)
DEEP = (6, 62, 80)
GOLD = (186, 142, 62)
VERMILION = (190, 45, 34)
WHITE = (255, 255, 255)

_HEADER = 120
_CORNER = 38
_SCALE = 2
_SIMPLIFIED_CHINESE = 2  # the face within the font collection
_MICRO = "虚拟市民卡 VIRTUAL CITIZEN CARD · "

Colour = tuple[int, int, int]
Box = tuple[int, int, int, int]
Line = list[tuple[float, float]]

_lock = Lock()


@lru_cache(maxsize=16)  # each size takes two and a half megabytes, and less than a millisecond to open
def font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT_PATH), size, index=_SIMPLIFIED_CHINESE, layout_engine=ImageFont.Layout.BASIC)


def ground() -> Image.Image:
    """The shared ground; callers copy it before they draw."""
    with _lock:  # lru_cache alone would let two threads both draw it
        return _ground()


def corners() -> Image.Image:
    """The alpha channel: rounded corners."""
    with _lock:
        return rounded((WIDTH, HEIGHT), _CORNER)


@lru_cache(maxsize=16)
def rounded(size: tuple[int, int], radius: int) -> Image.Image:
    mask = Image.new("L", (size[0] * 4, size[1] * 4))
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, size[0] * 4 - 1, size[1] * 4 - 1), radius * 4, fill=255)
    return mask.reduce(4)


def spaced(draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: int, fill: Colour, gap: float) -> float:
    """Text with `gap` pixels between its letters; the x where it ends."""
    x, y = at
    for letter in text:
        draw.text((x, y), letter, font=font(size), fill=fill)
        x += font(size).getlength(letter) + gap
    return x - gap


@lru_cache(maxsize=1)
def _ground() -> Image.Image:
    face = _gradient((WIDTH, HEIGHT), (252, 253, 249), (200, 228, 226))
    for lines, colour, strength in _figures():
        face.paste(colour, mask=_engraved(lines, strength))
    _hills(face)
    _header(face)
    _frames(face)
    _inscriptions(face)
    return face


def _gradient(size: tuple[int, int], light: Colour, dark: Colour) -> Image.Image:
    """From the upper left to the lower right."""
    slope = Image.linear_gradient("L").resize(size)
    across = Image.linear_gradient("L").rotate(90).resize(size)
    return Image.composite(
        Image.new("RGB", size, dark), Image.new("RGB", size, light), Image.blend(slope, across, 0.45)
    )


def _figures() -> Iterable[tuple[list[Line], Colour, float]]:
    centre, seal = (560, 318), (880, 500)
    for way in (-1, 1):
        yield [_rosette(centre, 96 + 9 * k, 20 + 1.6 * k, 12, way * k * 0.028) for k in range(14)], JADE, 0.2
        yield [_rosette(centre, 22 + 6 * k, 6 + 1.5 * k, 8, way * k * 0.05) for k in range(9)], GOLD, 0.34
        yield [_rosette(seal, 18 + 5 * k, 4 + 1.3 * k, 10, way * k * 0.04) for k in range(10)], GOLD, 0.6
        yield [_rosette(seal, 78 + 2.4 * k, 7, 20, way * k * 0.03) for k in range(5)], JADE, 0.45
    yield [_wave(470, 12 + 1.5 * k, 330, k * 0.06) for k in range(14)], JADE, 0.2
    yield [_wave(226, 10 + 2 * k, 410, 2 + k * 0.06) for k in range(12)], GOLD, 0.2


def _rosette(centre: tuple[float, float], radius: float, swing: float, petals: int, turn: float) -> Line:
    def point(step: int) -> tuple[float, float]:
        angle = math.tau * step / 720
        reach = radius + swing * math.sin(petals * (angle + turn))
        return centre[0] + reach * math.cos(angle), centre[1] + reach * math.sin(angle)

    return [point(step) for step in range(721)]


def _wave(level: float, height: float, length: float, shift: float) -> Line:
    def at(x: int) -> float:
        return level + height * math.sin(x / length * math.tau + shift) * math.cos(x / WIDTH * math.pi + shift / 3)

    return [(float(x), at(x)) for x in range(-8, WIDTH + 16, 6)]


def _engraved(lines: Iterable[Line], strength: float, width: int = 2) -> Image.Image:
    """A mask with hair lines; `strength` 0 to 1."""
    mask = Image.new("L", (WIDTH * _SCALE, HEIGHT * _SCALE))
    draw = ImageDraw.Draw(mask)
    for line in lines:
        draw.line([(x * _SCALE, y * _SCALE) for x, y in line], fill=round(255 * strength), width=width)
    return mask.reduce(_SCALE)


def _hills(face: Image.Image) -> None:
    """Three ranges behind one another, and the river before them."""
    ranges = (
        (548, 30, lambda x: math.sin(x / 118 + 0.6) + 0.55 * math.sin(x / 47), 0.10),
        (574, 26, lambda x: math.sin(x / 92 + 2.4) + 0.5 * math.sin(x / 39 + 1), 0.13),
        (600, 17, lambda x: math.sin(x / 140 + 4.0) + 0.4 * math.sin(x / 55 + 2), 0.17),
    )
    for level, height, shape, strength in ranges:
        face.paste(JADE, mask=_range(level, height, shape, strength))
    river = [[(float(x), 606 + 5 * k + 2 * math.sin(x / 34 + k)) for x in range(0, WIDTH + 4, 4)] for k in range(5)]
    face.paste(WHITE, mask=_engraved(river, 0.5))


def _range(level: float, height: float, shape: Callable[[float], float], strength: float) -> Image.Image:
    mask = Image.new("L", (WIDTH * _SCALE, HEIGHT * _SCALE))
    crest = [(x * _SCALE, (level - height * shape(x)) * _SCALE) for x in range(0, WIDTH + 4, 4)]
    outline = [*crest, (WIDTH * _SCALE, HEIGHT * _SCALE), (0, HEIGHT * _SCALE)]
    ImageDraw.Draw(mask).polygon(outline, fill=round(255 * strength))
    return mask.reduce(_SCALE)


def _header(face: Image.Image) -> None:
    band = _gradient((WIDTH, _HEADER), DEEP, (14, 128, 120))
    lines = [_wave(60, 14 + 3 * k, 300, k * 0.07) for k in range(16)]
    band.paste(WHITE, mask=_engraved(lines, 0.17).crop((0, 0, WIDTH, _HEADER)))
    face.paste(band, (0, 0))
    draw = ImageDraw.Draw(face)
    draw.rectangle((0, _HEADER, WIDTH, _HEADER + 3), fill=GOLD)
    draw.rectangle((0, _HEADER + 4, WIDTH, _HEADER + 4), fill=(232, 211, 160))


def _frames(face: Image.Image) -> None:
    shadow = Image.new("L", (WIDTH, HEIGHT))
    for left, top, right, bottom in (PHOTO, QR_PLATE):
        ImageDraw.Draw(shadow).rounded_rectangle((left - 4, top + 2, right + 4, bottom + 9), 18, fill=96)
    face.paste(DEEP, mask=shadow.filter(ImageFilter.GaussianBlur(7)))
    for box in ((PHOTO[0] - 5, PHOTO[1] - 5, PHOTO[2] + 5, PHOTO[3] + 5), QR_PLATE):
        plate(face, box, 17)


def plate(face: Image.Image, box: Box, radius: int, colour: Colour = WHITE) -> None:
    """A filled rectangle with smooth round corners."""
    face.paste(colour, box, mask=rounded((box[2] - box[0], box[3] - box[1]), radius))


def _inscriptions(face: Image.Image) -> None:
    draw = ImageDraw.Draw(face)
    plate(face, (46, 26, 114, 94), 14, VERMILION)
    draw.rounded_rectangle((51, 31, 108, 88), 10, outline=(236, 190, 170), width=2)
    draw.text((80, 59), "融", font=font(46), fill=WHITE, anchor="mm", stroke_width=1, stroke_fill=WHITE)
    draw.text((134, 16), "虚拟市民卡", font=font(46), fill=WHITE, stroke_width=1, stroke_fill=WHITE)
    spaced(draw, (136, 76), "VIRTUAL CITIZEN CARD", 19, (214, 236, 230), 3.1)
    draw.text((346, 152), "姓名  Name", font=font(20), fill=FAINT_INK)
    draw.text((346, 300), "有效期至  Valid until", font=font(20), fill=FAINT_INK)
    draw.text((48, 490), "卡号  Card number", font=font(20), fill=FAINT_INK)
    draw.text((840, 394), "扫码了解  About this card", font=font(17), fill=FAINT_INK, anchor="mm")
    draw.text((0, 617), _MICRO * 8, font=font(8), fill=JADE)
