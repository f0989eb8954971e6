"""Queues, the numbers drawn in them, counters and boards."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import strawberry

from app.core.errors import BadInput
from app.domains.appointments.hall.arrivals import model as arrivals
from app.domains.appointments.hall.boards import model as boards
from app.domains.appointments.hall.counters import model as counters
from app.domains.appointments.hall.queues import model as queues
from app.domains.appointments.hall.queues.model import Hours, Lane
from app.domains.appointments.hall.tickets import model as tickets
from app.domains.appointments.hall.tickets.model import Priority, TakenBy, TicketState
from app.domains.appointments.hall.tickets.service import Shown
from app.domains.appointments.hall.turns.model import Place, Standing
from app.domains.appointments.times.venues.model import Directory, Venue
from graphql_schema.types.common import Node, global_id, key_of
from graphql_schema.types.government.catalogue import SaidInput

strawberry.enum(
    Lane,
    name="QueueLane",
    description="BOOKED: by the time booked. PRIORITY: before others by law, at most two in a row while others wait. "
    "ORDINARY: as they came.",
)
strawberry.enum(TicketState)
strawberry.enum(Priority, name="TicketPriority")
strawberry.enum(TakenBy, name="TicketTakenBy")


@strawberry.type(description="A queue of a venue. Hours are of the city's clock, days 1 (Monday) to 7.")
class ServiceQueue(Node):
    venue_id: strawberry.ID
    letter: str
    name: str
    opens: str
    closes: str
    days: list[int]
    quota: int = strawberry.field(description="Numbers a day for who comes without a booking.")
    priority_age: int
    service_ids: list[strawberry.ID]

    @classmethod
    def of(cls, queue: queues.Queue, locale: str) -> ServiceQueue:
        return cls(
            id=global_id("ServiceQueue", queue.id),
            venue_id=global_id("Venue", queue.venue),
            letter=queue.letter,
            name=queue.name.within(locale),
            opens=f"{queue.hours.opens:%H:%M}",
            closes=f"{queue.hours.closes:%H:%M}",
            days=list(queue.hours.days),
            quota=queue.quota,
            priority_age=queue.priority_age,
            service_ids=[global_id("BookableService", service) for service in queue.services],
        )


@strawberry.type(description="How a queue stands now.")
class QueueStanding:
    queue: ServiceQueue
    taking: bool = strawberry.field(description="Whether numbers are given now.")
    waiting: int
    counters: int = strawberry.field(description="Counters open for it.")
    wait: int | None = strawberry.field(
        description="Seconds that an ordinary number would wait, by the last hour; null when too little is known."
    )
    next_numbers: list[str] = strawberry.field(description="Whom the next calls are for, five at most.")

    @classmethod
    def of(cls, standing: Standing, taking: bool, locale: str) -> QueueStanding:
        return cls(
            queue=ServiceQueue.of(standing.queue, locale),
            taking=taking,
            waiting=standing.waiting,
            counters=standing.pace.counters,
            wait=standing.wait,
            next_numbers=[one.number for one in standing.order[:5]],
        )


@strawberry.type
class BoardCall:
    number: str
    counter: str
    at: datetime
    recalls: int = strawberry.field(description="How often it was called again.")


@strawberry.type(description="What hangs on the wall: numbers, never names.")
class QueueBoard:
    venue_id: strawberry.ID
    venue: str
    called: list[BoardCall] = strawberry.field(description="The newest call first.")
    queues: list[QueueStanding]

    @classmethod
    def of(cls, board: boards.Board, locale: str) -> QueueBoard:
        return cls(
            venue_id=global_id("Venue", board.venue),
            venue=board.name.within(locale),
            called=[
                BoardCall(number=one.number, counter=one.counter.within(locale), at=one.at, recalls=one.recalls)
                for one in board.called
            ],
            queues=[QueueStanding.of(one, one.line.letter in board.taking, locale) for one in board.queues],
        )


@strawberry.type(description="Why one stands where one stands: how many are called before, by lane.")
class TicketPlace:
    ahead: int
    booked: int
    priority: int
    ordinary: int
    wait: int | None = strawberry.field(description="Seconds until the call, by the last hour; null when not known.")

    @classmethod
    def of(cls, place: Place) -> TicketPlace:
        by_lane = place.by_lane
        return cls(
            ahead=place.ahead,
            booked=by_lane[Lane.BOOKED],
            priority=by_lane[Lane.PRIORITY],
            ordinary=by_lane[Lane.ORDINARY],
            wait=place.wait,
        )


@strawberry.type(description="A number in a queue, good for one day.")
class Ticket(Node):
    number: str
    queue_id: strawberry.ID
    venue_id: strawberry.ID
    venue: str
    day: date
    state: TicketState
    lane: Lane
    priority: Priority | None
    taken_at: datetime
    taken_by: TakenBy
    called_at: datetime | None
    ended_at: datetime | None
    recalls: int
    counter: str | None = strawberry.field(description="Where it was called to.")
    returned: bool = strawberry.field(description="It came back after a missed call, which is possible once.")
    own_number: str | None = strawberry.field(description="The hospital's own number.")
    booking_id: strawberry.ID | None = strawberry.field(description="The booking that was checked in for.")
    estimate: int | None = strawberry.field(description="Seconds to wait, as estimated when it was taken.")
    waited: int | None = strawberry.field(description="Seconds it did wait until its first call.")

    @classmethod
    def of(cls, ticket: tickets.Ticket, directory: Directory, locale: str) -> Ticket:
        return cls(**_ticket(ticket, directory, locale))


@strawberry.type(description="A number of one's own, and where it stands.")
class MyTicket:
    ticket: Ticket
    queue: ServiceQueue
    place: TicketPlace | None = strawberry.field(description="Null when it does not wait (any more).")

    @classmethod
    def of(cls, shown: Shown, directory: Directory, locale: str) -> MyTicket:
        return cls(
            ticket=Ticket.of(shown.ticket, directory, locale),
            queue=ServiceQueue.of(shown.queue, locale),
            place=TicketPlace.of(shown.place) if shown.place else None,
        )


def _ticket(ticket: tickets.Ticket, directory: Directory, locale: str) -> dict[str, Any]:
    venue, counter = directory.venues.get(ticket.venue), directory.resources.get(ticket.counter or "")
    plain = ("number", "day", "state", "lane", "priority", "taken_at", "taken_by", "called_at", "ended_at", "recalls",
             "returned", "own_number", "estimate", "waited")  # fmt: skip
    return {
        "id": global_id("Ticket", ticket.id),
        "queue_id": global_id("ServiceQueue", ticket.queue),
        "venue_id": global_id("Venue", ticket.venue),
        "venue": venue.name.within(locale) if venue else "",
        "counter": counter.name.within(locale) if counter else None,
        "booking_id": global_id("Booking", ticket.booking) if ticket.booking else None,
        **{name: getattr(ticket, name) for name in plain},
    }


@strawberry.type(description="A counter, a doctor or a room, as it is open for queues.")
class ServiceCounter:
    resource_id: strawberry.ID
    name: str
    open: bool
    queue_ids: list[strawberry.ID]
    serving: str | None = strawberry.field(description="The number at it.")
    called_at: datetime | None
    opened_at: datetime

    @classmethod
    def of(cls, counter: counters.Counter, directory: Directory, locale: str) -> ServiceCounter:
        resource = directory.resources.get(counter.id)
        return cls(
            resource_id=global_id("VenueResource", counter.id),
            name=resource.name.within(locale) if resource else counter.id,
            open=counter.open,
            queue_ids=[global_id("ServiceQueue", queue) for queue in counter.queues],
            serving=counter.number,
            called_at=counter.called_at,
            opened_at=counter.opened_at,
        )


@strawberry.type
class NumberTaken:
    ticket: Ticket


@strawberry.type
class QueueLeft:
    ticket: Ticket


@strawberry.type(description="Whoever came back is called after three others.")
class QueueReturned:
    ticket: Ticket


@strawberry.type
class TicketCalled:
    ticket: Ticket


@strawberry.type
class TicketServed:
    ticket: Ticket


@strawberry.type
class TicketAbsent:
    ticket: Ticket


@strawberry.type
class TicketTransferred:
    ticket: Ticket


@strawberry.type
class CheckedIn:
    ticket: Ticket
    booking_id: strawberry.ID
    late: bool = strawberry.field(
        description="The booked time is over: the number stands in the queue like one without a booking."
    )

    @classmethod
    def of(cls, done: arrivals.CheckedIn, directory: Directory, locale: str) -> CheckedIn:
        ticket = Ticket.of(done.ticket, directory, locale)
        return cls(ticket=ticket, booking_id=global_id("Booking", done.booking), late=done.late)


@strawberry.type
class QueueSaved:
    queue: ServiceQueue


@strawberry.type
class QueueOpenSet:
    queue_id: strawberry.ID
    open: bool


@strawberry.type
class CounterOpened:
    counter: ServiceCounter


@strawberry.type
class CounterShut:
    counter: ServiceCounter


@strawberry.input(description="The queue of this letter, written whole. Times as HH:MM, days 1 (Monday) to 7.")
class ServiceQueueInput:
    venue_id: strawberry.ID
    letter: str
    name: SaidInput
    service_ids: list[strawberry.ID] = strawberry.field(default_factory=list)
    opens: str = "09:00"
    closes: str = "17:00"
    days: list[int] = strawberry.field(default_factory=lambda: [1, 2, 3, 4, 5])
    quota: int = 300
    priority_age: int = 60
    active: bool = True

    def parsed(self, venue: Venue) -> queues.Queue:
        """Raises BadInput, QueueInvalid."""
        return queues.Queue(
            venue=venue.id,
            organisation=venue.organisation,
            letter=self.letter,
            name=self.name.parsed(),
            services=tuple(key_of(one, "BookableService") for one in self.service_ids),
            hours=Hours(_time(self.opens, "opens"), _time(self.closes, "closes"), tuple(self.days)),
            quota=self.quota,
            priority_age=self.priority_age,
            test=venue.test,
            active=self.active,
        )


def _time(text: str, field: str) -> time:
    """Raises BadInput."""
    try:
        return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007  (a time of day has no zone)
    except ValueError:
        raise BadInput(field=field) from None
