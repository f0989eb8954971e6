"""The catalogue: what the city does for people, and where."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.imports.store import ProgressStore
from app.domains.government.catalogue.imports.service import ItemImports
from app.domains.government.catalogue.offering.service import OfferingService
from app.domains.government.catalogue.publishing.service import PublishingService
from app.domains.government.catalogue.service import CatalogueService
from app.domains.government.catalogue.store import ItemStore, OfferStore
from app.wiring.core import Core
from app.wiring.identity import Calling, People


@dataclass(frozen=True, slots=True)
class Catalogue:
    items: ItemStore
    offers: OfferStore
    reading: CatalogueService
    publishing: PublishingService
    offering: OfferingService
    imports: ItemImports


def catalogue_of(core: Core, calling: Calling, people: People) -> Catalogue:
    items, offers = ItemStore(core.db), OfferStore(core.db)
    reading = CatalogueService(items, offers, people.citizens, calling.organisations.tree)
    tree, once = calling.organisations.tree, core.once
    publishing = PublishingService(items, offers, tree, reading.forget, core.limits, core.audit, once, core.clock)
    systems = frozenset((*core.settings.departments_systems, *core.settings.departments_own))
    offering = OfferingService(items, offers, tree, core.audit, once, systems)
    kept, forget = ProgressStore(core.db["item_imports"]), reading.forget_all
    imports = ItemImports(core.db, kept, items, offers, tree, forget, core.audit, core.clock)
    return Catalogue(items, offers, reading, publishing, offering, imports)
