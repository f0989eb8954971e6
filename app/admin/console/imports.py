"""Files of rows at the desk: what is asked for, and which lines are to be mended."""

from __future__ import annotations

from collections.abc import Sequence

from app.admin.console.parts import Asked, Field, Option
from app.admin.console.texts import Text, spoken
from app.core.imports.errors import BadRow
from app.core.imports.model import FileForm, ImportFile
from app.core.messages import message

_LISTED = 40  # bad lines that a dialog shows


def file_fields(unit: Text) -> tuple[Field, ...]:
    """`unit` says what becomes of rows that name none."""
    forms = (Option("jsonl", Text("JSON 行", "JSON Lines")), Option("csv", Text("表格（CSV）", "Table (CSV)")))
    return (
        Field("form", Text("格式", "Form"), "select", options=forms),
        Field("unit", Text("单位编码", "Code of the unit"), hint=unit, required=False, most=80),
        Field("text", Text("文件内容", "Content of the file"), "area", most=500_000),
    )


def file_of(asked: Asked) -> ImportFile:
    return ImportFile.of_text(FileForm(asked["form"]), asked.exactly("text"), asked["unit"])


def bad_lines(code: str, rows: Sequence[BadRow], more: int) -> str:
    """Line by line, as far as a dialog holds them."""
    lines = [message(code, spoken())]
    for row in rows[:_LISTED]:
        fault = message(f"MISFIT_{row.fault.name}", spoken())
        lines.append(" · ".join(filter(None, (str(row.line), row.field, row.value, fault))))
    left = len(rows) - _LISTED + more
    return "\n".join([*lines, f"+{left}"] if left > 0 else lines)
