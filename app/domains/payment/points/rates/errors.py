"""What rates of points refuse, by name."""

from __future__ import annotations

from app.core.errors import Outcome


class PointRateInForce(Outcome):
    """A rate that is in force is not changed: another one is, from a later day on."""
