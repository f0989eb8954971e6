"""Repairs of a citizen's homes."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.paging import PageRequest
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
    EstateUnknown,
    NotResident,
    RepairGradeInvalid,
    RepairHandedOver,
    RepairInvalid,
    RepairRated,
    RepairStateWrong,
    RepairUnknown,
    TooManyRepairs,
)
from graphql_schema.types.community.keeping import Repair, RepairInput, RepairSaved, RepairTerms
from graphql_schema.types.place_errors import OutsideCity
from graphql_schema.types.uploads import UploadClaimed, UploadNotReady, UploadUnknown
from graphql_schema.types.voice.case_errors import CategoryUnknown
from graphql_schema.types.voice.place_errors import DivisionUnknown

_WARD = WardScope.VOICE_MANAGE.value
ReportRepairResult = Annotated[
    RepairSaved
    | NotResident
    | RepairInvalid
    | TooManyRepairs
    | UploadUnknown
    | UploadNotReady
    | UploadClaimed
    | IdempotencyConflict,
    strawberry.union("ReportRepairResult"),
]
WithdrawRepairResult = Annotated[
    RepairSaved | RepairUnknown | RepairStateWrong | IdempotencyConflict, strawberry.union("WithdrawRepairResult")
]
RateRepairResult = Annotated[
    RepairSaved | RepairUnknown | RepairStateWrong | RepairRated | RepairGradeInvalid | IdempotencyConflict,
    strawberry.union("RateRepairResult"),
]
HandOverRepairResult = Annotated[
    RepairSaved
    | RepairUnknown
    | RepairStateWrong
    | RepairHandedOver
    | EstateUnknown
    | CategoryUnknown
    | OutsideCity
    | DivisionUnknown
    | IdempotencyConflict,
    strawberry.union("HandOverRepairResult"),
]


@strawberry.type
class RepairQuery:
    @strawberry.field(description="What can be reported, and the terms of each.", metadata=everyone())
    async def repair_terms(self, info: Info) -> list[RepairTerms]:
        return RepairTerms.all(info.context.locale)

    @strawberry.field(description="One's own, the newest first.", metadata=citizens(ward_scope=_WARD, live=True))
    async def repairs(self, info: Info, first: int | None = None, after: str | None = None) -> Connection[Repair]:
        service = info.context.services.community.neighbourhood.keeping.repairs
        page = await service.mine(info.context.viewer, PageRequest.of(first, after))
        return connection(page, lambda one: one.repair.id, lambda one: Repair.of(one, info.context.locale))

    @strawberry.field(description="With links to its photos.", metadata=citizens(ward_scope=_WARD, live=True))
    async def repair(self, info: Info, repair_id: strawberry.ID) -> Repair | None:
        service = info.context.services.community.neighbourhood.keeping.repairs
        found = await service.one(info.context.viewer, key_of(repair_id, "Repair"))
        return Repair.of(found, info.context.locale) if found else None


@strawberry.type
class RepairMutation:
    @strawberry.mutation(metadata=citizens(ward_scope=_WARD, live=True))
    async def report_repair(
        self, info: Info, input: RepairInput, idempotency_key: IdempotencyKey
    ) -> ReportRepairResult:
        service, (residency, wish) = info.context.services.community.neighbourhood.keeping.repairs, input.parsed()
        done = await service.report(info.context.viewer, residency, wish, idempotency_key)
        return RepairSaved(repair=Repair.of(done, info.context.locale))

    @strawberry.mutation(metadata=citizens(ward_scope=_WARD, live=True))
    async def withdraw_repair(
        self, info: Info, repair_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> WithdrawRepairResult:
        service = info.context.services.community.neighbourhood.keeping.repairs
        done = await service.withdraw(info.context.viewer, key_of(repair_id, "Repair"), idempotency_key)
        return RepairSaved(repair=Repair.of(done, info.context.locale))

    @strawberry.mutation(
        description="Not solved, it is taken up again, once; the second word is the last.",
        metadata=citizens(ward_scope=_WARD, live=True),
    )
    async def rate_repair(
        self, info: Info, repair_id: strawberry.ID, solved: bool, grade: int, idempotency_key: IdempotencyKey
    ) -> RateRepairResult:
        service, key = info.context.services.community.neighbourhood.keeping.repairs, key_of(repair_id, "Repair")
        done = await service.rate(info.context.viewer, key, solved, grade, idempotency_key)
        return RepairSaved(repair=Repair.of(done, info.context.locale))

    @strawberry.mutation(
        description="The city's centre shall see to it, too.", metadata=citizens(ward_scope=_WARD, live=True)
    )
    async def hand_over_repair(
        self, info: Info, repair_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> HandOverRepairResult:
        service = info.context.services.community.neighbourhood.keeping.repairs
        done = await service.hand_over(info.context.viewer, key_of(repair_id, "Repair"), idempotency_key)
        return RepairSaved(repair=Repair.of(done, info.context.locale))
