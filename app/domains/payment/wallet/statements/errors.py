"""What can be wrong with a statement that is asked for."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


@dataclass(eq=False)
class StatementPeriodInvalid(Outcome):
    """A statement is of one day to a year: it begins before it ends, and not in days to come. `most` is in days."""

    most: int


class StatementTooLong(Outcome):
    """There are more lines than one file holds: a shorter period is needed."""
