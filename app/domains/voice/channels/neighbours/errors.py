"""What can be wrong with neighbouring cities and the cases that went there."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class NeighbourUnknown(Outcome):
    """No such neighbouring city, or nothing is sent there for now."""


@dataclass(eq=False)
class NeighbourInvalid(Outcome):
    """What is written of a neighbouring city cannot stand: `field` says where."""

    field: str


class NeighbourCaseUnknown(Outcome):
    """This case went to no neighbouring city."""


class NeighbourCaseSettled(Outcome):
    """The neighbouring city has finished with it: there is nothing to ask."""
