"""Culture and tourism."""

from __future__ import annotations

from app.bridges.culture import CultureHouses, ReaderNames
from app.bridges.places import CityBounds
from app.context import Voice
from app.context.culture import Culture
from app.core.tills.model import Ware
from app.core.tills.service import Till
from app.domains.life.culture.admission.service import AdmissionService
from app.domains.life.culture.admission.store import TicketCodeStore
from app.domains.life.culture.events.finding.store import ListingStore
from app.domains.life.culture.events.service import EventService
from app.domains.life.culture.events.staging.service import Staging
from app.domains.life.culture.events.store import EventStore
from app.domains.life.culture.library.asking.service import LibraryAsks
from app.domains.life.culture.library.asking.store import AskStore
from app.domains.life.culture.library.reminding.service import LoanReminders
from app.domains.life.culture.library.service import LibraryService
from app.domains.life.culture.library.store import ReaderCardStore
from app.domains.life.culture.reading.service import ReadingService
from app.domains.life.culture.reading.store import ReadingStore
from app.domains.life.culture.tickets.ending.service import HolderRuns, TicketEnding
from app.domains.life.culture.tickets.reminding.service import TicketReminders
from app.domains.life.culture.tickets.seeing.service import TicketViews
from app.domains.life.culture.tickets.service import TicketService
from app.domains.life.culture.tickets.store import PlaceStore, PurchaseStore
from app.domains.life.culture.tourism.service import TourismService
from app.domains.life.culture.tourism.store import SightStore
from app.domains.life.culture.venues.service import CultureVenueService
from app.domains.life.culture.venues.store import CultureVenueStore
from app.domains.life.culture.waiting.passing.service import PassingOn
from app.domains.life.culture.waiting.service import WaitingListService
from app.domains.life.culture.waiting.store import WaitStore
from app.wiring.core import Core
from app.wiring.identity import Calling, People
from app.wiring.outside import Outside


def culture_of(core: Core, beyond: Outside, calling: Calling, people: People, voice: Voice, till: Till) -> Culture:
    db, clock, audit, once = core.db, core.clock, core.audit, core.once
    bounds, houses = CityBounds(voice.places), CultureHouses(calling.organisations)
    venues = CultureVenueService(CultureVenueStore(db), bounds, houses, audit, once)
    store, listings, places, purchases = EventStore(db), ListingStore(db), PlaceStore(db), PurchaseStore(db)
    events = EventService(store, listings, venues, clock)
    staging = Staging(store, listings, venues, places, HolderRuns(purchases, clock), audit, once, clock)
    ending = TicketEnding(db, purchases, store, till, clock)
    waits = WaitStore(db)
    views = TicketViews(events, places, purchases, waits, clock)
    passing = PassingOn(db, waits, places, store, core.outbox, clock)
    tickets = TicketService(
        *(events, store, places, purchases, views, ending, passing, till),
        *(core.limits, core.outbox, audit, once, clock),
    )
    ending.serves(tickets)
    till.follow(Ware.TICKET, ending)
    admission = AdmissionService(
        TicketCodeStore(db), purchases, tickets, store, core.limits, core.outbox, audit, once, clock
    )
    asks = LibraryAsks(AskStore(db), clock)
    readers, names = ReaderCardStore(db, core.persons), ReaderNames(people.citizens)
    return Culture(
        venues=venues,
        events=events,
        staging=staging,
        tickets=tickets,
        views=views,
        ending=ending,
        reminders=TicketReminders(db, purchases, core.outbox, clock),
        waiting=WaitingListService(waits, passing, events, tickets, places, purchases, core.limits, audit, once, clock),
        passing=passing,
        admission=admission,
        library=LibraryService(readers, asks, beyond.library, names, core.limits, audit, once, clock),
        loan_reminders=LoanReminders(readers, beyond.library, core.outbox, clock),
        reading=ReadingService(ReadingStore(db, core.persons), once, clock),
        tourism=TourismService(SightStore(db), bounds, houses, core.calendar, audit, once, clock),
    )
