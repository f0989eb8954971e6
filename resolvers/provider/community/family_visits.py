"""Care homes and wards: who stays there, and who asks to visit."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from app.domains.community.family_visits.houses.service import SCOPE
from app.domains.community.family_visits.model import FamilyVisitState
from app.domains.community.family_visits.stays.model import StayState
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    connection,
    providers,
)
from graphql_schema.types.community.family_visit_errors import (
    CareHouseChanged,
    CareHouseInvalid,
    CareHouseUnknown,
    FamilyVisitInvalid,
    FamilyVisitStateWrong,
    FamilyVisitUnknown,
    RelativeUnknown,
    StayEntered,
    StayInvalid,
    StayStateWrong,
    StayUnknown,
)
from graphql_schema.types.community.family_visits import (
    CareHouse,
    CareHouseInput,
    CareHouseSaved,
    FamilyStay,
    FamilyStaySaved,
    FamilyVisit,
    FamilyVisitSaved,
    house_key,
    stay_key,
    visit_key,
)
from graphql_schema.types.identity_errors import PhoneInvalid

_MINE = providers(scope=SCOPE, live=True)
SaveCareHouseResult = Annotated[
    CareHouseSaved | CareHouseInvalid | CareHouseUnknown | CareHouseChanged | IdempotencyConflict,
    strawberry.union("SaveCareHouseResult"),
]
ProposeStayResult = Annotated[
    FamilyStaySaved
    | CareHouseUnknown
    | StayInvalid
    | PhoneInvalid
    | RelativeUnknown
    | StayEntered
    | IdempotencyConflict,
    strawberry.union("ProposeStayResult"),
]
EndStayResult = Annotated[
    FamilyStaySaved | StayUnknown | StayStateWrong | IdempotencyConflict, strawberry.union("EndStayResult")
]
KeepFamilyVisitResult = Annotated[
    FamilyVisitSaved | FamilyVisitUnknown | FamilyVisitStateWrong | FamilyVisitInvalid | IdempotencyConflict,
    strawberry.union("KeepFamilyVisitResult"),
]


@strawberry.type
class ProviderFamilyVisitQuery:
    @strawberry.field(description="Of one's organisation, by code.", metadata=_MINE)
    async def kept_care_houses(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[CareHouse]:
        service, locale = info.context.services.community.together.visiting.houses, info.context.locale
        page = await service.kept(info.context.viewer, PageRequest.of(first, after))
        return connection(page, lambda one: one.code, lambda one: CareHouse.of(one, locale))

    @strawberry.field(description="Open ones when no state is named.", metadata=_MINE)
    async def house_stays(
        self,
        info: Info,
        house_id: strawberry.ID,
        state: StayState | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[FamilyStay]:
        service, locale = info.context.services.community.together.visiting.stays, info.context.locale
        page = await service.of_house(info.context.viewer, house_key(house_id), state, PageRequest.of(first, after))
        return connection(page, lambda one: one.stay.id, lambda one: FamilyStay.of(one, locale))

    @strawberry.field(description="Open ones when no state is named; the newest first.", metadata=_MINE)
    async def house_family_visits(
        self,
        info: Info,
        house_id: strawberry.ID,
        state: FamilyVisitState | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[FamilyVisit]:
        service, locale = info.context.services.community.together.visiting.keeping, info.context.locale
        page = await service.of_house(info.context.viewer, house_key(house_id), state, PageRequest.of(first, after))
        return connection(page, lambda one: one.visit.id, lambda one: FamilyVisit.of(one, locale))


@strawberry.type
class ProviderFamilyVisitMutation:
    @strawberry.mutation(metadata=_MINE)
    async def save_care_house(
        self, info: Info, house: CareHouseInput, idempotency_key: IdempotencyKey
    ) -> SaveCareHouseResult:
        service = info.context.services.community.together.visiting.houses
        done = await service.save(info.context.viewer, house.parsed(), idempotency_key)
        return CareHouseSaved(house=CareHouse.of(done, info.context.locale))

    @strawberry.mutation(description="He, or his guardian, is asked whether he stays there.", metadata=_MINE)
    async def propose_stay(
        self, info: Info, house_id: strawberry.ID, phone: str, label: str, idempotency_key: IdempotencyKey
    ) -> ProposeStayResult:
        service, house = info.context.services.community.together.visiting.stays, house_key(house_id)
        done = await service.propose(info.context.viewer, house, phone, label, idempotency_key)
        return FamilyStaySaved(stay=FamilyStay.of(done, info.context.locale))

    @strawberry.mutation(description="And cancels what was agreed to.", metadata=_MINE)
    async def end_stay(self, info: Info, stay_id: strawberry.ID, idempotency_key: IdempotencyKey) -> EndStayResult:
        service = info.context.services.community.together.visiting.stays
        done = await service.end(info.context.viewer, stay_key(stay_id), idempotency_key)
        return FamilyStaySaved(stay=FamilyStay.of(done, info.context.locale))

    @strawberry.mutation(
        description="Not accepted, it needs a reason; so is one cancelled that was agreed to.", metadata=_MINE
    )
    async def settle_family_visit(
        self, info: Info, visit_id: strawberry.ID, accept: bool, idempotency_key: IdempotencyKey, reason: str = ""
    ) -> KeepFamilyVisitResult:
        service = info.context.services.community.together.visiting.keeping
        done = await service.settle(info.context.viewer, visit_key(visit_id), accept, reason, idempotency_key)
        return FamilyVisitSaved(visit=FamilyVisit.of(done, info.context.locale))

    @strawberry.mutation(description="When its time has begun: whether they came.", metadata=_MINE)
    async def close_family_visit(
        self, info: Info, visit_id: strawberry.ID, came: bool, idempotency_key: IdempotencyKey
    ) -> KeepFamilyVisitResult:
        service = info.context.services.community.together.visiting.keeping
        done = await service.close(info.context.viewer, visit_key(visit_id), came, idempotency_key)
        return FamilyVisitSaved(visit=FamilyVisit.of(done, info.context.locale))
