"""The catalogue, for everybody: items by subject, life event and department, and the unit to go to."""

from __future__ import annotations

import strawberry

from app.core.paging import PageRequest
from app.domains.government.catalogue.model import Audience, Category, LifeEvent
from app.domains.government.catalogue.service import Shelf
from app.domains.government.catalogue.store import rank_of
from app.domains.identity.organisations.model import Level
from graphql_schema.types.common import Connection, Info, Node, connection, everyone
from graphql_schema.types.government.catalogue import ServiceCounts, ServiceItem, ServiceOffer


@strawberry.type
class CatalogueQuery:
    @strawberry.field(
        metadata=everyone(),
        description="The current version, or one that was published once. Null when there is none. "
        "`division`: 2 to 12 digits of GB/T 2260; without it, where the signed-in citizen lives.",
    )
    async def service_item(
        self, info: Info, code: str, version: int | None = None, division: str | None = None
    ) -> ServiceItem | None:
        services, viewer = info.context.services, info.context.viewer
        found = await services.government.catalogue.found(viewer, code, version, division)
        return ServiceItem.of(found[0], services.organisations.tree, info.context.locale, found[1]) if found else None

    @strawberry.field(metadata=everyone(), description="What people find, the most asked for first.")
    async def service_items(
        self,
        info: Info,
        category: Category | None = None,
        life_event: LifeEvent | None = None,
        department: str | None = None,
        audience: Audience | None = None,
        level: Level | None = None,
        visits: int | None = None,
        division: str | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[ServiceItem]:
        services, viewer = info.context.services, info.context.viewer
        shelf = Shelf(category, life_event, department, audience, level, visits)
        request = PageRequest.of(first, after)
        page, near = await services.government.catalogue.on_shelf_near(viewer, shelf, division, request)
        tree, locale = services.organisations.tree, info.context.locale
        return connection(page, rank_of, lambda item: ServiceItem.of(item, tree, locale, near.get(item.code)))

    @strawberry.field(metadata=everyone(), description="How many items there are, by subject and by visits needed.")
    async def service_categories(self, info: Info) -> ServiceCounts:
        return ServiceCounts.of(await info.context.services.government.catalogue.counts())

    @strawberry.field(metadata=everyone(), description="Every unit that offers an item, by the unit's code.")
    async def service_offers(
        self, info: Info, code: str, first: int | None = None, after: str | None = None
    ) -> Connection[ServiceOffer]:
        services, locale = info.context.services, info.context.locale
        page = await services.government.catalogue.offers(code, PageRequest.of(first, after))
        tree = services.organisations.tree
        return connection(page, lambda offer: offer.unit, lambda offer: ServiceOffer.of(offer, tree, locale))


async def service_item_node(info: Info, key: str) -> Node | None:
    """`CODE@VERSION`."""
    services, viewer = info.context.services, info.context.viewer
    code, _, version = key.rpartition("@")
    if not version.isascii() or not version.isdigit() or len(version) > 9:
        return None
    found = await services.government.catalogue.found(viewer, code, int(version))
    return ServiceItem.of(found[0], services.organisations.tree, info.context.locale, found[1]) if found else None
