"""Estates, one's homes there, and what is told to them."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from app.domains.community.estates import model as estates
from app.domains.identity.guardians.model import WardScope
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    citizens,
    connection,
    everyone,
    key_of,
)
from graphql_schema.types.community.estate_errors import (
    EstateNoticeUnknown,
    EstateUnknown,
    HomeUnknown,
    HouseholdFull,
    ResidencyAsked,
    ResidencyReasonMissing,
    ResidencyStateWrong,
    ResidencyUnknown,
    ResidentNeedsRealName,
    TooManyHomes,
)
from graphql_schema.types.community.estates import Estate, Residency, ResidencyInput, ResidencySaved
from graphql_schema.types.community.keeping import EstateNotice, EstateNoticeRead
from graphql_schema.types.places import PositionInput

_WARD = WardScope.CARD_MANAGE.value
AskResidencyResult = Annotated[
    ResidencySaved
    | ResidentNeedsRealName
    | EstateUnknown
    | HomeUnknown
    | ResidencyAsked
    | TooManyHomes
    | IdempotencyConflict,
    strawberry.union("AskResidencyResult"),
]
SettleResidencyResult = Annotated[
    ResidencySaved
    | ResidencyUnknown
    | ResidencyStateWrong
    | ResidencyReasonMissing
    | HouseholdFull
    | IdempotencyConflict,
    strawberry.union("SettleResidencyResult"),
]
HandOnHouseholdResult = Annotated[
    ResidencySaved | ResidencyUnknown | ResidencyStateWrong | IdempotencyConflict,
    strawberry.union("HandOnHouseholdResult"),
]
LeaveHomeResult = Annotated[
    ResidencySaved | ResidencyUnknown | ResidencyStateWrong | IdempotencyConflict, strawberry.union("LeaveHomeResult")
]
ReadEstateNoticeResult = Annotated[
    EstateNoticeRead | EstateNoticeUnknown | IdempotencyConflict, strawberry.union("ReadEstateNoticeResult")
]


def _estate(info: Info, one: estates.Estate) -> Estate:
    return Estate.of(one, info.context.services.organisations.tree, info.context.locale)


@strawberry.type
class EstateQuery:
    @strawberry.field(description="The nearest first, or by the beginning of the name; twenty.", metadata=everyone())
    async def estates(self, info: Info, near: PositionInput | None = None, name: str | None = None) -> list[Estate]:
        service = info.context.services.community.neighbourhood.estates
        found = await service.near(near.sought("near")) if near else await service.named(name or "")
        return [_estate(info, one) for one in found]

    @strawberry.field(metadata=everyone())
    async def estate(self, info: Info, estate_id: strawberry.ID) -> Estate | None:
        found = await info.context.services.community.neighbourhood.estates.one(key_of(estate_id, "Estate"))
        return _estate(info, found) if found else None

    @strawberry.field(description="As it stands on the doors.", metadata=citizens(ward_scope=_WARD, live=True))
    async def estate_buildings(self, info: Info, estate_id: strawberry.ID) -> list[str]:
        return await info.context.services.community.neighbourhood.estates.buildings(key_of(estate_id, "Estate"))

    @strawberry.field(description="As it stands on the doors.", metadata=citizens(ward_scope=_WARD, live=True))
    async def estate_rooms(self, info: Info, estate_id: strawberry.ID, building: str) -> list[str]:
        service = info.context.services.community.neighbourhood.estates
        return await service.rooms(key_of(estate_id, "Estate"), building)

    @strawberry.field(
        description="Where one lives, or asks to; the newest first.", metadata=citizens(ward_scope=_WARD, live=True)
    )
    async def my_homes(self, info: Info) -> list[Residency]:
        found = await info.context.services.community.neighbourhood.residents.mine(info.context.viewer)
        return [Residency.of(one, info.context.locale) for one in found]

    @strawberry.field(
        description="To wherever one lives, the newest first.", metadata=citizens(ward_scope=_WARD, live=True)
    )
    async def estate_notices(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[EstateNotice]:
        service = info.context.services.community.neighbourhood.keeping.notices
        page = await service.mine(info.context.viewer, PageRequest.of(first, after))
        return connection(page, lambda one: one.notice.id, EstateNotice.of)

    @strawberry.field(description="With its files.", metadata=citizens(ward_scope=_WARD, live=True))
    async def estate_notice(self, info: Info, notice_id: strawberry.ID) -> EstateNotice | None:
        service = info.context.services.community.neighbourhood.keeping.notices
        found = await service.one(info.context.viewer, key_of(notice_id, "EstateNotice"))
        return EstateNotice.of(found) if found else None

    @strawberry.field(
        description="How many of the newest hundred nobody of one's home has read.",
        metadata=citizens(ward_scope=_WARD, live=True),
    )
    async def unread_estate_notices(self, info: Info) -> int:
        return await info.context.services.community.neighbourhood.keeping.notices.unread(info.context.viewer)


@strawberry.type
class EstateMutation:
    @strawberry.mutation(
        description="The head of the household or the estate lets one in.",
        metadata=citizens(ward_scope=_WARD, live=True),
    )
    async def ask_residency(
        self, info: Info, input: ResidencyInput, idempotency_key: IdempotencyKey
    ) -> AskResidencyResult:
        service = info.context.services.community.neighbourhood.residents
        done = await service.ask(info.context.viewer, input.parsed(), idempotency_key)
        return ResidencySaved(residency=Residency.of(done, info.context.locale))

    @strawberry.mutation(description="The head lets somebody in, or says why not.", metadata=citizens(live=True))
    async def settle_residency(
        self,
        info: Info,
        residency_id: strawberry.ID,
        accept: bool,
        idempotency_key: IdempotencyKey,
        reason: str = "",
    ) -> SettleResidencyResult:
        service, key = info.context.services.community.neighbourhood.residents, key_of(residency_id, "Residency")
        done = await service.settle(info.context.viewer, key, accept, reason, idempotency_key)
        return ResidencySaved(residency=Residency.of(done, info.context.locale))

    @strawberry.mutation(description="Somebody else of the home is its head from now on.", metadata=citizens(live=True))
    async def hand_on_household(
        self, info: Info, residency_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> HandOnHouseholdResult:
        service, key = info.context.services.community.neighbourhood.residents, key_of(residency_id, "Residency")
        done = await service.hand_on(info.context.viewer, key, idempotency_key)
        return ResidencySaved(residency=Residency.of(done, info.context.locale))

    @strawberry.mutation(
        description="One moves out, takes back what one asked; or a head has somebody of the home moved out.",
        metadata=citizens(ward_scope=_WARD, live=True),
    )
    async def leave_home(
        self, info: Info, residency_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> LeaveHomeResult:
        service, key = info.context.services.community.neighbourhood.residents, key_of(residency_id, "Residency")
        done = await service.leave(info.context.viewer, key, idempotency_key)
        return ResidencySaved(residency=Residency.of(done, info.context.locale))

    @strawberry.mutation(description="One's home has read it.", metadata=citizens(ward_scope=_WARD, live=True))
    async def read_estate_notice(
        self, info: Info, notice_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> ReadEstateNoticeResult:
        service = info.context.services.community.neighbourhood.keeping.notices
        done = await service.read(info.context.viewer, key_of(notice_id, "EstateNotice"), idempotency_key)
        return EstateNoticeRead(notice=EstateNotice.of(done))
