"""Indicators of cases: a unit reads its own and what is below it, the centre all; hot spots, for the centre."""

from __future__ import annotations

import strawberry

from app.domains.voice.figures.indicators.model import By, Months
from app.domains.voice.figures.indicators.service import CENTRE_SCOPE, UNIT_SCOPE
from graphql_schema.types.common import Info, providers
from graphql_schema.types.voice.indicators import ALL, CaseHotSpot, CaseIndicatorBoard


@strawberry.type
class ProviderIndicatorQuery:
    @strawberry.field(
        metadata=providers(scope=UNIT_SCOPE),
        description="Of one's own unit, or of one below it, each with all below. Months are written 2026-11, at most "
        "24. Null when there is no such unit, or it is elsewhere.",
    )
    async def case_indicators(
        self, info: Info, first: str, last: str, unit: str | None = None, by: By | None = None
    ) -> CaseIndicatorBoard | None:
        reading, viewer = info.context.services.voice.indicators.reading, info.context.viewer
        board = await reading.of_unit(viewer, Months.of(first, last), unit, (by,) if by else ())
        return CaseIndicatorBoard.of(board, by, ALL) if board else None

    @strawberry.field(
        metadata=providers(scope=CENTRE_SCOPE),
        description="Of the whole city, or of a unit with all below it. Null when there is no such unit.",
    )
    async def centre_indicators(
        self, info: Info, first: str, last: str, unit: str | None = None, by: By | None = None
    ) -> CaseIndicatorBoard | None:
        reading, viewer = info.context.services.voice.indicators.reading, info.context.viewer
        board = await reading.of_centre(viewer, Months.of(first, last), unit, (by,) if by else ())
        return CaseIndicatorBoard.of(board, by, ALL) if board else None

    @strawberry.field(
        metadata=providers(scope=CENTRE_SCOPE),
        description="As they were found last; the least likely to be chance first.",
    )
    async def case_hot_spots(self, info: Info) -> list[CaseHotSpot]:
        voice = info.context.services.voice
        found = await voice.indicators.hotspots.seen_by(info.context.viewer)
        middle = voice.places.shapes.middle
        return [CaseHotSpot.of(spot, found.day, middle) for spot in found.spots] if found else []
