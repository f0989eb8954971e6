"""The card's face as a picture: 1000 × 630 with round corners, in Chinese and English, as WebP or PNG."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from typing import Final, Literal

import segno
from PIL import Image, ImageDraw
from PIL.ImageFont import FreeTypeFont

from virtual_card.cards.number import grouped
from virtual_card.face import engraving
from virtual_card.face.engraving import FAINT_INK, GOLD, HEIGHT, INK, PHOTO, QR_PLATE, WHITE, WIDTH, Colour, font
from virtual_card.face.portrait import opened_portrait
from virtual_card.face.webp import Transparency

Format = Literal["webp", "png"]

_TEMPLATE: Final = 1  # raise it whenever the drawing changes: old pictures then stop being served
_NAME_AT, _NAME_WIDTH = (346, 180), 366
_NAME_SIZES = (58, 52, 46, 42)  # for one line; smaller than that, two lines read better
_TWO_LINE_SIZES = (44, 40, 36, 32, 28, 24, 20)
_STATES: dict[str, tuple[str, str, Colour]] = {
    "suspended": ("已挂失", "SUSPENDED", (196, 38, 30)),
    "revoked": ("已注销", "REVOKED", (64, 68, 74)),
    "expired": ("已过期", "EXPIRED", (176, 108, 16)),
}
_FAMILY: dict[str, tuple[str, str]] = {
    "minor": ("亲情卡 · 未成年人", "Family card · minor"),
    "elder": ("亲情卡 · 长者", "Family card · elder"),
}


@dataclass(frozen=True, slots=True)
class Face:
    """What is seen on a card.

    `state`: active, suspended, revoked, expired. `kind`: personal, minor, elder; the last two are family cards, whose
    `held_by` names who carries the card for the person shown. `photo`: JPEG or PNG. `qr_text`: the public reference.
    """

    city: str
    name: str
    number: str
    valid_until: date
    state: str
    kind: str
    photo: bytes
    qr_text: str
    held_by: str = ""


def content_key(face: Face, format: Format) -> str:
    """SHA-256 in hex over everything that shapes the picture."""
    digest = hashlib.sha256(f"{_TEMPLATE}/{format}".encode())
    for field in fields(face):
        value = getattr(face, field.name)
        part = value if isinstance(value, bytes) else str(value).encode()
        digest.update(len(part).to_bytes(8, "big") + part)  # lengths keep neighbours from running together
    return digest.hexdigest()


def render(face: Face, format: Format) -> bytes:
    """Raises PhotoUnreadable."""
    picture = engraving.ground().copy()
    _photo(picture, face.photo)
    _words(ImageDraw.Draw(picture), face)
    _family_mark(picture, face)
    if face.state in _STATES:
        picture = _marked(picture, face.state)
    _qr(picture, face.qr_text)
    return _encoded(picture, format)


def _photo(picture: Image.Image, photo: bytes) -> None:
    size = (PHOTO[2] - PHOTO[0], PHOTO[3] - PHOTO[1])
    picture.paste(opened_portrait(photo, size), PHOTO, mask=engraving.rounded(size, 13))


def _words(draw: ImageDraw.ImageDraw, face: Face) -> None:
    draw.text(
        (952, 60),
        face.city,
        font=_fitting(face.city, 420, (42, 36, 30)),
        fill=WHITE,
        anchor="rm",
        stroke_width=1,
        stroke_fill=WHITE,
    )
    _name(draw, face.name)
    draw.text((346, 326), f"{face.valid_until:%Y / %m}", font=font(38), fill=INK)
    _number(draw, grouped(face.number))


def _name(draw: ImageDraw.ImageDraw, name: str) -> None:
    lines, size = _fitted(name)
    top = _NAME_AT[1] if len(lines) == 1 else _NAME_AT[1] + 2
    for row, line in enumerate(lines):
        at = (_NAME_AT[0], top + row * size * 1.22)
        draw.text(at, line, font=font(size), fill=INK, stroke_width=0.7, stroke_fill=INK)


def _fitted(name: str) -> tuple[list[str], int]:
    """The name's lines and their size: never cut, and broken only where names part (`·`, blank), if it can be."""
    if font(_NAME_SIZES[-1]).getlength(name) <= _NAME_WIDTH:
        return [name], int(_fitting(name, _NAME_WIDTH, _NAME_SIZES).size)
    lines = _halves(name)
    return lines, int(_fitting(max(lines, key=font(20).getlength), _NAME_WIDTH, _TWO_LINE_SIZES).size)


def _fitting(text: str, width: int, sizes: tuple[int, ...]) -> FreeTypeFont:
    """The first of `sizes` at which the text is no wider, or as small as it takes."""
    for size in sizes:
        if font(size).getlength(text) <= width:
            return font(size)
    return font(max(6, int(sizes[-1] * width / font(sizes[-1]).getlength(text))))


def _halves(name: str) -> list[str]:
    breaks = [at + 1 for at, letter in enumerate(name) if letter in "·• " and at + 1 < len(name)]
    middle = min(breaks or [(len(name) + 1) // 2], key=lambda at: abs(at - len(name) / 2))
    return [name[:middle].rstrip(" "), name[middle:]]


def _number(draw: ImageDraw.ImageDraw, number: str) -> None:
    x = 48.0
    for group in number.split(" "):
        x = engraving.spaced(draw, (x, 512), group, 54, INK, 1.5) + 28


def _family_mark(picture: Image.Image, face: Face) -> None:
    if face.kind not in _FAMILY:
        return
    chinese, english = _FAMILY[face.kind]
    draw = ImageDraw.Draw(picture)
    right = int(346 + font(24).getlength(chinese) + 36)
    engraving.plate(picture, (346, 398, right, 438), 20, GOLD)
    draw.text((364, 417), chinese, font=font(24), fill=WHITE, anchor="lm", stroke_width=0.5, stroke_fill=WHITE)
    held = f"代持人 {face.held_by}  ·  {english}" if face.held_by else english
    draw.text((348, 446), held, font=_fitting(held, 400, (18, 16)), fill=FAINT_INK)


def _marked(picture: Image.Image, state: str) -> Image.Image:
    """Faded, with the state's band across."""
    faded = Image.blend(picture, picture.convert("L").convert("RGB"), 0.75)
    band, strength = _band(state)
    faded.paste(band, mask=strength)
    return faded


@lru_cache(maxsize=8)
def _band(state: str) -> tuple[Image.Image, Image.Image]:
    """Its colours and how strongly they cover."""
    chinese, english, colour = _STATES[state]
    band = Image.new("RGBA", (1300, HEIGHT), (*colour, 0))
    draw = ImageDraw.Draw(band)
    draw.rectangle((0, 255, 1300, 375), fill=(*colour, 214))
    for y in (262, 366):
        draw.rectangle((0, y, 1300, y + 2), fill=(255, 255, 255, 190))
    draw.text((440, 313), chinese, font=font(76), fill=WHITE, anchor="mm", stroke_width=1.5, stroke_fill=WHITE)
    draw.text((572, 317), english, font=font(40), fill=WHITE, anchor="lm", stroke_width=0.6, stroke_fill=WHITE)
    turned = band.rotate(13, Image.Resampling.BICUBIC)  # wider than the card, so that its ends stay outside
    left = (1300 - WIDTH) // 2
    seen = turned.crop((left, 0, left + WIDTH, HEIGHT))
    return seen.convert("RGB"), seen.getchannel("A")


def _qr(picture: Image.Image, text: str) -> None:
    """Drawn last, on its plate, so that a verifier can look a suspended card up, too."""
    engraving.plate(picture, QR_PLATE, 17)
    code = segno.make_qr(text, error="m")
    side = len(code.matrix)
    modules = Image.frombytes("L", (side, side), bytes(0 if dark else 255 for row in code.matrix for dark in row))
    scale = (QR_PLATE[2] - QR_PLATE[0]) // (side + 6)  # the plate's rim and the frame around it complete the quiet zone
    modules = modules.resize((side * scale, side * scale), Image.Resampling.NEAREST)
    corner = ((QR_PLATE[0] + QR_PLATE[2] - side * scale) // 2, (QR_PLATE[1] + QR_PLATE[3] - side * scale) // 2)
    picture.paste(modules.convert("RGB"), corner)


def _encoded(picture: Image.Image, format: Format) -> bytes:
    if format == "webp":
        return transparency().encode(picture)
    picture.putalpha(engraving.corners())
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1)
    return out.getvalue()


@lru_cache(maxsize=1)
def transparency() -> Transparency:
    """Of every card: a quarter of a second to make, once a process."""
    return Transparency(engraving.corners())
