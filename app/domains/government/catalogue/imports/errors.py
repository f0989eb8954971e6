"""What can be wrong with a file of items."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome
from app.core.imports.errors import BadRow


@dataclass(eq=False)
class ItemImportRefused(Outcome):
    """The file has bad lines; nothing was imported. `more` were found than are listed."""

    rows: tuple[BadRow, ...]
    more: int = 0


class ItemImportRunning(Outcome):
    """Another process imports this file at this moment."""


class ListNeedsUnit(Outcome):
    """A published list (department, main_item, name) is imported for a unit, which has to be named."""
