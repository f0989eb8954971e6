"""The city's own things with codes on them, as everybody sees them and as their keepers do."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from app.core.places.model import Point
from app.core.said import Said
from app.domains.identity.organisations.model import Tree
from app.domains.voice.street.assets import errors
from app.domains.voice.street.assets import model as assets
from app.domains.voice.street.assets.model import KIND_NAMES, AssetDraft, AssetKind, AssetState
from app.domains.voice.street.assets.number import grouped, parsed_code
from app.domains.voice.street.assets.reporting import model as reporting
from graphql_schema.endpoint.outcomes import UserError, outcome
from graphql_schema.types.card import OrganisationName
from graphql_schema.types.common import Info
from graphql_schema.types.voice.case_codes import CaseState
from graphql_schema.types.voice.cases import CaseCategory

strawberry.enum(AssetKind)
strawberry.enum(AssetState, name="AssetState", description="RETIRED: it was there once; its code stays its own.")


@strawberry.type(description="A lamp, a hydrant, a bin: something of the city's with a code on it.")
class Asset:
    code: str = strawberry.field(description="Ten digits; `number` is the same as it is printed.")
    number: str
    kind: AssetKind
    kind_name: str
    name: str
    division: OrganisationName
    latitude: float
    longitude: float
    address: str
    keeper: OrganisationName = strawberry.field(description="The unit that looks after it.")
    state: AssetState

    @classmethod
    def of(cls, asset: assets.Asset, tree: Tree, locale: str) -> Asset:
        return cls(
            code=asset.code,
            number=grouped(asset.code),
            kind=asset.kind,
            kind_name=KIND_NAMES[asset.kind].within(locale),
            name=asset.name.within(locale),
            division=OrganisationName.of(asset.place.division, tree),
            latitude=asset.point.latitude,
            longitude=asset.point.longitude,
            address=asset.place.address,
            keeper=OrganisationName.of(asset.unit, tree),
            state=asset.state,
        )


@strawberry.type(description="A public case at an asset.")
class AssetCase:
    number: str
    title: str
    state: CaseState
    filed_on: date

    @classmethod
    def of(cls, one: reporting.OpenCase) -> AssetCase:
        return cls(number=one.number, title=one.title, state=one.state, filed_on=one.day)


@strawberry.type(description="What a scanned code leads to. `fileCase` with it as `place.asset` has all filled in.")
class ScannedAsset:
    asset: Asset
    categories: list[CaseCategory] = strawberry.field(description="What a thing of this kind is reported for.")
    open_cases: list[AssetCase] = strawberry.field(description="Those that are public, the newest first.")
    other_open_cases: int = strawberry.field(description="How many more are open, that are not public.")

    @classmethod
    async def of(cls, asset: assets.Asset, info: Info) -> ScannedAsset:
        page, locale = info.context.services.voice.asset_page, info.context.locale
        found = await page.open_at(asset)
        return cls(
            asset=Asset.of(asset, info.context.services.organisations.tree, locale),
            categories=[CaseCategory.of(one, locale) for one in page.categories(asset)],
            open_cases=[AssetCase.of(one) for one in found.public],
            other_open_cases=found.others,
        )


@strawberry.type(description="An asset as its keeper knows it.")
class KeptAsset:
    asset: Asset
    name_en: str
    reference: str = strawberry.field(description="The keeper's own number of it.")
    retired_for: str | None
    changed_at: datetime

    @classmethod
    def of(cls, asset: assets.Asset, tree: Tree, locale: str) -> KeptAsset:
        return cls(
            asset=Asset.of(asset, tree, locale),
            name_en=asset.name.en,
            reference=asset.reference,
            retired_for=asset.retired_for,
            changed_at=asset.changed_at,
        )


@strawberry.input(description="`code` names one that is there already; else keeper and reference say which it is.")
class AssetInput:
    kind: AssetKind
    name: str
    latitude: float
    longitude: float
    keeper: str = strawberry.field(description="Code of the unit that looks after it: yours, or one below it.")
    reference: str
    name_en: str = ""
    address: str = ""
    code: str | None = None

    def parsed(self) -> AssetDraft:
        """Raises PlaceNotOnEarth, AssetUnknown."""
        code = parsed_code(self.code) if self.code is not None else None
        if self.code is not None and code is None:
            raise errors.AssetUnknown
        name, point = Said(self.name, self.name_en), Point(self.latitude, self.longitude)
        return AssetDraft(self.kind, name, point, self.keeper, self.reference, self.address, code)


@strawberry.type
class AssetSaved:
    asset: KeptAsset


@strawberry.type
class AssetTakenAway:
    asset: KeptAsset


@outcome(errors.AssetInvalid)
@strawberry.type(description="`field` is missing or cannot be so.")
class AssetInvalid(UserError):
    field: str


@outcome(errors.AssetUnitUnknown)
@strawberry.type(description="No such unit, or not one of yours.")
class AssetUnitUnknown(UserError):
    pass


@outcome(errors.AssetCodesSpent)
@strawberry.type(description="The reference gives no code that is free.")
class AssetCodesSpent(UserError):
    pass
