"""What can stand in the way of settling an unanswered question."""

from __future__ import annotations

from app.core.errors import Outcome


class GapUnknown(Outcome):
    """No such question, or it was settled already."""
