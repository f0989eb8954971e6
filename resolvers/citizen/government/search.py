"""Searching the catalogue, for everybody."""

from __future__ import annotations

import strawberry

from app.core.paging import PageRequest
from app.domains.government.search.model import Narrowed
from graphql_schema.types.common import Info, everyone
from graphql_schema.types.government.search import (
    SearchServicesResult,
    ServiceSearch,
    ServiceSearchFilter,
    ServiceSuggestion,
)


@strawberry.type
class SearchQuery:
    @strawberry.field(
        metadata=everyone(),
        description="Chinese (words, pinyin, initials; one slip of the finger is forgiven) or English, at most 100 "
        "characters, none of them special. `division`: 2 to 12 digits of GB/T 2260; without it, where the signed-in "
        "citizen lives: there `yourUnit` is, and what is offered nearer comes first.",
    )
    async def search_services(
        self,
        info: Info,
        query: str,
        filter: ServiceSearchFilter | None = None,
        division: str | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> SearchServicesResult:
        services, request = info.context.services, PageRequest.of(first, after)
        narrowed = filter.parsed() if filter else Narrowed()
        found = await services.government.search.search(info.context.viewer, query, narrowed, division, request)
        return ServiceSearch.of(found, services.organisations.tree, info.context.locale)

    @strawberry.field(
        metadata=everyone(), description="While somebody types: at most ten, the likeliest first; none for too much."
    )
    async def suggest_services(self, info: Info, prefix: str) -> list[ServiceSuggestion]:
        return [ServiceSuggestion.of(one) for one in await info.context.services.government.search.suggest(prefix)]
