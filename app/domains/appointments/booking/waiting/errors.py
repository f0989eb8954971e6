"""What can be wrong with waiting for a time."""

from __future__ import annotations

from app.core.errors import Outcome


class AlreadyWaiting(Outcome):
    """This person waits for a time of the service already."""


class NotWaiting(Outcome):
    """No such place on a waiting list (any more)."""


class WaitingDaysInvalid(Outcome):
    """One waits for days from today on, at most 60 of them."""
