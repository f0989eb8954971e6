"""What people search for in the catalogue, and what they find."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.paging import encode_cursor
from app.core.texts import marking
from app.domains.government.catalogue.model import Audience, Category, Depth, LifeEvent
from app.domains.government.search import errors, model
from app.domains.government.search.model import Facet
from app.domains.identity.organisations.model import Level, Tree
from graphql_schema.endpoint.outcomes import UserError, outcome
from graphql_schema.types.card import OrganisationName
from graphql_schema.types.common import Connection, Edge, PageInfo
from graphql_schema.types.government.catalogue import ServiceCategoryCount, ServiceItem, VisitsCount


@outcome(errors.SearchTextMissing)
@strawberry.type(description="Nothing to search for: no letter, character or digit.")
class SearchTextMissing(UserError):
    pass


@outcome(errors.SearchTextTooLong)
@strawberry.type(description="`maximum` in characters.")
class SearchTextTooLong(UserError):
    maximum: int


@strawberry.input(description="All of these at once; what is left out is any.")
class ServiceSearchFilter:
    category: Category | None = None
    life_event: LifeEvent | None = None
    department: str | None = strawberry.field(default=None, description="The code of the unit that defines the item.")
    audience: Audience | None = None
    level: Level | None = None
    visits: int | None = strawberry.field(default=None, description="0: without going anywhere.")
    depth: Depth | None = None
    unit: str | None = strawberry.field(default=None, description="The code of a unit that offers it.")

    def parsed(self) -> model.Narrowed:
        return model.Narrowed(
            self.category,
            self.life_event,
            self.department or None,
            self.audience,
            self.level,
            self.visits,
            self.depth,
            self.unit or None,
        )


@strawberry.type(description="A piece of a text; `marked` when it answers to what was typed.")
class TextPart:
    text: str
    marked: bool

    @classmethod
    def of(cls, part: marking.Part) -> TextPart:
        return cls(text=part.text, marked=part.marked)


@strawberry.type(description="An item as it was found.")
class ServiceFound:
    item: ServiceItem
    matched: list[TextPart] = strawberry.field(description="The name by which it was found, in pieces.")
    by_other_name: bool = strawberry.field(description="`matched` is not the item's name but what people call it.")
    likeness: float = strawberry.field(description="0 to 1: how much of what was typed that name says.")

    @classmethod
    def of(cls, hit: model.Hit, tree: Tree, locale: str) -> ServiceFound:
        return cls(
            item=ServiceItem.of(hit.item, tree, locale, hit.near),
            matched=[TextPart.of(part) for part in hit.parts],
            by_other_name=hit.also,
            likeness=round(hit.likeness, 3),
        )


@strawberry.type
class LifeEventCount:
    life_event: LifeEvent
    items: int


@strawberry.type
class DepartmentCount:
    department: OrganisationName
    items: int


@strawberry.type
class AudienceCount:
    audience: Audience
    items: int


@strawberry.type
class LevelCount:
    level: Level
    items: int


@strawberry.type
class DepthCount:
    depth: Depth
    items: int


@strawberry.type(description="The results counted by what they can be narrowed by; the most first.")
class ServiceFacets:
    categories: list[ServiceCategoryCount]
    life_events: list[LifeEventCount]
    departments: list[DepartmentCount]
    audiences: list[AudienceCount]
    levels: list[LevelCount]
    visits: list[VisitsCount]
    depths: list[DepthCount]

    @classmethod
    def of(cls, results: model.Results, tree: Tree) -> ServiceFacets:
        counts = {facet: results.counts[facet].items() for facet in Facet}
        return cls(
            categories=[ServiceCategoryCount(category=Category(v), items=n) for v, n in counts[Facet.CATEGORY]],
            life_events=[LifeEventCount(life_event=LifeEvent(v), items=n) for v, n in counts[Facet.LIFE_EVENT]],
            departments=[
                DepartmentCount(department=OrganisationName.of(v, tree), items=n) for v, n in counts[Facet.DEPARTMENT]
            ],
            audiences=[AudienceCount(audience=Audience(v), items=n) for v, n in counts[Facet.AUDIENCE]],
            levels=[LevelCount(level=Level(v), items=n) for v, n in counts[Facet.LEVEL]],
            visits=[VisitsCount(visits=int(v), items=n) for v, n in counts[Facet.VISITS]],
            depths=[DepthCount(depth=Depth(v), items=n) for v, n in counts[Facet.DEPTH]],
        )


@strawberry.type(description="The best first.")
class ServiceSearch:
    results: Connection[ServiceFound]
    total: int = strawberry.field(description="At most 200.")
    more: bool = strawberry.field(description="There may be more than `total`: narrow the search.")
    facets: ServiceFacets

    @classmethod
    def of(cls, results: model.Results, tree: Tree, locale: str) -> ServiceSearch:
        edges = [
            Edge(cursor=encode_cursor(str(hit.place)), node=ServiceFound.of(hit, tree, locale)) for hit in results.hits
        ]
        page_info = PageInfo(has_next_page=results.has_next, end_cursor=edges[-1].cursor if edges else None)
        return cls(
            results=Connection(edges=edges, page_info=page_info),
            total=results.total,
            more=results.more,
            facets=ServiceFacets.of(results, tree),
        )


@strawberry.type(description="`text` is what to search for: a name, or what people call it.")
class ServiceSuggestion:
    code: str
    text: str

    @classmethod
    def of(cls, suggestion: model.Suggestion) -> ServiceSuggestion:
        return cls(code=suggestion.code, text=suggestion.text)


SearchServicesResult = Annotated[
    ServiceSearch | SearchTextMissing | SearchTextTooLong, strawberry.union("SearchServicesResult")
]
