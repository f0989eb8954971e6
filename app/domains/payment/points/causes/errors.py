"""What causes refuse, by name."""

from __future__ import annotations

from app.core.errors import Outcome


class CauseUnknown(Outcome):
    """There is no such cause."""


class CauseClosed(Outcome):
    """Nothing is given to it any more."""
