"""The rooms of the city, in the order in which they need each other."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from app.bridges.appointments import StillTrueOfBookings, StillTrueOfTickets
from app.bridges.culture import StillTrueOfEventTickets, StillTrueOfLoans, TicketHinders
from app.bridges.dues import StillTrueOfCredit
from app.bridges.health import StillTrueOfCare
from app.bridges.leaving import MoneyHinders, MoneyUnderWay
from app.bridges.tills import MerchantTill
from app.bridges.together import StillTrueOfDates
from app.context import Appointments, Community, Government, Life, Payment, Voice
from app.domains.identity.rights.erasures.model import Parting
from app.domains.identity.rights.erasures.service import Hinders
from app.domains.life.culture.tickets.store import PurchaseStore
from app.rights import BookingsEnd, Ends, WalletExporter
from app.wiring.appointments import appointments_of
from app.wiring.card import Card, card_of
from app.wiring.community import community_of
from app.wiring.core import Core
from app.wiring.government import government_of
from app.wiring.identity import Calling, People, calling_of, people_of
from app.wiring.life import life_of
from app.wiring.outside import Outside
from app.wiring.payment import payment_of
from app.wiring.rights import Rights, rights_of
from app.wiring.telling import Telling, telling_of
from app.wiring.uploads import Uploads, uploads_of
from app.wiring.voice import voice_of
from app.wiring.webhooks import Webhooks, webhooks_of
from notifications.messages.model import Message
from virtual_card.face import FaceStudio


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    core: Core
    outside: Outside
    studio: FaceStudio
    calling: Calling
    people: People
    card: Card
    uploads: Uploads
    government: Government
    appointments: Appointments
    voice: Voice
    payment: Payment
    life: Life
    community: Community
    telling: Telling
    webhooks: Webhooks
    rights: Rights


def rooms_of(core: Core, beyond: Outside, studio: FaceStudio) -> Rooms:
    calling = calling_of(core)
    people = people_of(core, beyond, calling, studio)
    card = card_of(core, calling, people, studio)
    uploads = uploads_of(core)
    government = government_of(core, beyond, calling, people, card, uploads)
    appointments = appointments_of(core, beyond, calling, people, card)
    voice = voice_of(core, beyond, calling, people, card, uploads, government)
    payment = payment_of(core, beyond, calling, people, card, uploads)
    till = MerchantTill(payment.payments, payment.merchants, payment.refunds, payment.refund_asking)
    around = (core, beyond, calling, people, card, uploads, appointments, voice, payment, till)
    life, community = life_of(*around, government), community_of(*around)
    partings = [
        *_partings(government, appointments, voice),
        *_partings_of_payment(payment),
        *_partings_of_life(life),
        *_partings_of_volunteers(community),
        *_partings_of_estates(community),
    ]
    return Rooms(
        core=core,
        outside=beyond,
        studio=studio,
        calling=calling,
        people=people,
        card=card,
        uploads=uploads,
        government=government,
        appointments=appointments,
        voice=voice,
        payment=payment,
        life=life,
        community=community,
        telling=telling_of(core, beyond, calling, people, card, _still_true(appointments, payment, life, community)),
        webhooks=webhooks_of(core, beyond, calling),
        rights=rights_of(
            *(core, beyond, calling, people, card, uploads, partings, _hinders(core, payment)),
            [WalletExporter(people.citizens, payment.wallet.statements, core.clock)],
        ),
    )


def _hinders(core: Core, payment: Payment) -> list[Hinders]:
    """What keeps a citizen from leaving."""
    return [_money(payment), TicketHinders(PurchaseStore(core.db), core.clock)]


def _money(payment: Payment) -> MoneyHinders:
    under_way = MoneyUnderWay(
        payment.orders,
        payment.gateway_refunds,
        payment.payouts,
        payment.refunds,
        payment.settlement.differences,
    )
    return MoneyHinders(payment.ledger, payment.packets.packets, payment.rides.debts, under_way)


def _still_true(
    appointments: Appointments, payment: Payment, life: Life, community: Community
) -> Mapping[str, Callable[[Message], Awaitable[bool]]]:
    """By event: whether what is about to be told is true still."""
    together = community.together
    return {
        **StillTrueOfBookings(appointments.sweep).by_event(),
        **StillTrueOfTickets(appointments.tickets).by_event(),
        **StillTrueOfCredit(payment.credit.dues, payment.treatments).by_event(),
        **StillTrueOfCare(life.health.follow_ups, appointments.contract_endings).by_event(),
        **StillTrueOfLoans(life.culture.loan_reminders).by_event(),
        **StillTrueOfEventTickets(life.culture.reminders).by_event(),
        **StillTrueOfDates(together.voting.reminders, together.visiting.reminders).by_event(),
    }


def _partings(government: Government, appointments: Appointments, voice: Voice) -> list[Parting]:
    """What ends with a citizen's leaving, first things first."""
    return [
        # First: a booking he had checked in for is then ended like any other.
        Ends("tickets", appointments.closings),
        Ends("contracts", appointments.contracts),
        BookingsEnd(appointments.bookings, appointments.payments, appointments.waiting, appointments.blocks),
        Ends("applications", government.applications),
        Ends("consents", government.consents),
        Ends("cases", voice.cases),
        Ends("case ties", voice.ties),
        Ends("matters", voice.conversations.moderation),
        Ends("follows", voice.conversations.follows),
        Ends("proposals", voice.conversations.proposals),
        Ends("posts", voice.conversations.threads),
    ]


def _partings_of_volunteers(community: Community) -> list[Parting]:
    ours = community.volunteering
    return [
        Ends("responders", ours.responders),
        Ends("micro-wishes", ours.wish_steps),
        Ends("places in activities", ours.signing),
        Ends("volunteer groups", ours.groups),
        Ends("volunteers", ours.register),
    ]


def _partings_of_estates(community: Community) -> list[Parting]:
    neighbourhood = community.neighbourhood
    together = community.together
    return [
        Ends("shop orders", together.shopping.ending),
        Ends("care", together.caring.entries),
        Ends("visits of relatives", together.visiting.stays),
        Ends("repairs", neighbourhood.keeping.repairs),
        Ends("residencies", neighbourhood.residents),
    ]


def _partings_of_life(life: Life) -> list[Parting]:
    return [
        Ends("event waiting lists", life.culture.passing),
        Ends("event tickets", life.culture.ending),
        Ends("home pages", life.home.pages),
        Ends("place reviews", life.directory.reviews),
        Ends("place corrections", life.directory.corrections),
    ]


def _partings_of_payment(payment: Payment) -> list[Parting]:
    """What is owed stays owed, and what was promised may still be charged: the law keeps both."""
    return [
        Ends("auto pays", payment.bills.auto_pay),
        Ends("disputes", payment.disputes),
        Ends("points", payment.points.book),
        Ends("wallet", payment.wallet.wallets),
        Ends("treatments", payment.treatments),
        Ends("credit appeals", payment.credit.appeals),
        Ends("credit lines", payment.credit.lines),
        Ends("credit scores", payment.credit.scores),
    ]
