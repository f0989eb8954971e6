"""What can be wrong with a dispute."""

from __future__ import annotations

from app.core.errors import Outcome


class DisclosureUnknown(Outcome):
    """No such look-up, or not of you."""


class AlreadyDisputed(Outcome):
    """This look-up is in dispute already."""


class ReasonMissing(Outcome):
    """A dispute needs a reason of 2 to 500 characters."""


class NotDisputed(Outcome):
    """There is no dispute to answer, or it was answered already."""


class OwnLookUp(Outcome):
    """Who looked does not judge the look: a dispute is answered by somebody else."""
