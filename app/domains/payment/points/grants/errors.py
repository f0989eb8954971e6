"""What the granting of points refuses, by name."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class GrantConflict(Outcome):
    """A grant stands under this reference with other content."""


class GrantUnknown(Outcome):
    """No grant has this reference, or it is another's."""


class GrantRecipientUnknown(Outcome):
    """No look-up of the organisation's own, and no card: which of the two is not said."""


class GrantRecipientUnverified(Outcome):
    """Points are for people whose name was checked."""


@dataclass(eq=False)
class PointBudgetSpent(Outcome):
    """The organisation has fewer left to give. `points` can be given."""

    points: int


class GrantUsed(Outcome):
    """The citizen has not as many left as were given: how many he has is nobody's business."""


class DailyPointsReached(Outcome):
    """Nobody earns more than so many a day. How many this citizen has earned is not said."""


@dataclass(eq=False)
class PointBudgetTooSmall(Outcome):
    """As many were given already: a budget cannot be made smaller than that."""

    points: int
