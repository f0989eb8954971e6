"""What can be wrong with a delivery."""

from __future__ import annotations

from app.core.errors import Outcome


class WebhookDeliveryUnknown(Outcome):
    """No such delivery, or not of this organisation and mode."""
