"""What can be wrong with a payout."""

from __future__ import annotations

from app.core.errors import Outcome


class PayoutUnknown(Outcome):
    """There is no such payout, or it is somebody else's."""
