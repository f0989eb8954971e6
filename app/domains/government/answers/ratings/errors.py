"""What can stand in the way of a rating."""

from __future__ import annotations

from app.core.errors import Outcome


class AnswerReasonNotFitting(Outcome):
    """A reason is given when the answer did not help, and then only."""
