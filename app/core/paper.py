"""Paper: A4 as PDF in the city's Chinese font. The characters that stand there come with the file, so that it looks
the same everywhere, for years. A `Proof` is what somebody shows to prove something: facts, lines, and a code.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

import segno
from noto_cjk_sans_otc import FONT_PATH

if TYPE_CHECKING:
    from fpdf import FPDF

FONT: Final = "city"
_SIMPLIFIED: Final = 2  # of the fonts in the collection
_INK: Final = (11, 47, 58)
_SOFT: Final = (95, 110, 116)
_LINE: Final = (210, 214, 216)
_HEIGHT, _LEFT, _WIDTH, _FOOT = 297.0, 20.0, 170.0, 20.0
_QR, _QUIET = 34.0, 4  # millimetres, and modules as ISO 18004 asks for


def blank(title: str, at: datetime, *, language: str = "zh-CN", kind: type[FPDF] | None = None) -> FPDF:
    """A document without a page yet, in millimetres; `kind` is a class of its own where pages have a foot."""
    # Fifteen megabytes with what it imports: a process that draws nothing does without them.
    from fpdf import FPDF  # noqa: PLC0415

    pdf = (kind or FPDF)(format="A4", unit="mm")
    pdf.add_font(FONT, fname=FONT_PATH, collection_font_number=_SIMPLIFIED)
    pdf.set_creation_date(at)
    pdf.set_title(title)
    pdf.set_lang(language)
    return pdf


class Proof:
    """From top to bottom; pages follow each other by themselves."""

    def __init__(self, title: str, at: datetime) -> None:
        self._pdf = blank(title, at)
        self._pdf.set_auto_page_break(True, _FOOT)
        self._pdf.set_margins(_LEFT, 18)
        self._pdf.add_page()

    def title(self, text: str) -> None:
        self._text(text, 17, 11)

    def fact(self, name: str, value: str) -> None:
        self._text(name, 8, 4.6, soft=True)
        self._text(value, 11, 6.2)

    def gap(self) -> None:
        self._pdf.ln(3)

    def row(self, text: str, figure: str, size: float = 10.5) -> None:
        """A line of a table: its figure stands at the right of its first line."""
        pdf, aside = self._pdf, 40.0
        self._pen(size)
        pdf.set_draw_color(*_LINE)
        pdf.set_x(_LEFT + _WIDTH - aside)
        pdf.cell(aside, 7, figure, align="R", new_x="LMARGIN", new_y="TOP")
        pdf.multi_cell(_WIDTH - aside, 7, text, align="L", new_x="LMARGIN", new_y="NEXT")
        pdf.line(_LEFT, pdf.get_y(), _LEFT + _WIDTH, pdf.get_y())

    def check(self, words: str, address: str) -> None:
        """The code, and where it leads: who has no camera types it in."""
        pdf = self._pdf
        if pdf.get_y() > _HEIGHT - _FOOT - _QR - 12:
            pdf.add_page()
        top = pdf.get_y() + 8
        self._code(address, top)
        pdf.set_xy(_LEFT + _QR + 4, top + 8)
        self._pen(9, soft=True)
        pdf.multi_cell(_WIDTH - _QR - 4, 5, f"{words}\n{address}")

    def done(self) -> bytes:
        return bytes(self._pdf.output())

    def _code(self, address: str, top: float) -> None:
        rows = [bytes(row) for row in segno.make_qr(address, error="m").matrix]
        module = _QR / (len(rows) + 2 * _QUIET)
        self._pdf.set_fill_color(0, 0, 0)
        for number, row in enumerate(rows):
            for place, dark in enumerate(row):
                if dark:
                    corner = (_LEFT + (place + _QUIET) * module, top + (number + _QUIET) * module)
                    self._pdf.rect(*corner, module, module, style="F")

    def _text(self, text: str, size: float, height: float, *, soft: bool = False) -> None:
        self._pen(size, soft=soft)
        self._pdf.multi_cell(_WIDTH, height, text, align="L", new_x="LMARGIN", new_y="NEXT")

    def _pen(self, size: float, *, soft: bool = False) -> None:
        self._pdf.set_font(FONT, size=size)
        self._pdf.set_text_color(*(_SOFT if soft else _INK))
