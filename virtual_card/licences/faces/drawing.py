"""The face of a licence as a picture, in Chinese and English, as WebP or PNG."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, Literal

import segno
from PIL import Image, ImageDraw
from PIL.ImageFont import FreeTypeFont

from app.core.said import Said
from virtual_card.face import engraving
from virtual_card.face.drawing import transparency
from virtual_card.face.engraving import WHITE, Colour, font
from virtual_card.face.portrait import opened_portrait
from virtual_card.licences.faces.ground import ground
from virtual_card.licences.faces.seal import SIDE, seal
from virtual_card.licences.faces.words import CARD_SIZES, CERTIFICATE_SIZES, INK, Column, fitting
from virtual_card.licences.kinds import Kind, Shape

Format = Literal["webp", "png"]

_TEMPLATE: Final = 2  # raise it whenever the drawing changes: old pictures then stop being served
_CODE: dict[Shape, engraving.Box] = {"card": (744, 138, 952, 346), "certificate": (120, 978, 278, 1136)}
_ENDLESS = Said("长期", "no end")
_STATES: dict[str, tuple[str, str, Colour]] = {
    "suspended": ("已暂停", "SUSPENDED", (196, 38, 30)),
    "revoked": ("已注销", "REVOKED", (64, 68, 74)),
    "replaced": ("已换发", "REPLACED", (64, 68, 74)),
    "expired": ("已过期", "EXPIRED", (176, 108, 16)),
}


@dataclass(frozen=True, slots=True)
class Face:
    """What is seen of a licence. `facts` are labels and values in order, `photo` a JPEG; `qr_text` the reference."""

    kind: Kind
    number: str
    facts: tuple[tuple[Said, str], ...]
    issuer: str
    valid_from: date
    valid_until: date | None
    state: str
    photo: bytes | None
    qr_text: str

    @property
    def validity(self) -> str:
        return f"{self.valid_from:%Y.%m.%d} — {f'{self.valid_until:%Y.%m.%d}' if self.valid_until else _ENDLESS.zh}"


def content_key(face: Face, format: Format) -> str:
    """SHA-256 in hex over everything that shapes the picture."""
    digest = hashlib.sha256(f"licence/{_TEMPLATE}/{format}".encode())
    parts = (face.kind, face.number, face.facts, face.issuer, face.validity, face.state, face.photo, face.qr_text)
    for part in parts:
        data = part if isinstance(part, bytes) else repr(part).encode()
        digest.update(len(data).to_bytes(8, "big") + data)  # lengths keep neighbours from running together
    return digest.hexdigest()


def render(face: Face, format: Format) -> bytes:
    """Raises PhotoUnreadable."""
    picture = ground(face.kind).copy()
    if face.kind.shape == "card":
        _card(picture, face)
    else:
        _certificate(picture, face)
    if face.state in _STATES:
        picture = _marked(picture, face.state)
    _code(picture, face)
    return _encoded(picture, face, format)


def _card(picture: Image.Image, face: Face) -> None:
    draw, kind = ImageDraw.Draw(picture), face.kind
    title = fitting(kind.title.zh, 560, (46, 40, 36))
    draw.text((48, 40), kind.title.zh, font=title, fill=WHITE, anchor="lm", stroke_width=1, stroke_fill=WHITE)
    draw.text(
        (50, 82), kind.title.en.upper(), font=fitting(kind.title.en.upper(), 560, (18, 16)), fill=WHITE, anchor="lm"
    )
    draw.text((952, 40), "电子证照", font=font(24), fill=WHITE, anchor="rm")
    draw.text((952, 76), "ELECTRONIC LICENCE", font=font(14), fill=WHITE, anchor="rm")
    left = 48
    if face.photo is not None:
        _photo(picture, face.photo, (48, 140, 248, 386))
        left = 286
    Column(draw, left, 138, 952 - 230 - left, 430, kind.ink, CARD_SIZES).write(face.facts)
    _stamp(picture, face.issuer, (730, 372))
    _foot_of_card(draw, face)


def _foot_of_card(draw: ImageDraw.ImageDraw, face: Face) -> None:
    ink = face.kind.ink
    draw.line((48, 462, 700, 462), fill=ink, width=1)
    for y, label, value in (
        (474, "证照编号  Number", face.number),
        (524, "有效期限  Valid", face.validity),
        (574, "签发机关  Issued by", face.issuer),
    ):
        draw.text((48, y + 12), label, font=font(17), fill=ink, anchor="lm")
        draw.text((236, y + 11), value, font=fitting(value, 480, (26, 23, 20, 17)), fill=INK, anchor="lm")


def _certificate(picture: Image.Image, face: Face) -> None:
    draw, kind = ImageDraw.Draw(picture), face.kind
    middle = picture.width / 2
    size = fitting(kind.title.zh, 600, (64, 58, 52, 46))
    _spread(draw, (middle, 172), kind.title.zh, size, kind.ink)
    draw.text((middle, 232), kind.title.en.upper(), font=font(20), fill=kind.ink, anchor="mm")
    draw.line((middle - 120, 262, middle + 120, 262), fill=(196, 160, 92), width=2)
    draw.text((middle, 292), f"编号 No. {face.number}", font=font(21), fill=INK, anchor="mm")
    width = 660
    if face.photo is not None:
        _photo(picture, face.photo, (614, 340, 780, 545))
        width = 460
    Column(draw, 120, 342, width, 930, kind.ink, CERTIFICATE_SIZES, most_lines=4, wide=660, narrow_until=560).write(
        face.facts
    )
    draw.text((199, 1156), "扫码核验 Verify", font=font(16), fill=kind.ink, anchor="mm")
    _foot_of_certificate(picture, draw, face)


def _spread(draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, of: FreeTypeFont, ink: Colour) -> None:
    """A title, its letters set apart, about a middle."""
    gap = 12
    x = at[0] - (sum(of.getlength(letter) for letter in text) + gap * (len(text) - 1)) / 2
    for letter in text:
        draw.text((x, at[1]), letter, font=of, fill=ink, anchor="lm", stroke_width=1.4, stroke_fill=ink)
        x += of.getlength(letter) + gap


def _foot_of_certificate(picture: Image.Image, draw: ImageDraw.ImageDraw, face: Face) -> None:
    right = picture.width - 120
    _stamp(picture, face.issuer, (right - 236, 936))  # before the words, which stay readable over it
    draw.text((right, 1012), face.issuer, font=fitting(face.issuer, 420, (30, 26, 22)), fill=INK, anchor="rm")
    draw.text((right, 1062), f"{face.valid_from:%Y 年 %m 月 %d 日}", font=font(26), fill=INK, anchor="rm")
    until = f"有效期至 Valid until {face.valid_until:%Y.%m.%d}" if face.valid_until else "长期有效 Valid without end"
    draw.text((right, 1108), until, font=font(18), fill=face.kind.ink, anchor="rm")


def _photo(picture: Image.Image, photo: bytes, box: engraving.Box) -> None:
    size = (box[2] - box[0], box[3] - box[1])
    engraving.plate(picture, (box[0] - 4, box[1] - 4, box[2] + 4, box[3] + 4), 10)
    picture.paste(opened_portrait(photo, size), box, mask=engraving.rounded(size, 7))


def _stamp(picture: Image.Image, issuer: str, at: tuple[int, int]) -> None:
    stamp = seal(issuer)
    picture.paste(stamp, (*at, at[0] + SIDE, at[1] + SIDE), mask=stamp)


def _code(picture: Image.Image, face: Face) -> None:
    """Drawn last, so that one that holds no more can be looked up, too."""
    box = _CODE[face.kind.shape]
    engraving.plate(picture, box, 14)
    code = segno.make_qr(face.qr_text, error="m")
    side = len(code.matrix)
    dots = Image.frombytes("L", (side, side), bytes(0 if dark else 255 for row in code.matrix for dark in row))
    scale = (box[2] - box[0]) // (side + 6)
    dots = dots.resize((side * scale, side * scale), Image.Resampling.NEAREST)
    corner = ((box[0] + box[2] - side * scale) // 2, (box[1] + box[3] - side * scale) // 2)
    picture.paste(dots.convert("RGB"), corner)


def _marked(picture: Image.Image, state: str) -> Image.Image:
    """Faded, with the state's band across its middle."""
    faded = Image.blend(picture, picture.convert("L").convert("RGB"), 0.75)
    band, strength = _band(state)
    at = ((picture.width - band.width) // 2, (picture.height - band.height) // 2)
    faded.paste(band, at, mask=strength)
    return faded


@lru_cache(maxsize=8)
def _band(state: str) -> tuple[Image.Image, Image.Image]:
    """Its colours and how strongly they cover."""
    chinese, english, colour = _STATES[state]
    band = Image.new("RGBA", (1300, 480), (*colour, 0))
    draw = ImageDraw.Draw(band)
    draw.rectangle((0, 180, 1300, 300), fill=(*colour, 214))
    for y in (187, 291):
        draw.rectangle((0, y, 1300, y + 2), fill=(255, 255, 255, 190))
    draw.text((540, 238), chinese, font=font(70), fill=WHITE, anchor="mm", stroke_width=1.5, stroke_fill=WHITE)
    draw.text((672, 242), english, font=font(36), fill=WHITE, anchor="lm", stroke_width=0.6, stroke_fill=WHITE)
    turned = band.rotate(13, Image.Resampling.BICUBIC)
    return turned.convert("RGB"), turned.getchannel("A")


def _encoded(picture: Image.Image, face: Face, format: Format) -> bytes:
    card = face.kind.shape == "card"
    if format == "webp" and card:
        return transparency().encode(picture)  # cards are of one size
    if card:
        picture.putalpha(engraving.corners())
    out = io.BytesIO()
    if format == "webp":
        picture.save(out, "WEBP", quality=82, method=0)
    else:
        picture.save(out, "PNG", compress_level=1)
    return out.getvalue()
