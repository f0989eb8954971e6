"""Named errors of queues, tickets, counters and arrivals."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from app.domains.appointments.hall.arrivals import errors as arrivals
from app.domains.appointments.hall.counters import errors as counters
from app.domains.appointments.hall.queues import errors as queues
from app.domains.appointments.hall.tickets import errors as tickets
from app.domains.appointments.hall.tickets.model import TicketState
from graphql_schema.endpoint.outcomes import UserError, outcome
from graphql_schema.types.common import global_id


@outcome(queues.QueueUnknown)
@strawberry.type(description="No such queue (at this venue), or none for this service.")
class QueueUnknown(UserError):
    pass


@outcome(queues.QueueClosed)
@strawberry.type(description="It gives no numbers now.")
class QueueClosed(UserError):
    opens: str
    closes: str


@outcome(queues.QueueFull)
@strawberry.type(description="Today's numbers are used up.")
class QueueFull(UserError):
    quota: int


@outcome(queues.QueueInvalid)
@strawberry.type
class QueueInvalid(UserError):
    field: str


@outcome(tickets.TicketUnknown)
@strawberry.type
class TicketUnknown(UserError):
    pass


@outcome(tickets.TicketHeld)
@strawberry.type(description="This person waits in the queue already.")
class TicketHeld(UserError):
    number: str


@outcome(tickets.TicketNotOpen, state=TicketState)
@strawberry.type
class TicketNotOpen(UserError):
    state: TicketState


@outcome(tickets.TicketOfAnotherDay)
@strawberry.type
class TicketOfAnotherDay(UserError):
    day: date


@outcome(tickets.TooManyNumbers)
@strawberry.type(description="One person takes so many numbers a day in one queue at most.")
class TooManyNumbers(UserError):
    most: int


@outcome(tickets.AlreadyReturned)
@strawberry.type(description="One comes back after a missed call once.")
class AlreadyReturned(UserError):
    pass


@outcome(counters.CounterUnknown)
@strawberry.type
class CounterUnknown(UserError):
    pass


@outcome(counters.CounterClosed)
@strawberry.type
class CounterClosed(UserError):
    pass


@outcome(counters.CounterBusy)
@strawberry.type(description="The number at it has to be settled first.")
class CounterBusy(UserError):
    number: str


@outcome(counters.NobodyCalled)
@strawberry.type
class NobodyCalled(UserError):
    pass


@outcome(counters.NobodyWaiting)
@strawberry.type
class NobodyWaiting(UserError):
    pass


@outcome(arrivals.NoBookingToday)
@strawberry.type(description="A number can be drawn instead.")
class NoBookingToday(UserError):
    pass


@outcome(arrivals.CameTooEarly)
@strawberry.type
class CameTooEarly(UserError):
    opens_at: datetime


@outcome(arrivals.CameTooLate)
@strawberry.type(description="And the queue gives no more numbers.")
class CameTooLate(UserError):
    until: datetime


@outcome(arrivals.AlreadyCheckedIn)
@strawberry.type
class AlreadyCheckedIn(UserError):
    number: str


def _venue_id(venue: str) -> strawberry.ID:
    return global_id("Venue", venue)


@outcome(arrivals.WrongVenue, venue=_venue_id)
@strawberry.type(description="Booked is another venue of the same organisation (`venue` is its id).")
class WrongVenue(UserError):
    venue: strawberry.ID
    starts_at: datetime
