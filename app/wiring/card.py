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
    return Card(store, disclosure_store, cards, codes, trials, disclosures, lookups)
