"""The home page: who stands for the rooms that something may wait in."""

from __future__ import annotations

from collections.abc import Sequence

from app.bridges import home as bridge
from app.bridges.culture import DueEventTickets, DueTicketOffers
from app.bridges.home_care import DueCare, DueFamilyVisits, DueStays, DueVotes
from app.bridges.home_community import DueParcels, DueShopOrders
from app.bridges.home_life import DueBooks, DueFollowUps, DueRepairs, DueVisitors
from app.context import Appointments, Voice
from app.context.home import HomePage
from app.domains.appointments.booking.bookings.store import BookingStore
from app.domains.appointments.hall.tickets.store import TicketStore
from app.domains.community.shops.orders.store import OrderStore
from app.domains.community.shops.parcels.store import ParcelStore
from app.domains.government.applications.store import ApplicationStore
from app.domains.identity.guardians.model import WardScope
from app.domains.life.culture.library.store import ReaderCardStore
from app.domains.life.culture.tickets.store import PurchaseStore
from app.domains.life.culture.waiting.store import WaitStore
from app.domains.life.health.follow_ups.store import PlanStore
from app.domains.life.home.service import DueRoom, HomeService, NearBy, Rooms, Scenes
from app.domains.life.home.store import ChoiceStore, SceneStore
from app.domains.payment.bills.store import BillStore
from app.domains.payment.credit.dues.store import DueStore
from app.domains.payment.payments.store import PaymentStore
from app.domains.payment.treatments.store import TreatmentStore
from app.domains.voice.cases.store import CaseStore
from app.wiring.core import Core
from app.wiring.identity import Calling, People
from notifications.messages.store import InboxStore
from virtual_card.licences.store import LicenceStore

# What a guardian sees of what waits for his ward: by the matter in which he acts for him, as in the rooms themselves.
_FOR_WARDS = (
    (bridge.DueTickets, WardScope.APPOINTMENTS_MANAGE),
    (bridge.DueBookings, WardScope.APPOINTMENTS_MANAGE),
    (bridge.DueApplications, WardScope.APPLICATIONS_MANAGE),
    (bridge.DueCases, WardScope.VOICE_MANAGE),
    (DueRepairs, WardScope.VOICE_MANAGE),
    (DueCare, WardScope.VOICE_MANAGE),
    (DueStays, WardScope.VOICE_MANAGE),
    (bridge.DueBills, WardScope.PAYMENTS_MANAGE),
    (bridge.DueLicences, WardScope.CARD_SHOW),
    (DueVisitors, WardScope.CARD_MANAGE),
    (DueFollowUps, WardScope.HEALTH_READ),
)


def home_of(
    core: Core,
    calling: Calling,
    people: People,
    appointments: Appointments,
    voice: Voice,
    near: Sequence[NearBy],
) -> HomePage:
    db, own = core.db, _rooms(core, calling, appointments, voice)
    rooms = Rooms(own, [(scope.value, room) for room in own for kind, scope in _FOR_WARDS if isinstance(room, kind)])
    services = bridge.CatalogueServices(ApplicationStore(db, core.persons))
    unread = InboxStore(db).unread_part
    named = bridge.HomePeople(people.citizens, people.guardianships)
    pages = HomeService(db, ChoiceStore(db), named, rooms, services, unread, near, core.once, core.clock)
    return HomePage(pages, Scenes(db, SceneStore(db), core.audit))


def _rooms(core: Core, calling: Calling, appointments: Appointments, voice: Voice) -> list[DueRoom]:
    db, persons, organisations = core.db, core.persons, calling.organisations
    return [
        bridge.DuePayments(PaymentStore(db), organisations),
        bridge.DueTickets(TicketStore(db), appointments.venues),
        bridge.DueTreatments(TreatmentStore(db, persons), organisations),
        bridge.DueBookings(BookingStore(db), appointments.venues),
        bridge.DueApplications(ApplicationStore(db, persons)),
        bridge.DueCases(CaseStore(db, persons), voice.categories),
        bridge.DueCredit(DueStore(db), organisations),
        bridge.DueBills(BillStore(db, core.ring)),
        DueEventTickets(PurchaseStore(db)),
        DueTicketOffers(WaitStore(db)),
        bridge.DueLicences(LicenceStore(db, persons)),
        DueFollowUps(PlanStore(db), organisations),
        DueVisitors(),
        DueRepairs(),
        DueShopOrders(OrderStore(db, persons)),
        DueParcels(ParcelStore(db, persons)),
        DueCare(),
        DueStays(),
        DueFamilyVisits(),
        DueVotes(),
        DueBooks(ReaderCardStore(db, persons)),
    ]
