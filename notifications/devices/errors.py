"""What can be wrong with what a phone says of itself."""

from __future__ import annotations

from app.core.errors import Outcome


class PushTokenInvalid(Outcome):
    """A registration token or an installation id of FCM has 20 to 4,096 visible characters."""
