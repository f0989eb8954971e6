"""Files of rows as the desk sends them, and what came of them."""

from __future__ import annotations

from typing import Self

from pydantic import Field

from app.admin.api.desk import Body, Reply
from app.core.imports.model import FileForm, ImportDone, ImportFile

LARGEST_FILE = 4_000_000  # larger ones are imported from the shell


class RowsFile(Body):
    """`text` is the file's content; `unit` owns what names no other."""

    form: FileForm
    text: str = Field(max_length=LARGEST_FILE)
    unit: str | None = Field(default=None, max_length=80)

    @property
    def file(self) -> ImportFile:
        return ImportFile.of_text(self.form, self.text, self.unit)


class RowsImported(Reply):
    """`fresh` were not there, `amended` are new versions, `same` were so already; a broken-off import went on after the
    line `resumed_after`.
    """

    lines: int
    fresh: int
    amended: int
    same: int
    resumed_after: int

    @classmethod
    def of(cls, done: ImportDone) -> Self:
        tally = done.tally
        return cls(
            lines=done.lines,
            fresh=tally.fresh,
            amended=tally.amended,
            same=tally.same,
            resumed_after=done.resumed_after,
        )
