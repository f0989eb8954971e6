"""How the city answers its citizens: the figures that are published."""

from __future__ import annotations

import strawberry

from graphql_schema.types.common import Info, everyone
from graphql_schema.types.voice.indicators import FOR_EVERYBODY, CaseIndicatorBoard


@strawberry.type
class IndicatorQuery:
    @strawberry.field(
        metadata=everyone(),
        description="Of the whole city, of the present month and those before it, `months` in all (12; at most 24).",
    )
    async def city_indicators(self, info: Info, months: int = 12) -> CaseIndicatorBoard:
        board = await info.context.services.voice.indicators.reading.public(months)
        return CaseIndicatorBoard.of(board, None, FOR_EVERYBODY)
