"""What can be wrong with what somebody typed."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class SearchTextMissing(Outcome):
    """Nothing to search for: no letter, character or digit."""


@dataclass(eq=False)
class SearchTextTooLong(Outcome):
    """`maximum` in characters."""

    maximum: int
