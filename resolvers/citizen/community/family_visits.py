"""Visits of relatives: who stays somewhere names who may come, and they ask for a time."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from app.domains.community.family_visits.stays.model import Kinship
from app.domains.identity.guardians.model import WardScope
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    citizens,
    connection,
    key_of,
)
from graphql_schema.types.community.estate_errors import ResidentNeedsRealName
from graphql_schema.types.community.family_visit_errors import (
    CareHouseUnknown,
    FamilyVisitInvalid,
    FamilyVisitStateWrong,
    FamilyVisitUnknown,
    NotNamed,
    RelativeUnknown,
    StayStateWrong,
    StayUnknown,
    TooManyRelatives,
    VisitedEnough,
    VisitingTimeFull,
)
from graphql_schema.types.community.family_visits import (
    FamilyStay,
    FamilyStaySaved,
    FamilyVisit,
    FamilyVisitInput,
    FamilyVisitSaved,
    FamilyVisitTime,
    VisitableResident,
    stay_key,
    visit_key,
)
from graphql_schema.types.identity_errors import PhoneInvalid

_WARD = WardScope.VOICE_MANAGE.value
AnswerStayResult = Annotated[
    FamilyStaySaved | StayUnknown | StayStateWrong | IdempotencyConflict, strawberry.union("AnswerStayResult")
]
NameRelativeResult = Annotated[
    FamilyStaySaved | StayUnknown | PhoneInvalid | RelativeUnknown | TooManyRelatives | IdempotencyConflict,
    strawberry.union("NameRelativeResult"),
]
RemoveRelativeResult = Annotated[
    FamilyStaySaved | RelativeUnknown | IdempotencyConflict, strawberry.union("RemoveRelativeResult")
]
AskFamilyVisitResult = Annotated[
    FamilyVisitSaved
    | ResidentNeedsRealName
    | NotNamed
    | CareHouseUnknown
    | FamilyVisitInvalid
    | VisitingTimeFull
    | VisitedEnough
    | IdempotencyConflict,
    strawberry.union("AskFamilyVisitResult"),
]
WithdrawFamilyVisitResult = Annotated[
    FamilyVisitSaved | FamilyVisitUnknown | FamilyVisitStateWrong | IdempotencyConflict,
    strawberry.union("WithdrawFamilyVisitResult"),
]


@strawberry.type
class FamilyVisitQuery:
    @strawberry.field(
        description="Where one stays, or one's ward; open ones.", metadata=citizens(ward_scope=_WARD, live=True)
    )
    async def family_stays(self, info: Info) -> list[FamilyStay]:
        found = await info.context.services.community.together.visiting.stays.mine(info.context.viewer)
        return [FamilyStay.of(one, info.context.locale) for one in found]

    @strawberry.field(
        description="Who comes to see one, the newest first.", metadata=citizens(ward_scope=_WARD, live=True)
    )
    async def visits_to_me(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[FamilyVisit]:
        service, locale = info.context.services.community.together.visiting.visits, info.context.locale
        page = await service.to_me(info.context.viewer, PageRequest.of(first, after))
        return connection(page, lambda one: one.visit.id, lambda one: FamilyVisit.received(one, locale))

    @strawberry.field(description="Who has named one.", metadata=citizens(live=True))
    async def visitable_residents(self, info: Info) -> list[VisitableResident]:
        found = await info.context.services.community.together.visiting.visits.to_visit(info.context.viewer)
        return [VisitableResident.of(one, info.context.locale) for one in found]

    @strawberry.field(description="Of a day; empty of who has not named one.", metadata=citizens(live=True))
    async def family_visit_times(self, info: Info, stay_id: strawberry.ID, day: date) -> list[FamilyVisitTime]:
        service = info.context.services.community.together.visiting.visits
        return [FamilyVisitTime.of(one) for one in await service.times(info.context.viewer, stay_key(stay_id), day)]

    @strawberry.field(description="That one asked for, the newest first.", metadata=citizens(live=True))
    async def family_visits(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[FamilyVisit]:
        service, locale = info.context.services.community.together.visiting.visits, info.context.locale
        page = await service.mine(info.context.viewer, PageRequest.of(first, after))
        return connection(page, lambda one: one.visit.id, lambda one: FamilyVisit.of(one, locale))

    @strawberry.field(metadata=citizens(live=True))
    async def family_visit(self, info: Info, visit_id: strawberry.ID) -> FamilyVisit | None:
        service = info.context.services.community.together.visiting.visits
        found = await service.one(info.context.viewer, visit_key(visit_id))
        return FamilyVisit.of(found, info.context.locale) if found else None


@strawberry.type
class FamilyVisitMutation:
    @strawberry.mutation(description="To the house that asks.", metadata=citizens(ward_scope=_WARD, live=True))
    async def answer_stay(
        self, info: Info, stay_id: strawberry.ID, accept: bool, idempotency_key: IdempotencyKey
    ) -> AnswerStayResult:
        service = info.context.services.community.together.visiting.stays
        done = await service.answer(info.context.viewer, stay_key(stay_id), accept, idempotency_key)
        return FamilyStaySaved(stay=FamilyStay.of(done, info.context.locale))

    @strawberry.mutation(description="Somebody of the app may visit.", metadata=citizens(ward_scope=_WARD, live=True))
    async def name_relative(
        self, info: Info, stay_id: strawberry.ID, phone: str, kinship: Kinship, idempotency_key: IdempotencyKey
    ) -> NameRelativeResult:
        service = info.context.services.community.together.visiting.stays
        done = await service.name(info.context.viewer, stay_key(stay_id), phone, kinship, idempotency_key)
        return FamilyStaySaved(stay=FamilyStay.of(done, info.context.locale))

    @strawberry.mutation(description="And cancels what he asked for.", metadata=citizens(ward_scope=_WARD, live=True))
    async def remove_relative(
        self, info: Info, relative_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> RemoveRelativeResult:
        service, key = info.context.services.community.together.visiting.stays, key_of(relative_id, "FamilyRelative")
        done = await service.unname(info.context.viewer, key, idempotency_key)
        return FamilyStaySaved(stay=FamilyStay.of(done, info.context.locale))

    @strawberry.mutation(metadata=citizens(live=True))
    async def ask_family_visit(
        self, info: Info, visit: FamilyVisitInput, idempotency_key: IdempotencyKey
    ) -> AskFamilyVisitResult:
        service = info.context.services.community.together.visiting.visits
        done = await service.ask(info.context.viewer, visit.parsed(), idempotency_key)
        return FamilyVisitSaved(visit=FamilyVisit.of(done, info.context.locale))

    @strawberry.mutation(metadata=citizens(live=True))
    async def withdraw_family_visit(
        self, info: Info, visit_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> WithdrawFamilyVisitResult:
        service = info.context.services.community.together.visiting.visits
        done = await service.withdraw(info.context.viewer, visit_key(visit_id), idempotency_key)
        return FamilyVisitSaved(visit=FamilyVisit.of(done, info.context.locale))
