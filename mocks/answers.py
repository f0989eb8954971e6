"""What people ask the seeded city, and what they are told: the entries of `mocks/data/answers/*.toml`, in the form in
which an entry is imported.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def answers() -> tuple[dict[str, Any], ...]:
    """By code."""
    folder = files("mocks").joinpath("data", "answers")
    tables = [tomllib.loads(file.read_text(encoding="utf-8")) for file in folder.iterdir() if file.name[-5:] == ".toml"]
    found = [_answer(row) for table in tables for row in table["answer"]]
    return tuple(sorted(found, key=lambda one: str(one["code"])))


def _answer(row: dict[str, Any]) -> dict[str, Any]:
    """The names of an import: the unit by its whole code, the text in both languages."""
    said = {name: value for name, value in row.items() if name != "answer_en"}
    return {
        **said,
        "unit": f"350100-{row['unit']}",
        "answer": [row["answer"].strip(), row.get("answer_en", "").strip()],
    }
