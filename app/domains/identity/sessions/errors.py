"""Why a session does not go on."""

from __future__ import annotations

from app.core.errors import Outcome


class SessionEnded(Outcome):
    """Signed out, expired, ended because a token was used twice, or never there."""


class DeviceUnknown(Outcome):
    """No session with this id, or not yours."""
