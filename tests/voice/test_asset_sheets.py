"""Sheets of labels: every code on them is read again by an independent reader, and the Chinese words are there."""

from __future__ import annotations

from datetime import UTC, datetime

import pypdfium2
import pytest
import zxingcpp

from app.domains.voice.street.assets.number import code_for, grouped
from app.domains.voice.street.assets.sheets.drawing import draw
from app.domains.voice.street.assets.sheets.model import Label, Paper

_AT = datetime(2026, 3, 9, 1, tzinfo=UTC)


def _labels(count: int) -> list[Label]:
    codes = [code_for("350102", f"H-{n}") for n in range(count)]
    owner, name = "福州市鼓楼区消防救援大队", "五四路 128 号温泉大饭店门前东侧人行道消火栓"
    return [
        Label(grouped(c), f"https://rong.fuzhou.gov.cn/q/{c}", "消火栓", "fire hydrant", name, owner) for c in codes
    ]


def _pages(raw: bytes, scale: float = 150 / 72) -> list[tuple[str, set[str]]]:
    """Of each page its text, and what its codes say."""
    document = pypdfium2.PdfDocument(raw)
    found = []
    for page in document:
        picture = page.render(scale=scale).to_pil()
        codes = {one.text for one in zxingcpp.read_barcodes(picture, zxingcpp.BarcodeFormat.QRCode)}
        found.append((page.get_textpage().get_text_range(), codes))
    return found


def test_every_code_of_a_sheet_is_read_again() -> None:
    labels = _labels(50)
    pages = _pages(draw(labels, "市政二维码", _AT))
    assert [len(codes) for _, codes in pages] == [24, 24, 2]
    assert set().union(*(codes for _, codes in pages)) == {label.address for label in labels}


def test_the_words_are_there_as_text_in_both_languages() -> None:
    labels = _labels(1)
    ((text, _),) = _pages(draw(labels, "市政二维码", _AT))
    for words in ("消火栓", "fire hydrant", labels[0].code, labels[0].owner, "扫码报修"):
        assert words in text
    assert "…" in text  # the long name is cut, not printed over its neighbour


def test_a_sheet_is_small_though_its_font_is_large_and_comes_out_the_same_each_time() -> None:
    raw = draw(_labels(24), "市政二维码", _AT)
    assert len(raw) < 150_000
    assert _pages(raw) == _pages(draw(_labels(24), "市政二维码", _AT))


@pytest.mark.parametrize("place", range(24))
def test_every_label_lies_on_the_paper(place: int) -> None:
    paper = Paper()
    x, y = paper.corner(place)
    assert x >= 5
    assert y >= 5
    assert x + paper.width <= 205
    assert y + paper.height <= 292
