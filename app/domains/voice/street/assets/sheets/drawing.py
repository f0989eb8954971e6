"""Drawing a sheet of labels as PDF: codes as rectangles, so that they print sharp at any size, and words in a Chinese
font, of which those characters that stand there come with the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import segno
from fpdf import FPDF

from app.core.paper import FONT, blank
from app.domains.voice.street.assets.sheets.model import Label, Paper

_QR: Final = 28.0  # mm, quiet zone included
_QUIET: Final = 4  # modules, ISO/IEC 18004
_INK: Final = (11, 47, 58)


def draw(labels: Sequence[Label], title: str, at: datetime, paper: Paper | None = None) -> bytes:
    """A PDF of as many pages as they need. Takes some tenths of a second: not for the event loop."""
    grid = paper or Paper()
    pdf = blank(title, at)
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    pdf.c_margin = 0
    for place, label in enumerate(labels):
        if place % grid.per_page == 0:
            pdf.add_page()
        _label(pdf, label, *grid.corner(place), grid)
    return bytes(pdf.output())


def _label(pdf: FPDF, label: Label, x: float, y: float, paper: Paper) -> None:
    pdf.set_draw_color(200, 200, 200)
    pdf.set_line_width(0.1)
    pdf.rect(x, y, paper.width, paper.height)
    _qr(pdf, label.address, x + 1.5, y + (paper.height - _QR) / 2)
    left, width = x + _QR + 2.5, paper.width - _QR - 3.5
    pdf.set_text_color(*_INK)
    _line(pdf, label.kind_zh, left, y + 2.6, width, 11)
    _line(pdf, label.kind_en, left, y + 7.4, width, 6.5)
    _line(pdf, label.name, left, y + 11.2, width, 7)
    _line(pdf, label.code, left, y + 16.2, width, 10.5)
    _line(pdf, label.owner, left, y + 21.8, width, 5.5)
    _line(pdf, "扫码报修、提意见", left, y + 25.4, width, 6.5)
    _line(pdf, "Scan to report", left, y + 28.8, width, 6)


def _line(pdf: FPDF, text: str, x: float, y: float, width: float, size: float) -> None:
    """One line of text, smaller where it would be too long, and cut where even that does not do."""
    pdf.set_font(FONT, size=size)
    while size > 4.5 and pdf.get_string_width(text) > width:
        size -= 0.5
        pdf.set_font(FONT, size=size)
    shown = text
    while shown and pdf.get_string_width(f"{shown}…") > width and pdf.get_string_width(text) > width:
        shown = shown[:-1]
    pdf.set_xy(x, y)
    pdf.cell(width, size * 0.42, shown if shown == text else f"{shown}…")


def _qr(pdf: FPDF, text: str, x: float, y: float) -> None:
    """Runs of dark modules as one rectangle each: fewer seams between them."""
    rows = _modules(text)
    module = _QR / (len(rows) + 2 * _QUIET)
    pdf.set_fill_color(0, 0, 0)
    for number, row in enumerate(rows):
        for start, length in _runs(row):
            corner = (x + (start + _QUIET) * module, y + (number + _QUIET) * module)
            pdf.rect(*corner, length * module, module, style="F")


def _modules(text: str) -> list[bytes]:
    """Correction M (15 %) at least: a label is scratched and sprayed over."""
    return [bytes(row) for row in segno.make_qr(text, error="m", boost_error=True).matrix]


def _runs(row: bytes) -> list[tuple[int, int]]:
    """(start, length) of what is dark."""
    found, start = list[tuple[int, int]](), None
    for place, dark in enumerate([*row, 0]):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            found.append((start, place - start))
            start = None
    return found
