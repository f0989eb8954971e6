"""What can be wrong with what a phone asks of its messages."""

from __future__ import annotations

from app.core.errors import Outcome


class MessageUnknown(Outcome):
    """No such message, or not yours."""


class PushTokenInvalid(Outcome):
    """A registration token of FCM has 20 to 4,096 visible characters."""
