"""What can be wrong with asking for access, and with answering."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class DataAccessUnknown(Outcome):
    """No such request for access, or not one of yours."""


@dataclass(eq=False)
class DataAccessClosed(Outcome):
    """It was answered or ended before: `state` says which."""

    state: str


@dataclass(eq=False)
class DataAccessInvalid(Outcome):
    """`what` of the request cannot be as it is."""

    what: str


class PurposeNotOffered(Outcome):
    """The data is not offered for this purpose."""
