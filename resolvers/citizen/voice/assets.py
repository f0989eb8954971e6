"""Things with codes on them: what a scanned one is, and what stands near."""

from __future__ import annotations

import strawberry

from app.core.places.model import Point
from app.domains.voice.street.assets.model import AssetKind
from graphql_schema.types.common import Info, everyone
from graphql_schema.types.voice.assets import Asset, ScannedAsset


@strawberry.type
class AssetQuery:
    @strawberry.field(
        metadata=everyone(), description="By its code, typed or scanned. Null when nothing has it; gone ones say so."
    )
    async def asset(self, info: Info, code: str) -> ScannedAsset | None:
        found = await info.context.services.voice.asset_page.find(code)
        return await ScannedAsset.of(found, info) if found else None

    @strawberry.field(
        metadata=everyone(), description="Within 200 m, the nearest first, twenty at most; WGS 84, in degrees."
    )
    async def assets_near(
        self, info: Info, latitude: float, longitude: float, kind: AssetKind | None = None
    ) -> list[Asset]:
        services = info.context.services
        found = await services.voice.assets.near(Point(latitude, longitude), kind=kind)
        return [Asset.of(one, services.organisations.tree, info.context.locale) for one in found]
