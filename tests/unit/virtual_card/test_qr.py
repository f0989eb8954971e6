"""What we draw is read back by a reader that shares no code with the writer."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from xml.etree import ElementTree

import zxingcpp
from PIL import Image

from virtual_card.codes import qr
from virtual_card.codes.keys import SigningKey
from virtual_card.codes.offline import OfflineClaims, seal
from virtual_card.codes.online import new_online_code


def read(picture: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(picture, zxingcpp.BarcodeFormat.QRCode)]


def picture_of(rows: list[str], scale: int) -> Image.Image:
    side = len(rows)
    dots = bytes(0 if module == "1" else 255 for row in rows for module in row)
    code = Image.frombytes("L", (side, side), dots).resize((side * scale, side * scale), Image.Resampling.NEAREST)
    sheet = Image.new("L", (code.width + 8 * scale, code.height + 8 * scale), 255)
    sheet.paste(code, (4 * scale, 4 * scale))
    return sheet


def test_an_online_code_is_25_modules_wide_and_reads_back() -> None:
    for _ in range(20):
        code = new_online_code()
        rows = qr.matrix(code)
        assert len(rows) == 25
        assert all(len(row) == 25 for row in rows)
        assert read(picture_of(rows, 3)) == [code]


def test_an_offline_code_is_49_modules_wide_and_reads_back(
    claims_with: Callable[..., OfflineClaims], key: SigningKey
) -> None:
    text = seal(claims_with(), key)
    assert len(qr.matrix(text)) == 49
    assert read(Image.open(io.BytesIO(qr.png(text, scale=4)))) == [text]


def test_the_png_of_an_online_code_reads_back_even_when_turned_and_blurred() -> None:
    code = new_online_code()
    picture = Image.open(io.BytesIO(qr.png(code))).convert("L").rotate(11, expand=True, fillcolor=255)
    assert read(picture.resize((140, 140))) == [code]


def test_the_svg_is_well_formed_without_a_fixed_size_and_titled() -> None:
    drawn = qr.svg(new_online_code(), title='"动态码" <60 s>')
    root = ElementTree.fromstring(drawn)
    assert root.tag.endswith("svg")
    assert root.get("viewBox") == "0 0 33 33"
    assert root.get("width") is None
    assert any(part.text == '"动态码" <60 s>' for part in root.iter() if part.tag.endswith("title"))
    assert not re.search(r"<script|href", drawn)
