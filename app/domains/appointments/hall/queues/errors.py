"""What can be wrong with a queue."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class QueueUnknown(Outcome):
    """No such queue (at this venue)."""


@dataclass(eq=False)
class QueueClosed(Outcome):
    """It gives no numbers now; its hours are from `opens` to `closes`, by the city's clock."""

    opens: str
    closes: str


@dataclass(eq=False)
class QueueFull(Outcome):
    """Today's numbers are used up: `quota` of them there were."""

    quota: int


@dataclass(eq=False)
class QueueInvalid(Outcome):
    """A queue has a letter, a name, hours within a day and a quota of 1 to 999; `field` says what does not fit."""

    field: str
