"""Appointments: venues and their times, bookings, queues."""

from __future__ import annotations

from app.context import Appointments
from app.domains.appointments.hall.queues.store import QueueStore
from app.domains.appointments.times.departments.service import DepartmentService
from app.wiring.booking import booking_of, venues_of
from app.wiring.card import Card
from app.wiring.core import Core
from app.wiring.identity import Calling, People
from app.wiring.outside import Outside
from app.wiring.queues import contracts_of, queues_of


def appointments_of(core: Core, beyond: Outside, calling: Calling, people: People, card: Card) -> Appointments:
    venues = venues_of(core)
    contracts = contracts_of(core, people, venues)
    booking = booking_of(core, beyond, people, venues, contracts.signing, QueueStore(core.db))
    queues = queues_of(core, people, card, venues, booking.rows.bookings, booking.rows.seating)
    return Appointments(
        venues=venues,
        departments=DepartmentService(venues, booking.rows.slots, booking.people, core.clock),
        contracts=contracts.signing,
        contract_changes=contracts.changing,
        contract_endings=contracts.endings,
        schedules=booking.schedules,
        slots=booking.slots,
        bookings=booking.bookings,
        payments=booking.payments,
        waiting=booking.waiting,
        rosters=booking.rosters,
        blocks=booking.blocks,
        feeds=booking.feeds,
        sweep=booking.sweep,
        people=booking.people,
        queues=queues.queues,
        tickets=queues.tickets,
        counters=queues.counters,
        calls=queues.calls,
        arrivals=queues.arrivals,
        boards=queues.boards,
        waits=queues.waits,
        closings=queues.closings,
    )
