"""How long people waited in a queue on a day, and how far the estimates they were given were off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, median

from app.domains.appointments.hall.queues.model import Line
from app.domains.appointments.hall.tickets.model import Ticket, TicketState


@dataclass(frozen=True, slots=True)
class Figures:
    """Times in seconds, None where there is nothing to say. `error` is the median of how far estimates were off,
    whichever way, `estimated` of how many tickets; `bias` is the mean of actual less estimate.
    """

    line: str
    issued: int
    waiting: int
    called: int
    served: int
    no_shows: int
    left: int
    closed: int
    mean_wait: float | None
    longest_wait: int | None
    mean_service: float | None
    estimated: int
    error: float | None
    bias: float | None


def figures(line: Line, tickets: Sequence[Ticket]) -> Figures:
    count = {state: sum(one.state is state for one in tickets) for state in TicketState}
    waited = [one.waited for one in tickets if one.waited is not None]
    took = [one.took.total_seconds() for one in tickets if one.took is not None]
    off = misses(tickets)
    return Figures(
        line=line.id,
        issued=line.issued,
        waiting=count[TicketState.WAITING],
        called=count[TicketState.CALLED],
        served=count[TicketState.SERVED],
        no_shows=count[TicketState.ABSENT],
        left=count[TicketState.LEFT],
        closed=count[TicketState.CLOSED],
        mean_wait=mean(waited) if waited else None,
        longest_wait=max(waited, default=None),
        mean_service=mean(took) if took else None,
        estimated=len(off),
        error=median(map(abs, off)) if off else None,
        bias=mean(off) if off else None,
    )


def misses(tickets: Sequence[Ticket]) -> list[int]:
    """By how much each estimate was off: what came of it, less what was said."""
    return [one.waited - one.estimate for one in tickets if one.waited is not None and one.estimate is not None]
