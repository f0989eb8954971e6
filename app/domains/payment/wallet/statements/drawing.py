"""Drawing a statement as PDF: a table over as many pages as it takes, its heads on each of them."""

from __future__ import annotations

from typing import Final

from fpdf import FPDF
from fpdf.enums import TableCellFillMode
from fpdf.fonts import FontFace

from app.core.messages import message
from app.core.paper import FONT, blank
from app.domains.payment.wallet.statements.model import Statement
from app.domains.payment.wallet.statements.table import head_lines, heads, row

_WIDTHS: Final = (34, 20, 46, 20, 20, 22, 34)
_RIGHT: Final = ("LEFT", "LEFT", "LEFT", "RIGHT", "RIGHT", "RIGHT", "LEFT")
_MOST_NAME: Final = 24


class _Paper(FPDF):
    """A4 with the number of each page at its foot."""

    def footer(self) -> None:
        self.set_y(-12)
        self.set_font(FONT, size=8)
        self.cell(0, 6, f"{self.page_no()} / {{nb}}", align="C")


def draw(statement: Statement, locale: str) -> bytes:
    """A PDF. A thousand lines take some seconds: not for the event loop."""
    title = message("STATEMENT_HEADLINE", locale)
    pdf = blank(title, statement.made_at, language="zh-CN" if locale.startswith("zh") else "en", kind=_Paper)
    pdf.add_page()
    pdf.set_font(FONT, size=15)
    pdf.cell(0, 10, title, new_x="LMARGIN", new_y="NEXT")
    pdf.set_font(FONT, size=9)
    for name, text in head_lines(statement, locale):
        pdf.cell(0, 5.5, f"{name}  {text}", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(3)
    _table(pdf, statement, locale)
    return bytes(pdf.output())


def _table(pdf: FPDF, statement: Statement, locale: str) -> None:
    pdf.set_font(FONT, size=7.5)
    pdf.set_draw_color(205, 212, 216)
    style = FontFace(fill_color=(230, 236, 240), emphasis="")
    with pdf.table(
        col_widths=_WIDTHS,
        text_align=_RIGHT,
        headings_style=style,
        line_height=5,
        borders_layout="HORIZONTAL_LINES",
        cell_fill_mode=TableCellFillMode.NONE,
    ) as table:
        table.row(heads(locale))
        for line in statement.lines:
            cells = row(line, locale)
            table.row([cells[0], cells[1], cells[2][:_MOST_NAME], *cells[3:]])
    if not statement.lines:
        pdf.cell(0, 8, message("STATEMENT_EMPTY", locale))
