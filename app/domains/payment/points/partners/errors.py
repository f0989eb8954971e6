"""What partners are refused, by name."""

from __future__ import annotations

from app.core.errors import Outcome


class PointsNotTaken(Outcome):
    """The merchant is no partner: it takes no points."""


class PointPartnerUnknown(Outcome):
    """There is no such partner."""
