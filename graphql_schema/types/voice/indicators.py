"""Indicators of cases: figures that say what they are made of, and where more is reported than usual."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import strawberry

from app.core.places.model import Point
from app.domains.voice.figures.indicators.cells.model import CITY
from app.domains.voice.figures.indicators.definitions import DEFINITIONS, PUBLIC
from app.domains.voice.figures.indicators.hotspots.model import HotSpot
from app.domains.voice.figures.indicators.model import Better, Board, By, Definition, Figure, Part, Scale
from graphql_schema.types.common import Info

strawberry.enum(
    Scale, name="CaseIndicatorScale", description="SHARE: a part of one. MINUTES, GRADE (1 to 5): means. COUNT: a sum."
)
strawberry.enum(Better, name="CaseIndicatorBetter", description="Which way is better.")
strawberry.enum(By, name="CaseIndicatorDimension", description="LEVEL: of the units, in the four levels of government.")


@strawberry.type(description="A figure with what it is made of: the same code and version always mean the same.")
class CaseIndicator:
    code: str
    version: int
    scale: Scale
    better: Better
    value: float | None = strawberry.field(description="Null without a denominator.")
    numerator: int
    denominator: int | None = strawberry.field(description="Null of a mere count.")
    definition: strawberry.Private[Definition]

    @strawberry.field(description="In the caller's language.")
    def name(self, info: Info) -> str:
        return self.definition.name.within(info.context.locale)

    @strawberry.field(description="What the numerator counts, in the caller's language.")
    def numerator_meaning(self, info: Info) -> str:
        return self.definition.top_words.within(info.context.locale)

    @strawberry.field(description="What the denominator counts, in the caller's language.")
    def denominator_meaning(self, info: Info) -> str:
        return self.definition.bottom_words.within(info.context.locale)

    @classmethod
    def of(cls, figure: Figure) -> CaseIndicator:
        one = figure.definition
        return cls(
            code=one.code,
            version=one.version,
            scale=one.scale,
            better=one.better,
            value=figure.value,
            numerator=figure.top,
            denominator=figure.bottom if one.bottom else None,
            definition=one,
        )


@strawberry.type(description="Of one kind, channel, district, unit, level or month.")
class CaseIndicatorPart:
    value: str = strawberry.field(description="A code, or a month such as 2026-11.")
    indicators: list[CaseIndicator]

    @classmethod
    def of(cls, part: Part, which: tuple[Definition, ...]) -> CaseIndicatorPart:
        return cls(value=part.value, indicators=[CaseIndicator.of(Figure.of(one, part.sums)) for one in which])


@strawberry.type(description="Of a unit with all below it, or of the whole city, in some months.")
class CaseIndicatorBoard:
    unit: str | None = strawberry.field(description="Null: the whole city.")
    first: str
    last: str
    indicators: list[CaseIndicator]
    months: list[CaseIndicatorPart]
    parts: list[CaseIndicatorPart] = strawberry.field(description="By what was asked; empty when nothing was.")

    @classmethod
    def of(cls, board: Board, by: By | None, which: tuple[Definition, ...]) -> CaseIndicatorBoard:
        return cls(
            unit=None if board.scope == CITY else board.scope,
            first=board.months.first,
            last=board.months.last,
            indicators=[CaseIndicator.of(Figure.of(one, board.sums)) for one in which],
            months=[CaseIndicatorPart.of(part, which) for part in board.trend],
            parts=[CaseIndicatorPart.of(part, which) for part in board.parts.get(by, ())] if by else [],
        )


ALL, FOR_EVERYBODY = tuple(DEFINITIONS.values()), PUBLIC


@strawberry.type(description="More reports in seven days than in usual weeks, and why it is called so.")
class CaseHotSpot:
    district: str
    category: str
    count: int = strawberry.field(description="In the seven days that end with `day`.")
    day: date
    since: date = strawberry.field(description="Found so on each day since.")
    usual: float = strawberry.field(description="The median of the eight weeks before.")
    expected: float = strawberry.field(description="Usual, and how far weeks usually lie from it.")
    chance: float = strawberry.field(description="Of so many or more in such a week.")
    weeks: list[int] = strawberry.field(description="The eight weeks before, the oldest first.")
    latitude: float | None = strawberry.field(description="About the middle of the district: a marker on a map.")
    longitude: float | None

    @classmethod
    def of(cls, spot: HotSpot, day: date, middle: Callable[[str], Point | None]) -> CaseHotSpot:
        point = middle(spot.district)
        return cls(
            district=spot.district,
            category=spot.category,
            count=spot.count,
            day=day,
            since=spot.since,
            usual=spot.usual,
            expected=spot.expected,
            chance=spot.chance,
            weeks=list(spot.weeks),
            latitude=point.latitude if point else None,
            longitude=point.longitude if point else None,
        )
