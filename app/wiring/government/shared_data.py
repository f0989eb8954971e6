"""Shared data: what is offered, asked for and agreed to, and the fetching of it."""

from __future__ import annotations

from dataclasses import dataclass

from app.bridges.shared_data import ItemsOfCatalogue, PeopleAskedAbout
from app.bridges.telling import CardAddressees
from app.domains.government.applications.store import ApplicationStore
from app.domains.government.catalogue.service import CatalogueService
from app.domains.government.shared_data.accesses.service import AccessService
from app.domains.government.shared_data.accesses.store import AccessStore
from app.domains.government.shared_data.consents.service import ConsentService
from app.domains.government.shared_data.consents.store import ConsentStore
from app.domains.government.shared_data.fetches.service import FetchService
from app.domains.government.shared_data.fetches.store import SparedStore
from app.domains.government.shared_data.prefill.service import PrefillService
from app.domains.government.shared_data.sets.service import DataSetService
from app.domains.government.shared_data.sets.store import DataSetStore
from app.wiring.card import Card
from app.wiring.core import Core
from app.wiring.identity import Calling, People
from app.wiring.outside import Outside


@dataclass(frozen=True, slots=True)
class SharedData:
    sets: DataSetService
    accesses: AccessService
    consents: ConsentService
    fetches: FetchService
    prefill: PrefillService


def shared_data_of(
    core: Core, beyond: Outside, calling: Calling, people: People, card: Card, catalogue: CatalogueService
) -> SharedData:
    db, audit, once, clock = core.db, core.audit, core.once, core.clock
    sets, consent_store = DataSetService(DataSetStore(db), audit, once, clock), ConsentStore(db)
    accesses = AccessService(AccessStore(db), sets, audit, once, clock)
    items, subjects = ItemsOfCatalogue(catalogue), _subjects(core, people, card)
    fetches = FetchService(
        sets,
        accesses,
        consent_store,
        subjects,
        beyond.exchange,
        calling.organisations,
        card.disclosures,
        core.limits,
        audit,
        once,
        clock,
        core.tallies.count,
    )
    prefill = PrefillService(
        db, sets, consent_store, subjects, beyond.exchange, card.disclosures, SparedStore(db), clock
    )
    consents = ConsentService(db, consent_store, sets, accesses, items, audit, once, clock)
    return SharedData(sets, accesses, consents, fetches, prefill)


def _subjects(core: Core, people: People, card: Card) -> PeopleAskedAbout:
    addressees = CardAddressees(card.disclosure_store, card.store, people.citizens, core.clock)
    return PeopleAskedAbout(people.citizens, addressees, ApplicationStore(core.db, core.persons))
