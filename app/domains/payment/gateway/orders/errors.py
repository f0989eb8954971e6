"""What can be wrong with an order at the gateway."""

from __future__ import annotations

from app.core.errors import Outcome


class GatewayOrderUnknown(Outcome):
    """There is no such order, or it is somebody else's."""


class GatewayOrderSettled(Outcome):
    """It was paid, or cannot be paid any more: nothing of it can be given up."""
