"""What the home page asks of the other rooms: who it is, what waits for him there, which services he may need.

Each room's question is its store's (`Part`), so that all of them go by one command; here they are told in the words of
the home page.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from app.core.clock import CITY_TIME, civil_day
from app.core.mongo import Part
from app.core.said import UNSAID, Said
from app.domains.appointments.booking.bookings.model import Booking, BookingState
from app.domains.appointments.booking.bookings.store import BookingStore
from app.domains.appointments.hall.tickets.model import Ticket
from app.domains.appointments.hall.tickets.store import TicketStore
from app.domains.appointments.times.venues.service import VenueService
from app.domains.government.applications.history.model import State
from app.domains.government.applications.store import ApplicationStore, Outlined
from app.domains.government.catalogue.model import LifeEvent
from app.domains.government.catalogue.turns.store import Named, likeliest
from app.domains.identity.citizens.model import Citizen
from app.domains.identity.citizens.store import CitizenStore
from app.domains.identity.guardians.model import Guardianship
from app.domains.identity.guardians.store import GuardianshipStore
from app.domains.identity.organisations.service import OrganisationService
from app.domains.life.home.model import Due, DueKind, Suggestion, Turn, Ward, Why
from app.domains.life.home.service import Person
from app.domains.payment.bills.store import BillStore, Owed
from app.domains.payment.credit.dues.model import Due as CreditDue
from app.domains.payment.credit.dues.store import DueStore
from app.domains.payment.payments.model import Payment
from app.domains.payment.payments.store import PaymentStore
from app.domains.payment.treatments.model import Treatment
from app.domains.payment.treatments.store import TreatmentStore
from app.domains.voice.cases.categories.service import CategoryService
from app.domains.voice.cases.model import Case
from app.domains.voice.cases.ratings.model import RATED_WITHIN
from app.domains.voice.cases.store import CaseStore
from virtual_card.licences.kinds import kind_of
from virtual_card.licences.store import Ending, LicenceStore

_MOST = 5  # of one kind: who has more sees them in that room
_ENDS_SOON = timedelta(days=30)
_EVENTS = {
    Turn.BIRTH: LifeEvent.BIRTH,
    Turn.SCHOOL: LifeEvent.SCHOOL,
    Turn.WORK: LifeEvent.JOB,
    Turn.HOME: LifeEvent.BUY_HOME,
    Turn.MARRIAGE: LifeEvent.MARRIAGE,
    Turn.ILLNESS: LifeEvent.ILLNESS,
    Turn.RETIREMENT: LifeEvent.RETIREMENT,
    Turn.BEREAVEMENT: LifeEvent.BEREAVEMENT,
}
# What is under way is no service to be used again.
_ENDED = frozenset({State.DECIDED, State.DELIVERED, State.REFUSED})
_LAST_MOMENT = time(23, 59, 59)


class HomePeople:
    """Fulfils `life.home.service.People`."""

    def __init__(self, citizens: CitizenStore, guardianships: GuardianshipStore) -> None:
        self._citizens = citizens
        self._guardianships = guardianships

    async def people(self, citizens: Sequence[str]) -> dict[str, Person]:
        found = await self._citizens.many(list(citizens))
        return {one: _person(found.get(one)) for one in citizens}

    def wards(self, citizen: str, now: datetime, most: int) -> Part[Ward]:
        held = self._guardianships.held(citizen, civil_day(now), most)
        return Part(held.collection, held.pipeline, lambda row: _ward(held.read(row)))


def _person(found: Citizen | None) -> Person:
    if found is None:
        return Person(None, verified=False, birth_month=None)
    return Person(found.name, found.verified, found.birth_month if found.verified else None)


def _ward(one: Guardianship) -> Ward:
    return Ward(one.ward, one.relation, frozenset(scope.value for scope in one.scopes))


class CatalogueServices:
    """Fulfils `life.home.service.Services`."""

    def __init__(self, applications: ApplicationStore) -> None:
        self._applications = applications

    def for_turn(self, turn: Turn, most: int) -> Part[Named]:
        return likeliest(_EVENTS[turn], most)

    def at_turn(self, found: Named, turn: Turn) -> Suggestion:
        return Suggestion(found.code, found.name, Why.CHOSEN, turn)

    def used(self, citizen: str) -> Part[Outlined]:
        return self._applications.outlined(citizen, _ENDED, 2 * _MOST)

    def used_before(self, found: Outlined) -> Suggestion | None:
        return Suggestion(found.item, found.name, Why.USED, since=found.submitted_at) if found.offered else None


# Each fulfils `life.home.service.DueRoom`.


class DueBookings:
    def __init__(self, bookings: BookingStore, venues: VenueService) -> None:
        self._bookings = bookings
        self._venues = venues

    def asks(self, citizen: str, now: datetime) -> Part[Booking]:
        return self._bookings.coming(citizen, 2 * _MOST)

    def due(self, found: Sequence[Booking], now: datetime) -> list[Due]:
        return [self._due(one, now) for one in found if one.state_on(now) is not BookingState.EXPIRED]

    def _due(self, one: Booking, now: datetime) -> Due:
        directory = self._venues.directory
        service, venue = directory.services.get(one.service), directory.venues.get(one.venue)
        waits = one.state in (BookingState.OFFERED, BookingState.HELD)
        kind, at = (DueKind.BOOKING_TO_CONFIRM, one.hold_until) if waits else (DueKind.BOOKING, one.starts_at)
        return Due(kind, one.id, service.name if service else UNSAID, venue.name if venue else UNSAID, at)


class DueTickets:
    def __init__(self, tickets: TicketStore, venues: VenueService) -> None:
        self._tickets = tickets
        self._venues = venues

    def asks(self, citizen: str, now: datetime) -> Part[Ticket]:
        return self._tickets.at_hand(citizen, _MOST)

    def due(self, found: Sequence[Ticket], now: datetime) -> list[Due]:
        today = civil_day(now)
        return [self._due(one) for one in found if one.day == today]

    def _due(self, one: Ticket) -> Due:
        venue = self._venues.directory.venues.get(one.venue)
        return Due(DueKind.TICKET, one.id, Said(one.number), venue.name if venue else UNSAID)


class DueApplications:
    def __init__(self, applications: ApplicationStore) -> None:
        self._applications = applications

    def asks(self, citizen: str, now: datetime) -> Part[Outlined]:
        return self._applications.outlined(citizen, {State.RETURNED, State.DRAFT}, _MOST)

    def due(self, found: Sequence[Outlined], now: datetime) -> list[Due]:
        kinds = {State.RETURNED: DueKind.APPLICATION_RETURNED, State.DRAFT: DueKind.APPLICATION_DRAFT}
        return [Due(kinds[one.state], one.id, one.name, Said(one.number or "")) for one in found]


class DueCases:
    def __init__(self, cases: CaseStore, categories: CategoryService) -> None:
        self._cases = cases
        self._categories = categories

    def asks(self, citizen: str, now: datetime) -> Part[Case]:
        return self._cases.to_rate(citizen, _MOST)

    def due(self, found: Sequence[Case], now: datetime) -> list[Due]:
        return [self._due(one) for one in found]

    def _due(self, one: Case) -> Due:
        category = self._categories.tree.nodes.get(one.category)
        until = one.replied_at + RATED_WITHIN if one.replied_at else None
        return Due(DueKind.CASE_TO_RATE, one.id, category.name if category else UNSAID, Said(one.number), until)


class DuePayments:
    def __init__(self, payments: PaymentStore, organisations: OrganisationService) -> None:
        self._payments = payments
        self._organisations = organisations

    def asks(self, citizen: str, now: datetime) -> Part[Payment]:
        return self._payments.to_confirm(citizen, now, _MOST)

    def due(self, found: Sequence[Payment], now: datetime) -> list[Due]:
        return [
            Due(
                DueKind.PAYMENT_TO_CONFIRM,
                one.id,
                self._organisations.name_of(one.payee.id) or Said(one.payee.id),
                at=one.until,
                fen=one.amount.fen,
            )
            for one in found
        ]


class DueTreatments:
    def __init__(self, treatments: TreatmentStore, organisations: OrganisationService) -> None:
        self._treatments = treatments
        self._organisations = organisations

    def asks(self, citizen: str, now: datetime) -> Part[Treatment]:
        return self._treatments.to_answer(citizen, now, _MOST)

    def due(self, found: Sequence[Treatment], now: datetime) -> list[Due]:
        return [
            Due(
                DueKind.TREATMENT_TO_ANSWER,
                one.id,
                self._organisations.name_of(one.hospital) or Said(one.hospital),
                at=one.until,
                fen=one.estimate,
            )
            for one in found
        ]


class DueCredit:
    def __init__(self, dues: DueStore, organisations: OrganisationService) -> None:
        self._dues = dues
        self._organisations = organisations

    def asks(self, citizen: str, now: datetime) -> Part[CreditDue]:
        return self._dues.soonest(citizen, _MOST)

    def due(self, found: Sequence[CreditDue], now: datetime) -> list[Due]:
        return [
            Due(
                DueKind.CREDIT,
                one.id,
                self._organisations.name_of(one.payee) or Said(one.payee),
                at=datetime.combine(one.day, _LAST_MOMENT, CITY_TIME),
                fen=one.owed,
            )
            for one in found
        ]


class DueBills:
    def __init__(self, bills: BillStore) -> None:
        self._bills = bills

    def asks(self, citizen: str, now: datetime) -> Part[Owed]:
        return self._bills.owed_by(citizen, _MOST)

    def due(self, found: Sequence[Owed], now: datetime) -> list[Due]:
        return [
            Due(
                DueKind.BILL,
                one.id,
                one.biller,
                at=datetime.combine(one.due, _LAST_MOMENT, CITY_TIME),
                fen=one.fen,
            )
            for one in found
        ]


class DueLicences:
    def __init__(self, licences: LicenceStore) -> None:
        self._licences = licences

    def asks(self, citizen: str, now: datetime) -> Part[Ending]:
        today = civil_day(now)
        return self._licences.ending(citizen, today, today + _ENDS_SOON, _MOST)

    def due(self, found: Sequence[Ending], now: datetime) -> list[Due]:
        return [
            Due(
                DueKind.LICENCE_ENDS,
                one.id,
                kind_of(one.kind).title,
                at=datetime.combine(one.until, _LAST_MOMENT, CITY_TIME),
            )
            for one in found
        ]
