"""What can be wrong with a question."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class QuestionEmpty(Outcome):
    """Nothing was asked, or nothing that can be read."""


@dataclass(eq=False)
class QuestionTooLong(Outcome):
    """`maximum` in characters."""

    maximum: int
