"""Queues, counters, boards and family doctors, put together on venues and bookings."""

from __future__ import annotations

from dataclasses import dataclass

from app.bridges.appointments import StaffOfCentre
from app.domains.appointments.booking.bookings.store import BookingStore
from app.domains.appointments.booking.seating.service import Seating
from app.domains.appointments.contracts.changing.service import ContractChanges
from app.domains.appointments.contracts.endings.service import ContractEndings
from app.domains.appointments.contracts.service import ContractService
from app.domains.appointments.contracts.store import ContractStore, TeamStore
from app.domains.appointments.hall.arrivals.service import ArrivalService, Door
from app.domains.appointments.hall.boards.service import BoardService
from app.domains.appointments.hall.calls.service import CallService
from app.domains.appointments.hall.closings.service import ClosingService
from app.domains.appointments.hall.counters.service import CounterService
from app.domains.appointments.hall.counters.store import CounterStore
from app.domains.appointments.hall.queues.service import QueueService
from app.domains.appointments.hall.queues.store import LineStore, QueueStore
from app.domains.appointments.hall.tickets.service import TicketService
from app.domains.appointments.hall.tickets.store import TicketStore
from app.domains.appointments.hall.turns.service import TurnService
from app.domains.appointments.hall.visits.service import VisitService
from app.domains.appointments.hall.visits.store import VisitStore
from app.domains.appointments.hall.waits.service import WaitService
from app.domains.appointments.times.venues.service import VenueService
from app.domains.identity.staff.store import StaffStore
from app.domains.life.health.follow_ups.store import PlanStore
from app.wiring.card import Card
from app.wiring.core import Core
from app.wiring.identity import People


@dataclass(frozen=True, slots=True)
class Queues:
    queues: QueueService
    tickets: TicketService
    counters: CounterService
    calls: CallService
    arrivals: ArrivalService
    boards: BoardService
    waits: WaitService
    closings: ClosingService


@dataclass(frozen=True, slots=True)
class Contracts:
    signing: ContractService
    changing: ContractChanges
    endings: ContractEndings


def contracts_of(core: Core, people: People, venues: VenueService) -> Contracts:
    db, clock, audit, once, outbox = core.db, core.clock, core.audit, core.once, core.outbox
    teams, contracts, plans = TeamStore(db), ContractStore(db), PlanStore(db)
    staff, citizens = StaffOfCentre(StaffStore(db, core.ring)), people.citizens
    signing = ContractService(db, teams, contracts, plans, venues, staff, citizens, outbox, audit, once, clock)
    endings = ContractEndings(db, teams, contracts, plans, outbox, audit, clock)
    return Contracts(signing, ContractChanges(signing, contracts, once), endings)


def queues_of(
    core: Core, people: People, card: Card, venues: VenueService, bookings: BookingStore, seating: Seating
) -> Queues:
    db, clock, audit, once, outbox, citizens = core.db, core.clock, core.audit, core.once, core.outbox, people.citizens
    queue_store, lines, ticket_store, counter_store = QueueStore(db), LineStore(db), TicketStore(db), CounterStore(db)
    visits = VisitService(VisitStore(db), bookings, seating, venues, outbox, clock)
    turns = TurnService(lines, ticket_store, counter_store, outbox, clock)
    queues = QueueService(queue_store, lines, venues, audit, once, clock)
    tickets = TicketService(queue_store, lines, ticket_store, turns, citizens, visits, core.changes, audit, once, clock)
    counters = CounterService(counter_store, queues, lines, ticket_store, venues, audit, once, clock)
    stores = (counter_store, lines, ticket_store)
    door = Door(card.codes, card.disclosure_store, citizens)
    return Queues(
        queues,
        tickets,
        counters,
        CallService(stores, counters, queues, tickets, turns, visits, outbox, audit, once, clock),
        ArrivalService(
            door, venues, queues, tickets, ticket_store, turns, bookings, seating, visits, audit, once, clock
        ),
        BoardService(queues, turns, venues, citizens, core.changes, clock),
        WaitService(queue_store, lines, ticket_store, clock),
        ClosingService(db, (queue_store, lines, ticket_store, counter_store), visits, outbox, audit, clock),
    )
