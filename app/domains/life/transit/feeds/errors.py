"""What can stand in the way of a feed.

Outcome
├── FeedRefused         it has faults: nothing was changed, and the version in force stays
├── FeedRunning         another process imports it, or tidies it up, at this moment
├── FeedOvertaken       the import was given up meanwhile, because it was not heard of: it may be begun anew
└── FeedUnknown         no such version is kept
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome
from app.domains.life.transit.feeds.model import Finding


@dataclass(eq=False)
class FeedRefused(Outcome):
    """`findings` are those that break it, and the warnings after them; `count` of all."""

    findings: tuple[Finding, ...]
    count: int


class FeedRunning(Outcome):
    pass


class FeedOvertaken(Outcome):
    pass


class FeedUnknown(Outcome):
    pass
