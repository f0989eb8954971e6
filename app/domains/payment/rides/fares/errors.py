"""What the rules of fares refuse, by name."""

from __future__ import annotations

from app.core.errors import Outcome


class LineUnknown(Outcome):
    """The operator has no such line, or no fare of it is in force on that day."""


class FareInForce(Outcome):
    """Rules that are in force are not changed: new ones are, from a later day on."""


class FareUnknown(Outcome):
    """There are no such rules."""
