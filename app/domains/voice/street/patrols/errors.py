"""What can stand in the way of a patrol.

Outcome
├── PatrolUnknown           no such route, or not one of yours
├── PatrolInvalid           `field` is missing or cannot be so
├── OfficerUnknown          no such member of staff of the unit, or no grid officer
├── RoundUnknown            no such round, or not yours
├── RoundOver               it ended before this happened
├── RoundUnderWay           a round on this route is under way: `round_id`
├── PatrolPointUnknown      the route has no such point
└── FindingUnknown          no such finding, or it was settled
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class PatrolUnknown(Outcome):
    pass


@dataclass(eq=False)
class PatrolInvalid(Outcome):
    field: str


class OfficerUnknown(Outcome):
    pass


class RoundUnknown(Outcome):
    pass


class RoundOver(Outcome):
    pass


@dataclass(eq=False)
class RoundUnderWay(Outcome):
    round_id: str


class PatrolPointUnknown(Outcome):
    pass


class FindingUnknown(Outcome):
    pass
