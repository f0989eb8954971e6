"""What can stand in the way of a vote.

Outcome
├── VoteInvalid          `field` cannot be what it is said to be
├── VoteUnknown          no such vote, or not one of your estate
├── VoteNotOpen          it has not begun, is over or was withdrawn: `state`
├── AlreadyVoted         this home has given its voice, and what is given stands
├── NotEntitled          an owner votes for the home, or whom he empowered in writing
├── AreasMissing         `homes` of the estate have no floor area, which this rule counts
└── VoteUnderWay         while an estate votes, its floor areas stay as they are
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


@dataclass(eq=False)
class VoteInvalid(Outcome):
    field: str


class VoteUnknown(Outcome):
    pass


@dataclass(eq=False)
class VoteNotOpen(Outcome):
    state: str


class AlreadyVoted(Outcome):
    pass


class NotEntitled(Outcome):
    pass


@dataclass(eq=False)
class AreasMissing(Outcome):
    homes: int


class VoteUnderWay(Outcome):
    pass
