"""What can be wrong with a data set."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class DataSetUnknown(Outcome):
    """No such data set, or it is not offered any more."""


class DataSetTaken(Outcome):
    """Another organisation offers data under this code."""


@dataclass(eq=False)
class DataSetInvalid(Outcome):
    """`what` of the offer cannot be as it is."""

    what: str


@dataclass(eq=False)
class DataFieldUnknown(Outcome):
    """The data set has no such `field`."""

    field: str
