"""The services of culture and tourism."""

from __future__ import annotations

from dataclasses import dataclass

from app.domains.life.culture.admission.service import AdmissionService
from app.domains.life.culture.events.service import EventService
from app.domains.life.culture.events.staging.service import Staging
from app.domains.life.culture.library.reminding.service import LoanReminders
from app.domains.life.culture.library.service import LibraryService
from app.domains.life.culture.reading.service import ReadingService
from app.domains.life.culture.tickets.ending.service import TicketEnding
from app.domains.life.culture.tickets.reminding.service import TicketReminders
from app.domains.life.culture.tickets.seeing.service import TicketViews
from app.domains.life.culture.tickets.service import TicketService
from app.domains.life.culture.tourism.service import TourismService
from app.domains.life.culture.venues.service import CultureVenueService
from app.domains.life.culture.waiting.passing.service import PassingOn
from app.domains.life.culture.waiting.service import WaitingListService


@dataclass(frozen=True, slots=True, kw_only=True)
class Culture:
    venues: CultureVenueService
    events: EventService
    staging: Staging
    tickets: TicketService
    views: TicketViews
    ending: TicketEnding
    reminders: TicketReminders
    waiting: WaitingListService
    passing: PassingOn
    admission: AdmissionService
    library: LibraryService
    loan_reminders: LoanReminders
    reading: ReadingService
    tourism: TourismService
