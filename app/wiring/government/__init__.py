"""My government: its rooms in the order in which they need each other, one file a noun."""

from __future__ import annotations

from app.bridges.applications import WalletLicences
from app.bridges.shared_data import SharedAnswers
from app.context import Government
from app.wiring.card import Card
from app.wiring.core import Core
from app.wiring.government.answers import answers_of
from app.wiring.government.applications import Beside, applications_of
from app.wiring.government.catalogue import catalogue_of
from app.wiring.government.handover import carriers_of, handovers_of
from app.wiring.government.search import search_of
from app.wiring.government.shared_data import shared_data_of
from app.wiring.identity import Calling, People
from app.wiring.outside import Outside
from app.wiring.uploads import Uploads


def government_of(
    core: Core, beyond: Outside, calling: Calling, people: People, card: Card, uploads: Uploads
) -> Government:
    catalogue = catalogue_of(core, calling, people)
    handovers, shared = handovers_of(core), shared_data_of(core, beyond, calling, people, card, catalogue.reading)
    beside = Beside(
        licences=WalletLicences(card.licences), data=SharedAnswers(shared.prefill), back_office=handovers.service
    )
    applications = applications_of(core, calling, people, card, uploads, catalogue.reading, beside)
    porter, reconciling = carriers_of(core, beyond, people, uploads, handovers, applications.pushed)
    search = search_of(core, calling, catalogue.reading)
    answers = answers_of(core, calling, catalogue.reading, search.service)
    return Government(
        drafts=applications.drafts,
        applications=applications.applicants,
        handling=applications.handling,
        keeping=applications.keeping,
        pushed=applications.pushed,
        overseeing=applications.overseeing,
        handovers=handovers.service,
        porter=porter,
        reconciling=reconciling,
        data_sets=shared.sets,
        data_accesses=shared.accesses,
        consents=shared.consents,
        data_fetches=shared.fetches,
        shared_answers=shared.prefill,
        knowledge=answers.knowledge,
        entries=answers.entries,
        ratings=answers.ratings,
        gaps=answers.gaps,
        ask=answers.ask,
        answer_imports=answers.imports,
        catalogue=catalogue.reading,
        publishing=catalogue.publishing,
        offering=catalogue.offering,
        item_imports=catalogue.imports,
        search=search.service,
        popularity=search.popularity,
    )
