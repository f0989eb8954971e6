"""Why a provider's notice is not sent."""

from __future__ import annotations

from app.core.errors import Outcome


class RecipientUnknown(Outcome):
    """Nobody of that kind whom this provider may write to: which of the two is not said."""


class NoticeUnknown(Outcome):
    """No such notice, or not yours."""
