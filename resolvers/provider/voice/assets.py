"""Assets at the unit that looks after them."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from app.domains.voice.street.assets import model as assets
from app.domains.voice.street.assets.model import AssetKind
from app.domains.voice.street.assets.service import SCOPE
from graphql_schema.types.common import Connection, IdempotencyConflict, IdempotencyKey, Info, connection, providers
from graphql_schema.types.place_errors import OutsideCity, PlaceNotOnEarth
from graphql_schema.types.voice.asset_errors import AssetRetired, AssetUnknown
from graphql_schema.types.voice.assets import (
    AssetCodesSpent,
    AssetInput,
    AssetInvalid,
    AssetSaved,
    AssetTakenAway,
    AssetUnitUnknown,
    KeptAsset,
)
from graphql_schema.types.voice.place_errors import DivisionUnknown

SaveAssetResult = Annotated[
    AssetSaved
    | AssetInvalid
    | AssetUnknown
    | AssetUnitUnknown
    | AssetCodesSpent
    | OutsideCity
    | DivisionUnknown
    | PlaceNotOnEarth
    | IdempotencyConflict,
    strawberry.union("SaveAssetResult"),
]
RetireAssetResult = Annotated[
    AssetTakenAway | AssetUnknown | AssetRetired | AssetInvalid | IdempotencyConflict,
    strawberry.union("RetireAssetResult"),
]


def _kept(info: Info, asset: assets.Asset) -> KeptAsset:
    return KeptAsset.of(asset, info.context.services.organisations.tree, info.context.locale)


@strawberry.type
class ProviderAssetQuery:
    @strawberry.field(metadata=providers(scope=SCOPE), description="Of your unit and all below it, by code.")
    async def kept_assets(
        self, info: Info, kind: AssetKind | None = None, first: int | None = None, after: str | None = None
    ) -> Connection[KeptAsset]:
        service, request = info.context.services.voice.assets, PageRequest.of(first, after)
        page = await service.kept_by(info.context.viewer, request, kind)
        return connection(page, lambda one: one.code, lambda one: _kept(info, one))


@strawberry.type
class ProviderAssetMutation:
    @strawberry.mutation(
        metadata=providers(scope=SCOPE), description="Register an asset, or say anew what it is; it is given its code."
    )
    async def save_asset(self, info: Info, asset: AssetInput, idempotency_key: IdempotencyKey) -> SaveAssetResult:
        service = info.context.services.voice.assets
        saved = await service.save(info.context.viewer, asset.parsed(), idempotency_key)
        return AssetSaved(asset=_kept(info, saved))

    @strawberry.mutation(metadata=providers(scope=SCOPE), description="It is no more. Its code stays its own.")
    async def retire_asset(
        self, info: Info, code: str, reason: str, idempotency_key: IdempotencyKey
    ) -> RetireAssetResult:
        service = info.context.services.voice.assets
        return AssetTakenAway(
            asset=_kept(info, await service.retire(info.context.viewer, code, reason, idempotency_key))
        )
