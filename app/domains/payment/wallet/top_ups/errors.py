"""What can be wrong with a top-up."""

from __future__ import annotations

from app.core.errors import Outcome


class TopUpUnknown(Outcome):
    """There is no such top-up of yours."""


class TopUpSettled(Outcome):
    """It was paid, or cannot be paid any more."""
