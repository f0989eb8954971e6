"""The round red seal (印章) of whoever issued a licence, marked as electronic: ring, star, name along the arc."""

from __future__ import annotations

import math
from functools import lru_cache

from PIL import Image, ImageDraw

from virtual_card.face.engraving import font

SIDE = 216
_SCALE = 3
_RED = (200, 32, 34)
_STRENGTH = 0.86
_TURN = 7  # degrees: nobody sets a stamp down quite straight
_MARK = "电子证照专用章"
_ARC = 226  # degrees that a long name may take


@lru_cache(maxsize=64)
def seal(issuer: str) -> Image.Image:
    """RGBA, `SIDE` pixels square. A name that is too long for the arc is set smaller."""
    side = SIDE * _SCALE
    mask = Image.new("L", (side, side))
    draw = ImageDraw.Draw(mask)
    rim = 5 * _SCALE
    draw.ellipse((rim, rim, side - rim, side - rim), outline=255, width=int(4.6 * _SCALE))
    draw.polygon(_star(side / 2, side / 2, 31 * _SCALE), fill=255)
    _along_the_arc(mask, issuer)
    mark = font(16 * _SCALE)
    draw.text((side / 2, side * 0.785), _MARK, font=mark, fill=255, anchor="mm", stroke_width=1, stroke_fill=255)
    strength = mask.rotate(_TURN, Image.Resampling.BICUBIC).reduce(_SCALE).point(lambda dark: int(dark * _STRENGTH))
    stamp = Image.new("RGBA", (SIDE, SIDE), (*_RED, 0))
    stamp.putalpha(strength)
    return stamp


def _star(x: float, y: float, reach: float) -> list[tuple[float, float]]:
    def tip(number: int) -> tuple[float, float]:
        angle, far = math.pi * (number / 5 - 0.5), reach * (1 if number % 2 == 0 else 0.382)
        return x + far * math.cos(angle), y + far * math.sin(angle)

    return [tip(number) for number in range(10)]


def _along_the_arc(mask: Image.Image, text: str) -> None:
    """Each letter turned so that it stands on the arc, feet towards the middle."""
    middle, radius = mask.width / 2, mask.width / 2 - 29 * _SCALE
    apart = min(25.0, _ARC / max(1, len(text) - 1))
    size = int(min(27, apart * 1.5) * _SCALE)
    for place, letter in enumerate(text):
        angle = (place - (len(text) - 1) / 2) * apart
        turned = _letter(letter, max(8, size), -angle)
        x = middle + radius * math.sin(math.radians(angle)) - turned.width / 2
        y = middle - radius * math.cos(math.radians(angle)) - turned.height / 2
        mask.paste(255, (round(x), round(y)), turned)


def _letter(letter: str, size: int, degrees: float) -> Image.Image:
    square = Image.new("L", (size * 2, size * 2))
    draw = ImageDraw.Draw(square)
    draw.text((size, size), letter, font=font(size), fill=255, anchor="mm", stroke_width=1, stroke_fill=255)
    return square.rotate(degrees, Image.Resampling.BICUBIC)
