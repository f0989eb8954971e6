"""What stands in the way of a day.

Outcome
├── DayUnknown                 nothing was compared for that day
├── DayNotOver                 a day is compared when it is over
├── DayClosed                  a closed day stays closed
├── DayNotReconciled           the gateway's file of the day has not been compared yet
├── DayHasOpenDifferences      `open` differences have no resolution yet
└── DayChanged                 it was compared anew while this was under way: look again
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class DayUnknown(Outcome):
    pass


class DayNotOver(Outcome):
    pass


class DayClosed(Outcome):
    pass


class DayNotReconciled(Outcome):
    pass


@dataclass(eq=False)
class DayHasOpenDifferences(Outcome):
    open: int


class DayChanged(Outcome):
    pass
