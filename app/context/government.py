"""The services of my government."""

from __future__ import annotations

from dataclasses import dataclass

from app.domains.government.answers.asking.service import AskService
from app.domains.government.answers.entries.service import EntryService
from app.domains.government.answers.finding.service import KnowledgeBase
from app.domains.government.answers.gaps.service import GapService
from app.domains.government.answers.imports.service import AnswerImports
from app.domains.government.answers.ratings.service import RatingService
from app.domains.government.applications.drafts.service import DraftService
from app.domains.government.applications.handling.service import HandlingService
from app.domains.government.applications.keeping.service import KeepingService
from app.domains.government.applications.overseeing.service import OverseeingService
from app.domains.government.applications.pushed.service import PushedSteps
from app.domains.government.applications.service import ApplicationService
from app.domains.government.catalogue.imports.service import ItemImports
from app.domains.government.catalogue.offering.service import OfferingService
from app.domains.government.catalogue.publishing.service import PublishingService
from app.domains.government.catalogue.service import CatalogueService
from app.domains.government.handover.reconciling.service import Reconciliation
from app.domains.government.handover.sending.service import Porter
from app.domains.government.handover.service import HandoverService
from app.domains.government.search.popularity.service import PopularityService
from app.domains.government.search.service import SearchService
from app.domains.government.shared_data.accesses.service import AccessService
from app.domains.government.shared_data.consents.service import ConsentService
from app.domains.government.shared_data.fetches.service import FetchService
from app.domains.government.shared_data.prefill.service import PrefillService
from app.domains.government.shared_data.sets.service import DataSetService


@dataclass(frozen=True, slots=True, kw_only=True)
class Government:
    """The services of my government."""

    catalogue: CatalogueService
    publishing: PublishingService
    offering: OfferingService
    item_imports: ItemImports
    search: SearchService
    popularity: PopularityService
    drafts: DraftService
    applications: ApplicationService
    handling: HandlingService
    keeping: KeepingService
    pushed: PushedSteps
    overseeing: OverseeingService
    handovers: HandoverService
    porter: Porter
    reconciling: Reconciliation
    data_sets: DataSetService
    data_accesses: AccessService
    consents: ConsentService
    data_fetches: FetchService
    shared_answers: PrefillService
    knowledge: KnowledgeBase
    entries: EntryService
    ratings: RatingService
    gaps: GapService
    ask: AskService
    answer_imports: AnswerImports
