"""What can stand in the way of an export."""

from __future__ import annotations

from app.core.errors import Outcome, RongError


class ExportUnderway(Outcome):
    """One is being made already."""


class ExportTooLarge(RongError):
    """There is more than an archive may hold."""
