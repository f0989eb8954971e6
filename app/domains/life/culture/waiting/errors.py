"""What can stand in the way of waiting for tickets.

Outcome
├── TicketsStillThere       nobody need wait: `left` can be had now
├── WaitingAlready          one waits for this session already
├── WaitingForTooMuch       one person waits for `most` sessions at most
├── WaitUnknown             no such place on a list, or not one's own
├── WaitNotOpen             it is `state`: nothing is offered there (any more)
└── OfferOver               it was kept until then, and is the next one's
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


@dataclass(eq=False)
class TicketsStillThere(Outcome):
    left: int


class WaitingAlready(Outcome):
    pass


@dataclass(eq=False)
class WaitingForTooMuch(Outcome):
    most: int


class WaitUnknown(Outcome):
    pass


@dataclass(eq=False)
class WaitNotOpen(Outcome):
    state: str


class OfferOver(Outcome):
    pass
