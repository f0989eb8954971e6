"""What can be wrong with what a citizen asks of the inbox."""

from __future__ import annotations

from app.core.errors import Outcome


class MessageUnknown(Outcome):
    """No such message, or not yours."""
