"""The services of appointments."""

from __future__ import annotations

from dataclasses import dataclass

from app.domains.appointments.booking.blocks.service import BlockService
from app.domains.appointments.booking.bookings.service import BookingService
from app.domains.appointments.booking.bookings.service import People as BookingPeople
from app.domains.appointments.booking.feeds.service import FeedService
from app.domains.appointments.booking.payments.service import PaymentService
from app.domains.appointments.booking.sweeping.service import SweepService
from app.domains.appointments.booking.waiting.service import WaitingService
from app.domains.appointments.contracts.changing.service import ContractChanges
from app.domains.appointments.contracts.endings.service import ContractEndings
from app.domains.appointments.contracts.service import ContractService
from app.domains.appointments.hall.arrivals.service import ArrivalService
from app.domains.appointments.hall.boards.service import BoardService
from app.domains.appointments.hall.calls.service import CallService
from app.domains.appointments.hall.closings.service import ClosingService
from app.domains.appointments.hall.counters.service import CounterService
from app.domains.appointments.hall.queues.service import QueueService
from app.domains.appointments.hall.tickets.service import TicketService
from app.domains.appointments.hall.waits.service import WaitService
from app.domains.appointments.times.departments.service import DepartmentService
from app.domains.appointments.times.rosters.service import RosterService
from app.domains.appointments.times.schedules.service import ScheduleService
from app.domains.appointments.times.slots.service import SlotService
from app.domains.appointments.times.venues.service import VenueService


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointments:
    """The services of appointments."""

    venues: VenueService
    departments: DepartmentService
    contracts: ContractService
    contract_changes: ContractChanges
    contract_endings: ContractEndings
    schedules: ScheduleService
    slots: SlotService
    bookings: BookingService
    payments: PaymentService
    waiting: WaitingService
    rosters: RosterService
    blocks: BlockService
    feeds: FeedService
    sweep: SweepService
    people: BookingPeople
    queues: QueueService
    tickets: TicketService
    counters: CounterService
    calls: CallService
    arrivals: ArrivalService
    boards: BoardService
    waits: WaitService
    closings: ClosingService
