"""What can be wrong with a refund at the gateway."""

from __future__ import annotations

from app.core.errors import Outcome


class GatewayRefundUnknown(Outcome):
    """There is no such refund."""


class GatewayRefundNotStranded(Outcome):
    """It waits for nobody's hand."""
