"""Care, visits of relatives, votes and shops."""

from __future__ import annotations

from app.bridges.together import CareLooksTold, MissedCareCases, PhoneOwners
from app.bridges.voice import CaseFiles
from app.context import Voice
from app.context.together import Caring, Shopping, Together, Visiting, Voting
from app.core.tills.model import Ware
from app.core.tills.service import Till
from app.domains.community.care.escalating.service import CareEscalation
from app.domains.community.care.keeping.service import CareKeeping
from app.domains.community.care.service import CareService
from app.domains.community.care.store import CareStore
from app.domains.community.family_visits.ending.service import VisitEnding
from app.domains.community.family_visits.houses.service import HouseService
from app.domains.community.family_visits.houses.store import HouseStore
from app.domains.community.family_visits.keeping.service import VisitKeeping
from app.domains.community.family_visits.reminding.service import VisitReminders
from app.domains.community.family_visits.service import FamilyVisitService
from app.domains.community.family_visits.stays.service import StayService
from app.domains.community.family_visits.stays.store import StayStore
from app.domains.community.family_visits.store import FamilyVisitStore
from app.domains.community.shops.orders.ending.service import OrderEnding
from app.domains.community.shops.orders.holding.service import Shelf
from app.domains.community.shops.orders.minding.service import OrderDesk
from app.domains.community.shops.orders.moving.service import OrderSteps
from app.domains.community.shops.orders.service import OrderService, Stores
from app.domains.community.shops.orders.store import OrderStore
from app.domains.community.shops.parcels.returning.service import ParcelReturns
from app.domains.community.shops.parcels.service import ParcelService
from app.domains.community.shops.parcels.store import ParcelStore
from app.domains.community.shops.service import ShopService
from app.domains.community.shops.store import ShopStore
from app.domains.community.shops.working.service import WorkingShop
from app.domains.community.votes.casting.service import CastingService
from app.domains.community.votes.closing.service import ClosingService
from app.domains.community.votes.reminding.service import VoteReminders
from app.domains.community.votes.rolls.service import RollService
from app.domains.community.votes.rolls.store import RollStore
from app.domains.community.votes.service import VoteService
from app.domains.community.votes.store import BallotStore, VoteStore
from app.domains.community.votes.telling.service import VoteTelling
from app.domains.voice.cases.filing.service import CaseFiling
from app.domains.voice.cases.service import CaseSteps
from app.domains.voice.cases.store import CaseStore
from app.wiring.card import Card
from app.wiring.community.living import Living
from app.wiring.core import Core
from app.wiring.identity import Calling, People
from app.wiring.outside import Outside
from app.wiring.uploads import Uploads


def together_of(
    core: Core,
    beyond: Outside,
    calling: Calling,
    people: People,
    card: Card,
    uploads: Uploads,
    voice: Voice,
    till: Till,
    living: Living,
) -> Together:
    return Together(
        shopping=_shopping(core, people, uploads, till, living),
        voting=_voting(core, living),
        caring=_caring(core, beyond, card, uploads, voice, living),
        visiting=_visiting(core, calling, people, living),
    )


def _shopping(core: Core, people: People, uploads: Uploads, till: Till, living: Living) -> Shopping:
    db, clock, audit, once = core.db, core.clock, core.audit, core.once
    store, orders = ShopStore(db), OrderStore(db, core.persons)
    shops = ShopService(store, living.estates, CaseFiles(uploads.service), audit, once, clock)
    kept = ParcelStore(db, core.persons)
    parcels = ParcelService(kept, shops, PhoneOwners(people.citizens), core.limits, core.outbox, audit, once, clock)
    steps = OrderSteps(orders, store, parcels, till, core.outbox, clock)
    shelf = Shelf(store, orders, clock)
    ending = OrderEnding(db, orders, steps, shelf, till, clock)
    till.follow(Ware.ORDER, ending)
    stores = Stores(orders, store, shelf, living.residents, living.estates, parcels)
    return Shopping(
        shops=shops,
        orders=OrderService(stores, steps, till, core.limits, audit, once, clock),
        working=WorkingShop(db, orders, shops, steps, till, core.changes, audit, once, clock),
        ending=ending,
        desk=OrderDesk(orders, steps, till, audit, once, clock),
        parcels=parcels,
        returns=ParcelReturns(db, kept, core.outbox, clock),
    )


def _voting(core: Core, living: Living) -> Voting:
    db, clock, audit, once = core.db, core.clock, core.audit, core.once
    store, ballots, rolls = VoteStore(db), BallotStore(db, core.ring, core.persons), RollStore(db)
    residents, homes = living.residents, living.resident_store
    votes = VoteService(store, ballots, rolls, living.estates, residents, audit, once, clock)
    areas = RollService(rolls, living.estates, homes, audit, once)
    living.doors.follow(areas)
    return Voting(
        votes=votes,
        casting=CastingService(store, ballots, rolls, residents, homes, votes, audit, once, clock),
        closing=ClosingService(db, store, ballots, rolls, audit, clock),
        telling=VoteTelling(store, homes, core.outbox, clock),
        reminders=VoteReminders(store, ballots, homes, votes, core.outbox, clock),
        rolls=areas,
    )


def _visiting(core: Core, calling: Calling, people: People, living: Living) -> Visiting:
    db, clock, audit, once, outbox = core.db, core.clock, core.audit, core.once, core.outbox
    visits, stays = FamilyVisitStore(db, core.persons), StayStore(db, core.persons)
    houses, ending = HouseService(HouseStore(db), calling.organisations.tree, audit, once), VisitEnding(visits, outbox)
    owners, names, limits = PhoneOwners(people.citizens), living.names, core.limits
    reading = FamilyVisitService(visits, stays, houses, ending, names, limits, outbox, audit, once, clock)
    return Visiting(
        houses=houses,
        stays=StayService(db, stays, houses, ending, owners, names, limits, outbox, audit, once, clock),
        visits=reading,
        keeping=VisitKeeping(db, visits, houses, reading, ending, audit, once, clock),
        reminders=VisitReminders(db, visits, outbox, clock),
    )


def _caring(core: Core, beyond: Outside, card: Card, uploads: Uploads, voice: Voice, living: Living) -> Caring:
    db, clock, audit, once, outbox = core.db, core.clock, core.audit, core.once, core.outbox
    store = CareStore(db, core.persons)
    entries = CareService(db, store, living.residents, living.estates, outbox, audit, once, clock)
    living.residents.follow(entries)
    looks, homes = CareLooksTold(card.disclosures, clock), living.resident_store
    steps = CaseSteps(CaseStore(db, core.persons), core.calendar, outbox, audit, clock)
    filing = CaseFiling(steps, voice.categories, CaseFiles(uploads.service), core.ring, clock)
    cases = MissedCareCases(filing, voice.places, living.estates, core.settings.city_division)
    return Caring(
        entries=entries,
        keeping=CareKeeping(db, store, entries, living.estates, homes, living.names, looks, outbox, audit, once, clock),
        escalation=CareEscalation(db, store, beyond.sms, cases, outbox, clock),
    )
