"""Units write the items they define, and offer items at themselves and below."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from app.domains.government.catalogue.model import Item, ItemState, Offer
from app.domains.government.catalogue.offering.service import Terms
from app.domains.government.catalogue.publishing.service import SCOPE
from app.domains.identity.organisations.model import Level
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    connection,
    providers,
)
from graphql_schema.types.government.catalogue import (
    OfferWithdrawn,
    ServiceItemCancelled,
    ServiceItemDelegated,
    ServiceItemInput,
    ServiceItemMerged,
    ServiceItemOffered,
    ServiceItemPublished,
    ServiceItemSaved,
    ServiceItemVersion,
    ServiceTermsInput,
    UnitOffer,
)
from graphql_schema.types.government.catalogue_errors import (
    ItemChangedMeanwhile,
    ItemCodeTaken,
    ItemMergedIntoItself,
    ItemNotInState,
    ItemReasonMissing,
    ItemUnfit,
    ItemUnknown,
    NothingToDelegate,
    NotInTestMode,
    NotOffered,
    TooManyUnits,
    UnitOfOtherLevel,
    UnitUnknown,
)

_Reasoned = (
    ItemUnknown | ItemNotInState | ItemReasonMissing | ItemChangedMeanwhile | NotInTestMode | IdempotencyConflict
)  # what every step with a reason can come to
SaveServiceItemResult = Annotated[
    ServiceItemSaved
    | ItemUnfit
    | UnitUnknown
    | ItemCodeTaken
    | ItemNotInState
    | ItemChangedMeanwhile
    | IdempotencyConflict,
    strawberry.union("SaveServiceItemResult"),
]
PublishServiceItemResult = Annotated[
    ServiceItemPublished
    | NotInTestMode
    | ItemUnknown
    | ItemNotInState
    | ItemUnfit
    | ItemChangedMeanwhile
    | IdempotencyConflict,
    strawberry.union("PublishServiceItemResult"),
]
CancelServiceItemResult = Annotated[ServiceItemCancelled | _Reasoned, strawberry.union("CancelServiceItemResult")]
MergeServiceItemResult = Annotated[
    ServiceItemMerged | ItemMergedIntoItself | _Reasoned, strawberry.union("MergeServiceItemResult")
]
DelegateServiceItemResult = Annotated[
    ServiceItemDelegated | NothingToDelegate | _Reasoned, strawberry.union("DelegateServiceItemResult")
]
OfferServiceItemResult = Annotated[
    ServiceItemOffered
    | NotInTestMode
    | ItemUnknown
    | ItemNotInState
    | UnitUnknown
    | UnitOfOtherLevel
    | TooManyUnits
    | ItemUnfit
    | IdempotencyConflict,
    strawberry.union("OfferServiceItemResult"),
]
WithdrawOfferResult = Annotated[
    OfferWithdrawn | NotInTestMode | UnitUnknown | NotOffered | TooManyUnits | IdempotencyConflict,
    strawberry.union("WithdrawOfferResult"),
]


@strawberry.type
class ProviderCatalogueQuery:
    @strawberry.field(metadata=providers(scope=SCOPE), description="All versions of what it defines itself, by code.")
    async def service_items(
        self, info: Info, state: ItemState | None = None, first: int | None = None, after: str | None = None
    ) -> Connection[ServiceItemVersion]:
        services, locale = info.context.services, info.context.locale
        page = await services.government.publishing.mine(info.context.viewer, state, PageRequest.of(first, after))
        tree = services.organisations.tree
        return connection(page, lambda item: item.id, lambda item: ServiceItemVersion.of(item, tree, locale))

    @strawberry.field(
        metadata=providers(scope=SCOPE), description="Versions of an item of its units, drafts too, newest first."
    )
    async def service_item_versions(self, info: Info, code: str) -> list[ServiceItemVersion]:
        services, locale = info.context.services, info.context.locale
        found = await services.government.publishing.versions(info.context.viewer, code)
        return [ServiceItemVersion.of(item, services.organisations.tree, locale) for item in found]

    @strawberry.field(
        metadata=providers(scope=SCOPE),
        description="What a unit of its own offers or offered, by item's code. Empty when the unit is not its own.",
    )
    async def unit_offers(
        self, info: Info, unit: str, first: int | None = None, after: str | None = None
    ) -> Connection[UnitOffer]:
        services, locale = info.context.services, info.context.locale
        page = await services.government.offering.at_unit(info.context.viewer, unit, PageRequest.of(first, after))
        tree = services.organisations.tree
        return connection(page, lambda offer: offer.item, lambda offer: UnitOffer.of(offer, tree, locale))


@strawberry.type
class ProviderCatalogueMutation:
    @strawberry.mutation(
        metadata=providers(scope=SCOPE),
        description="Writes the draft of an item: a new one, or the next version of a published one.",
    )
    async def save_service_item(
        self, info: Info, item: ServiceItemInput, idempotency_key: IdempotencyKey
    ) -> SaveServiceItemResult:
        publishing = info.context.services.government.publishing
        saved = await publishing.save(info.context.viewer, item.parsed(), idempotency_key)
        return ServiceItemSaved(version=_version(saved, info))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE),
        description="The draft becomes what people find; versions before stay for what was applied for under them.",
    )
    async def publish_service_item(
        self, info: Info, code: str, idempotency_key: IdempotencyKey
    ) -> PublishServiceItemResult:
        publishing = info.context.services.government.publishing
        published = await publishing.publish(info.context.viewer, code, idempotency_key)
        return ServiceItemPublished(version=_version(published, info))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE), description="Gone from what people find; what was applied for goes on."
    )
    async def cancel_service_item(
        self, info: Info, code: str, reason: str, idempotency_key: IdempotencyKey
    ) -> CancelServiceItemResult:
        publishing = info.context.services.government.publishing
        cancelled = await publishing.cancel(info.context.viewer, code, reason, idempotency_key)
        return ServiceItemCancelled(version=_version(cancelled, info))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE),
        description="Leads people to another item of yours, offered from now on wherever this one was.",
    )
    async def merge_service_item(
        self, info: Info, code: str, into: str, reason: str, idempotency_key: IdempotencyKey
    ) -> MergeServiceItemResult:
        publishing = info.context.services.government.publishing
        merged = await publishing.merge(info.context.viewer, code, into, reason, idempotency_key)
        return ServiceItemMerged(version=_version(merged, info))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE), description="Moves the offers of your units of one level to those of another."
    )
    async def delegate_service_item(
        self, info: Info, code: str, giver: Level, taker: Level, reason: str, idempotency_key: IdempotencyKey
    ) -> DelegateServiceItemResult:
        publishing = info.context.services.government.publishing
        moved = await publishing.delegate(info.context.viewer, code, (giver, taker), reason, idempotency_key)
        return ServiceItemDelegated(version=_version(moved, info))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE),
        description="Offers a published item at units of yours, or changes how. All of them, or none.",
    )
    async def offer_service_item(
        self,
        info: Info,
        code: str,
        units: list[str],
        idempotency_key: IdempotencyKey,
        terms: ServiceTermsInput | None = None,
    ) -> OfferServiceItemResult:
        said, offering = terms.parsed() if terms else Terms(), info.context.services.government.offering
        offers = await offering.offer(info.context.viewer, code, units, said, idempotency_key)
        return ServiceItemOffered(offers=_offers(offers, info))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE), description="It cannot be had there any more. All of them, or none."
    )
    async def withdraw_offer(
        self, info: Info, code: str, units: list[str], idempotency_key: IdempotencyKey
    ) -> WithdrawOfferResult:
        offering = info.context.services.government.offering
        offers = await offering.withdraw(info.context.viewer, code, units, idempotency_key)
        return OfferWithdrawn(offers=_offers(offers, info))


def _version(item: Item, info: Info) -> ServiceItemVersion:
    return ServiceItemVersion.of(item, info.context.services.organisations.tree, info.context.locale)


def _offers(offers: list[Offer], info: Info) -> list[UnitOffer]:
    tree, locale = info.context.services.organisations.tree, info.context.locale
    return [UnitOffer.of(offer, tree, locale) for offer in offers]
