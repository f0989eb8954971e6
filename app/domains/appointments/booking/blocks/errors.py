"""What can be wrong with an appeal."""

from __future__ import annotations

from app.core.errors import Outcome


class NotBlocked(Outcome):
    """This person may book: there is nothing to appeal against."""


class AppealExists(Outcome):
    """An appeal against this block waits for its answer already."""


class AppealUnknown(Outcome):
    """No such appeal."""


class AppealSettled(Outcome):
    """The appeal was answered before."""


class AppealTextMissing(Outcome):
    """An appeal, and its answer, have 2 to 500 characters."""
