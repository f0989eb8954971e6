"""Answers: the knowledge base, what people ask it, how they rate it, and what it could not tell."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.imports.store import ProgressStore
from app.domains.government.answers.asking.service import AskService
from app.domains.government.answers.asking.store import PassedOnStore, ThreadStore
from app.domains.government.answers.entries.service import EntryService
from app.domains.government.answers.entries.store import AnswerStore
from app.domains.government.answers.finding.service import KnowledgeBase
from app.domains.government.answers.gaps.service import GapService
from app.domains.government.answers.gaps.store import GapStore
from app.domains.government.answers.imports.service import AnswerImports
from app.domains.government.answers.ratings.service import RatingService
from app.domains.government.answers.ratings.store import RatingStore
from app.domains.government.catalogue.service import CatalogueService
from app.domains.government.search.keeping.synonyms import SynonymsFile
from app.domains.government.search.service import SearchService
from app.wiring.core import Core
from app.wiring.identity import Calling


@dataclass(frozen=True, slots=True)
class Answers:
    knowledge: KnowledgeBase
    entries: EntryService
    ratings: RatingService
    gaps: GapService
    ask: AskService
    imports: AnswerImports


def answers_of(core: Core, calling: Calling, catalogue: CatalogueService, search: SearchService) -> Answers:
    store, tree, once, clock = AnswerStore(core.db), calling.organisations.tree, core.once, core.clock
    knowledge = KnowledgeBase(store, SynonymsFile(core.settings.synonyms_file))
    entries = EntryService(store, catalogue, tree, core.limits, core.audit, once, clock, knowledge.note)
    gaps = GapService(GapStore(core.db, core.ring), entries, knowledge, core.audit, once, clock)
    threads, passed = ThreadStore(core.db, core.ring, core.persons), PassedOnStore(core.db, core.persons)
    ask = AskService(
        threads, passed, store, knowledge, search, gaps, core.ring, core.limits, once, clock, core.tallies.count
    )
    ratings = RatingService(RatingStore(core.db), entries, ask, core.limits, once, clock)
    kept = ProgressStore(core.db["answer_imports"])
    imports = AnswerImports(core.db, kept, store, catalogue, tree, core.audit, clock)
    return Answers(knowledge, entries, ratings, gaps, ask, imports)
