"""What can stand in the way of a watch.

Outcome
├── TransitTripUnknown      no such trip runs on that day, or it does not call at that stop
├── TransitTripPassed       it has left that stop, or runs in more than a day
├── TransitWatchesFull      `most` are open already
└── TransitWatchUnknown     no such watch of one's own is open
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class TransitTripUnknown(Outcome):
    pass


class TransitTripPassed(Outcome):
    pass


@dataclass(eq=False)
class TransitWatchesFull(Outcome):
    most: int


class TransitWatchUnknown(Outcome):
    pass
