"""What can be wrong with a file of answers."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome
from app.core.imports.errors import BadRow


@dataclass(eq=False)
class AnswerImportRefused(Outcome):
    """The file has bad lines; nothing was imported. `more` were found than are listed."""

    rows: tuple[BadRow, ...]
    more: int = 0


class AnswerImportRunning(Outcome):
    """Another process imports this file at this moment."""
