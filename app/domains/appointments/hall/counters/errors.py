"""What can be wrong at a counter."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class CounterUnknown(Outcome):
    """No such counter (at this venue)."""


class CounterClosed(Outcome):
    """It has to be opened before anybody is called to it."""


@dataclass(eq=False)
class CounterBusy(Outcome):
    """The `number` at it has to be settled first: served, absent or transferred."""

    number: str


class NobodyCalled(Outcome):
    """Nobody is at this counter."""


class NobodyWaiting(Outcome):
    """Nobody waits in the queues of this counter."""
