"""A report as a workbook (XLSX), and a sheet of it as text (CSV). What is a word in it never becomes a formula."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

from app.core.spreadsheets import csv_text
from app.domains.voice.figures.indicators.reports.model import Report, Sheet

if TYPE_CHECKING:
    import xlsxwriter
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_WIDEST = 48
_MOST_DRAWN = 40
_NO_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")


def workbook_of(report: Report) -> bytes:
    import xlsxwriter  # noqa: PLC0415  (two megabytes: a process that makes no workbook does without)

    into = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(into, options) as book:
        book.set_properties({"title": report.title})
        bold = book.add_format({"bold": True, "bottom": 1})
        share, title = book.add_format({"num_format": "0.00%"}), book.add_format({"bold": True, "font_size": 14})
        for sheet in report.sheets:
            page = book.add_worksheet(_NO_SHEET_NAME.sub(" ", sheet.title)[:31])
            page.write_string(0, 0, f"{report.title} · {sheet.title}", title)
            _write(page, sheet, bold, share)
            _draw(book, page, sheet)
    return into.getvalue()


def csv_of(sheet: Sheet) -> bytes:
    return csv_text([sheet.head, *sheet.rows]).encode()


def _write(page: Worksheet, sheet: Sheet, bold: Format, share: Format) -> None:
    for column, head in enumerate(sheet.head):
        page.write_string(1, column, head, bold)
        widths = [
            len(head.encode("gbk", "replace")),
            *(len(str(row[column]).encode("gbk", "replace")) for row in sheet.rows),
        ]
        page.set_column(column, column, min(max(widths) + 2, _WIDEST))
    page.freeze_panes(2, 1)
    for number, row in enumerate(sheet.rows, 2):
        for column, value in enumerate(row):
            if isinstance(value, str):
                page.write_string(number, column, value)
            elif value is not None:
                page.write_number(number, column, value, share if column in sheet.shares else None)


def _draw(book: xlsxwriter.Workbook, page: Worksheet, sheet: Sheet) -> None:
    if not sheet.drawn or not sheet.rows:
        return
    chart = book.add_chart({"type": "bar" if sheet.bars else "line"})
    last, name = 1 + min(len(sheet.rows), _MOST_DRAWN), page.get_name()
    for column in sheet.drawn:
        chart.add_series(
            {
                "name": [name, 1, column],
                "categories": [name, 2, 0, last, 0],
                "values": [name, 2, column, last, column],
                "marker": {"type": "circle", "size": 4},
            }
        )
    chart.set_title({"name": sheet.title})
    if sheet.bars:
        chart.set_y_axis({"reverse": True})  # the first row on top
    chart.set_size({"width": 760, "height": max(320, 22 * (last + 2)) if sheet.bars else 380})
    page.insert_chart(1, len(sheet.head) + 1, chart)
