"""Booking: venues, schedules, slots, and who gets which."""

from __future__ import annotations

from dataclasses import dataclass
from random import SystemRandom

from app.bridges.appointments import EarlyRelease, Residents
from app.domains.appointments.booking.blocks.service import BlockService
from app.domains.appointments.booking.blocks.store import AppealStore
from app.domains.appointments.booking.bookings.service import BookingService
from app.domains.appointments.booking.bookings.store import BookingStore
from app.domains.appointments.booking.diaries.store import DiaryStore
from app.domains.appointments.booking.feeds.service import FeedService
from app.domains.appointments.booking.feeds.store import FeedStore
from app.domains.appointments.booking.payments.service import PaymentService
from app.domains.appointments.booking.seating.service import Seating
from app.domains.appointments.booking.sweeping.service import Doors, SweepService
from app.domains.appointments.booking.waiting.service import WaitingService
from app.domains.appointments.booking.waiting.store import WaitingStore
from app.domains.appointments.times.rosters.service import RosterService
from app.domains.appointments.times.schedules.service import ScheduleService
from app.domains.appointments.times.schedules.store import ScheduleStore
from app.domains.appointments.times.slots.service import SlotService
from app.domains.appointments.times.slots.store import SlotStore
from app.domains.appointments.times.venues.service import VenueService
from app.domains.appointments.times.venues.store import VenueStore
from app.wiring.core import Core
from app.wiring.identity import People
from app.wiring.outside import Outside


@dataclass(frozen=True, slots=True)
class Rows:
    """The stores that a booking touches, and the steps on them."""

    slots: SlotStore
    bookings: BookingStore
    diaries: DiaryStore
    seating: Seating


@dataclass(frozen=True, slots=True)
class Booking:
    rows: Rows
    people: Residents
    schedules: ScheduleService
    slots: SlotService
    bookings: BookingService
    payments: PaymentService
    waiting: WaitingService
    rosters: RosterService
    blocks: BlockService
    feeds: FeedService
    sweep: SweepService


def booking_of(
    core: Core, beyond: Outside, people: People, venues: VenueService, early: EarlyRelease, doors: Doors
) -> Booking:
    db, clock, audit, once, outbox = core.db, core.clock, core.audit, core.once, core.outbox
    rows, residents, schedules = _rows_of(core), Residents(people.citizens, early), ScheduleStore(db)
    slots = SlotService(rows.slots, schedules, venues, lambda: core.calendar.current, clock)
    waiting = _waiting_of(core, rows, venues, residents)
    payments = PaymentService(db, rows.bookings, rows.seating, beyond.charges, outbox, audit, once, clock)
    return Booking(
        rows,
        residents,
        ScheduleService(
            db, schedules, rows.slots, slots, rows.bookings, rows.seating, venues, outbox, audit, once, clock
        ),
        slots,
        _bookings_of(core, rows, slots, venues, residents, waiting),
        payments,
        waiting,
        RosterService(rows.slots, rows.bookings, venues, rows.seating, outbox, audit, once, clock),
        BlockService(db, AppealStore(db, core.persons), rows.diaries, outbox, audit, once, clock),
        FeedService(FeedStore(db), rows.bookings, venues, core.ring, audit, once, clock, core.base_url),
        SweepService(
            db, rows.bookings, rows.diaries, rows.slots, rows.seating, waiting, payments, doors, outbox, audit, clock
        ),
    )


def _waiting_of(core: Core, rows: Rows, venues: VenueService, people: Residents) -> WaitingService:
    return WaitingService(
        core.db,
        WaitingStore(core.db),
        rows.bookings,
        rows.diaries,
        rows.slots,
        venues,
        rows.seating,
        people,
        core.outbox,
        core.audit,
        core.once,
        core.clock,
    )


def _bookings_of(
    core: Core, rows: Rows, slots: SlotService, venues: VenueService, people: Residents, waiting: WaitingService
) -> BookingService:
    return BookingService(
        core.db,
        rows.bookings,
        rows.diaries,
        rows.slots,
        slots,
        venues,
        rows.seating,
        people,
        waiting,
        core.changes,
        core.outbox,
        core.audit,
        core.once,
        core.limits,
        core.clock,
    )


def venues_of(core: Core) -> VenueService:
    return VenueService(VenueStore(core.db), core.audit, core.once)


def _rows_of(core: Core) -> Rows:
    slots, bookings, diaries = SlotStore(core.db), BookingStore(core.db), DiaryStore(core.db)
    return Rows(slots, bookings, diaries, Seating(slots, bookings, diaries, WaitingStore(core.db), SystemRandom()))
