"""The virtual card: cards, their codes, what was told of a holder by them, and the test cards of providers."""

from __future__ import annotations

from dataclasses import dataclass

from app.wiring.core import Core
from app.wiring.identity import Calling, People
from virtual_card.cards.service import CardService
from virtual_card.cards.store import CardStore
from virtual_card.codes.service import CodeService
from virtual_card.codes.store import CodeStore
from virtual_card.disclosures.service import DisclosureService
from virtual_card.disclosures.store import DisclosureStore
from virtual_card.face import FaceStudio
from virtual_card.licences.documents.service import DocumentService
from virtual_card.licences.service import LicenceService
from virtual_card.licences.showing.service import ShowingService
from virtual_card.licences.showing.store import LicenceCodeStore
from virtual_card.licences.store import LicenceStore
from virtual_card.lookups.service import LookupService
from virtual_card.trials.service import TrialService
from virtual_card.trials.store import TrialStore


@dataclass(frozen=True, slots=True)
class Card:
    store: CardStore
    disclosure_store: DisclosureStore
    cards: CardService
    codes: CodeService
    trials: TrialService
    disclosures: DisclosureService
    lookups: LookupService
    licences: LicenceService
    showing: ShowingService
    documents: DocumentService


def card_of(core: Core, calling: Calling, people: People, studio: FaceStudio) -> Card:
    db, clock, audit, once, limits, count = core.db, core.clock, core.audit, core.once, core.limits, core.tallies.count
    citizens, organisations = people.citizens, calling.organisations
    store, disclosure_store = CardStore(db), DisclosureStore(db, core.persons)
    city, base_url = core.settings.city, core.base_url
    disclosures = DisclosureService(core.db, disclosure_store, core.changes, core.outbox, audit, once, clock)
    cards = CardService(db, store, citizens, studio, core.ring, core.outbox, audit, once, clock, city, base_url, count)
    codes = CodeService(
        db,
        CodeStore(db),
        store,
        citizens,
        organisations,
        disclosures,
        core.keys,
        limits,
        audit,
        once,
        clock,
        base_url,
        count,
    )
    trials = TrialService(TrialStore(db), citizens, cards, codes, organisations, audit, once, clock)
    lookups = LookupService(db, citizens, store, disclosures, limits, audit, once, clock)
    licences, showing, documents = _licences_of(core, calling, people, studio, disclosures)
    return Card(store, disclosure_store, cards, codes, trials, disclosures, lookups, licences, showing, documents)


def _licences_of(
    core: Core, calling: Calling, people: People, studio: FaceStudio, disclosures: DisclosureService
) -> tuple[LicenceService, ShowingService, DocumentService]:
    db, clock, audit, once, count = core.db, core.clock, core.audit, core.once, core.tallies.count
    store, citizens, organisations = LicenceStore(db, core.persons), people.citizens, calling.organisations
    licences = LicenceService(db, store, citizens, core.ring, core.outbox, audit, once, clock, count)
    codes = LicenceCodeStore(db)
    showing = ShowingService(
        db, codes, store, citizens, organisations, disclosures, core.limits, audit, once, clock, count
    )
    documents = DocumentService(store, citizens, organisations, studio, core.keys, core.ring, clock, core.base_url)
    return licences, showing, documents
