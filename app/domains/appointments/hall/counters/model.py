"""A counter as it stands: open for which queues, by whom, and whose number it calls.

A counter is a resource of a venue (a window, a doctor, a room). At most one number is at it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from app.domains.appointments.hall.counters.errors import CounterBusy, CounterClosed, NobodyCalled

MOST_QUEUES = 5


@dataclass(frozen=True, slots=True)
class Counter:
    """`id` is that of the resource. `serving` is the ticket called last and not settled, `number` what stands on it."""

    id: str
    venue: str
    organisation: str
    queues: tuple[str, ...]
    opened_at: datetime
    opened_by: str
    open: bool = True
    serving: str | None = None
    number: str | None = None
    called_at: datetime | None = None
    version: int = 0

    def demand_free(self) -> None:
        """Raises CounterClosed, CounterBusy."""
        if not self.open:
            raise CounterClosed
        self.demand_settled()

    def demand_settled(self) -> None:
        """Raises CounterBusy."""
        if self.number is not None:
            raise CounterBusy(number=self.number)

    def demand_serving(self) -> str:
        """The ticket at it. Raises NobodyCalled."""
        if self.serving is None:
            raise NobodyCalled
        return self.serving

    def calling(self, ticket: str, number: str, at: datetime) -> Counter:
        """Raises CounterClosed, CounterBusy."""
        self.demand_free()
        return replace(self, serving=ticket, number=number, called_at=at)

    def settled(self) -> Counter:
        return replace(self, serving=None, number=None, called_at=None)

    def closed(self) -> Counter:
        """Raises CounterBusy."""
        self.demand_settled()
        return replace(self, open=False)
