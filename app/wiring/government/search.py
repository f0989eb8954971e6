"""Search over the catalogue, and how much its items are asked for."""

from __future__ import annotations

from dataclasses import dataclass

from app.domains.government.catalogue.service import CatalogueService
from app.domains.government.search.keeping.service import IndexKeeper
from app.domains.government.search.keeping.synonyms import SynonymsFile
from app.domains.government.search.popularity.service import PopularityService
from app.domains.government.search.popularity.store import UseStore, WeightStore
from app.domains.government.search.service import SearchService
from app.wiring.core import Core
from app.wiring.identity import Calling


@dataclass(frozen=True, slots=True)
class Search:
    service: SearchService
    popularity: PopularityService


def search_of(core: Core, calling: Calling, catalogue: CatalogueService) -> Search:
    popularity = PopularityService(UseStore(core.db), WeightStore(core.db), catalogue, core.clock)
    catalogue.tell_views(popularity.seen)
    synonyms = SynonymsFile(core.settings.synonyms_file)
    keeper = IndexKeeper(catalogue, calling.organisations.tree, synonyms, popularity)
    return Search(SearchService(keeper, catalogue), popularity)
