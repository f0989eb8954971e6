"""Estates at their company or committee: residents, notices, repairs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from app.domains.community.estates import model as estates
from app.domains.community.estates.service import GATE_SCOPE, REPAIR_SCOPE, SCOPE
from app.domains.community.repairs.model import RepairState
from app.domains.community.residents.model import ResidencyState
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    connection,
    key_of,
    providers,
)
from graphql_schema.types.community.estate_errors import (
    EstateChanged,
    EstateInvalid,
    EstateNoticeInvalid,
    EstateNoticeUnknown,
    EstateNoticeWithdrawn,
    EstateUnknown,
    HouseholdFull,
    RepairInvalid,
    RepairStateWrong,
    RepairUnknown,
    ResidencyReasonMissing,
    ResidencyStateWrong,
    ResidencyUnknown,
)
from graphql_schema.types.community.estates import (
    Estate,
    EstateInput,
    EstateResident,
    EstateSaved,
    HomeImportRefused,
    HomeImportRunning,
    HomesImported,
    ResidentSettled,
)
from graphql_schema.types.community.keeping import (
    EstateNoticeInput,
    EstateNoticeSaved,
    EstateNoticesPublished,
    PublishedNotice,
    Repair,
    RepairSaved,
)
from graphql_schema.types.place_errors import OutsideCity, PlaceNotOnEarth
from graphql_schema.types.uploads import UploadClaimed, UploadNotReady, UploadUnknown

_KEPT, _GATE, _MENDED = (
    providers(scope=SCOPE, live=True),
    providers(scope=GATE_SCOPE, live=True),
    providers(scope=REPAIR_SCOPE, live=True),
)
AmendEstateResult = Annotated[
    EstateSaved | EstateUnknown | EstateInvalid | EstateChanged | OutsideCity | PlaceNotOnEarth | IdempotencyConflict,
    strawberry.union("AmendEstateResult"),
]
ImportHomesResult = Annotated[
    HomesImported | EstateUnknown | HomeImportRefused | HomeImportRunning, strawberry.union("ImportHomesResult")
]
VerifyResidentResult = Annotated[
    ResidentSettled
    | ResidencyUnknown
    | EstateUnknown
    | ResidencyStateWrong
    | ResidencyReasonMissing
    | HouseholdFull
    | IdempotencyConflict,
    strawberry.union("VerifyResidentResult"),
]
EndResidencyResult = Annotated[
    ResidentSettled | ResidencyUnknown | EstateUnknown | ResidencyStateWrong | IdempotencyConflict,
    strawberry.union("EndResidencyResult"),
]
NameHouseholdHeadResult = Annotated[
    ResidentSettled | ResidencyUnknown | EstateUnknown | ResidencyStateWrong | IdempotencyConflict,
    strawberry.union("NameHouseholdHeadResult"),
]
PublishEstateNoticeResult = Annotated[
    EstateNoticesPublished
    | EstateUnknown
    | EstateNoticeInvalid
    | UploadUnknown
    | UploadNotReady
    | UploadClaimed
    | IdempotencyConflict,
    strawberry.union("PublishEstateNoticeResult"),
]
EditEstateNoticeResult = Annotated[
    EstateNoticeSaved | EstateNoticeUnknown | EstateNoticeInvalid | EstateNoticeWithdrawn | IdempotencyConflict,
    strawberry.union("EditEstateNoticeResult"),
]
WithdrawEstateNoticeResult = Annotated[
    EstateNoticeSaved | EstateNoticeUnknown | EstateNoticeWithdrawn | IdempotencyConflict,
    strawberry.union("WithdrawEstateNoticeResult"),
]
MoveRepairResult = Annotated[
    RepairSaved | RepairUnknown | RepairStateWrong | RepairInvalid | IdempotencyConflict,
    strawberry.union("MoveRepairResult"),
]


def _estate(info: Info, one: estates.Estate) -> Estate:
    return Estate.of(one, info.context.services.organisations.tree, info.context.locale)


@strawberry.type
class ProviderEstateQuery:
    @strawberry.field(description="Those of your unit and of all below it, by code.", metadata=_KEPT)
    async def kept_estates(self, info: Info, first: int | None = None, after: str | None = None) -> Connection[Estate]:
        service = info.context.services.community.neighbourhood.estates
        page = await service.kept_by(info.context.viewer, PageRequest.of(first, after))
        return connection(page, lambda one: one.code, lambda one: _estate(info, one))

    @strawberry.field(description="Those at whose gates the caller stands, by code.", metadata=_GATE)
    async def guarded_estates(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[Estate]:
        service = info.context.services.community.neighbourhood.estates
        page = await service.kept_by(info.context.viewer, PageRequest.of(first, after), GATE_SCOPE)
        return connection(page, lambda one: one.code, lambda one: _estate(info, one))

    @strawberry.field(description="Those where the caller sees to repairs, by code.", metadata=_MENDED)
    async def mended_estates(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[Estate]:
        service = info.context.services.community.neighbourhood.estates
        page = await service.kept_by(info.context.viewer, PageRequest.of(first, after), REPAIR_SCOPE)
        return connection(page, lambda one: one.code, lambda one: _estate(info, one))

    @strawberry.field(description="Who asks, lives or lived there, the newest first. The look is kept.", metadata=_KEPT)
    async def estate_residents(
        self,
        info: Info,
        estate_id: strawberry.ID,
        state: ResidencyState,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[EstateResident]:
        service, key = info.context.services.community.neighbourhood.verifying, key_of(estate_id, "Estate")
        page = await service.page(info.context.viewer, key, state, PageRequest.of(first, after))
        return connection(page, lambda one: one.residency.id, EstateResident.of)

    @strawberry.field(description="The newest first.", metadata=_KEPT)
    async def published_estate_notices(
        self, info: Info, estate_id: strawberry.ID, first: int | None = None, after: str | None = None
    ) -> Connection[PublishedNotice]:
        service, key = info.context.services.community.neighbourhood.keeping.publishing, key_of(estate_id, "Estate")
        page = await service.page(info.context.viewer, key, PageRequest.of(first, after))
        return connection(page, lambda one: one.notice.id, PublishedNotice.of)

    @strawberry.field(description="Open ones when no state is named, the newest first.", metadata=_MENDED)
    async def estate_repairs(
        self,
        info: Info,
        estate_id: strawberry.ID,
        state: RepairState | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[Repair]:
        service, key = info.context.services.community.neighbourhood.keeping.working, key_of(estate_id, "Estate")
        page = await service.page(info.context.viewer, key, state, PageRequest.of(first, after))
        return connection(page, lambda one: one.repair.id, lambda one: Repair.of(one, info.context.locale))

    @strawberry.field(description="With links to its photos. The look is kept.", metadata=_MENDED)
    async def estate_repair(self, info: Info, repair_id: strawberry.ID) -> Repair | None:
        service = info.context.services.community.neighbourhood.keeping.working
        found = await service.open(info.context.viewer, key_of(repair_id, "Repair"))
        return Repair.of(found, info.context.locale) if found else None


@strawberry.type
class ProviderEstateMutation:
    @strawberry.mutation(description="What it is called, where, its rules, its bays.", metadata=_KEPT)
    async def amend_estate(
        self, info: Info, estate_id: strawberry.ID, input: EstateInput, idempotency_key: IdempotencyKey
    ) -> AmendEstateResult:
        service, key = info.context.services.community.neighbourhood.estates, key_of(estate_id, "Estate")
        done = await service.amend(info.context.viewer, key, input.parsed(), idempotency_key)
        return EstateSaved(estate=_estate(info, done))

    @strawberry.mutation(
        description="A CSV file with the columns `building` and `room`. The same file again changes nothing.",
        metadata=_KEPT,
    )
    async def import_homes(self, info: Info, estate_id: strawberry.ID, file: str) -> ImportHomesResult:
        service, key = info.context.services.community.neighbourhood.homes, key_of(estate_id, "Estate")
        return HomesImported.of(await service.bring(info.context.viewer, key, file))

    @strawberry.mutation(description="Somebody lives there, or (with a reason) does not.", metadata=_KEPT)
    async def verify_resident(
        self,
        info: Info,
        residency_id: strawberry.ID,
        accept: bool,
        idempotency_key: IdempotencyKey,
        reason: str = "",
    ) -> VerifyResidentResult:
        service, key = info.context.services.community.neighbourhood.verifying, key_of(residency_id, "Residency")
        done = await service.settle(info.context.viewer, key, accept, reason, idempotency_key)
        return ResidentSettled(resident=EstateResident.of(done))

    @strawberry.mutation(description="He has moved out.", metadata=_KEPT)
    async def end_residency(
        self, info: Info, residency_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> EndResidencyResult:
        service, key = info.context.services.community.neighbourhood.verifying, key_of(residency_id, "Residency")
        return ResidentSettled(resident=EstateResident.of(await service.end(info.context.viewer, key, idempotency_key)))

    @strawberry.mutation(description="Whoever was the head is not any more.", metadata=_KEPT)
    async def name_household_head(
        self, info: Info, residency_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> NameHouseholdHeadResult:
        service, key = info.context.services.community.neighbourhood.verifying, key_of(residency_id, "Residency")
        done = await service.name_head(info.context.viewer, key, idempotency_key)
        return ResidentSettled(resident=EstateResident.of(done))

    @strawberry.mutation(description="In each of the estates; doors and files are of one.", metadata=_KEPT)
    async def publish_estate_notice(
        self,
        info: Info,
        estate_ids: list[strawberry.ID],
        input: EstateNoticeInput,
        idempotency_key: IdempotencyKey,
    ) -> PublishEstateNoticeResult:
        service = info.context.services.community.neighbourhood.keeping.publishing
        keys = [key_of(one, "Estate") for one in estate_ids]
        done = await service.publish(info.context.viewer, keys, input.parsed(), idempotency_key)
        return EstateNoticesPublished(notices=[PublishedNotice.of(one) for one in done])

    @strawberry.mutation(description="The words before stay on record.", metadata=_KEPT)
    async def edit_estate_notice(
        self, info: Info, notice_id: strawberry.ID, title: str, text: str, idempotency_key: IdempotencyKey
    ) -> EditEstateNoticeResult:
        service = info.context.services.community.neighbourhood.keeping.publishing
        key = key_of(notice_id, "EstateNotice")
        done = await service.edit(info.context.viewer, key, title, text, idempotency_key)
        return EstateNoticeSaved(notice=PublishedNotice.of(done))

    @strawberry.mutation(metadata=_KEPT)
    async def withdraw_estate_notice(
        self, info: Info, notice_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> WithdrawEstateNoticeResult:
        service = info.context.services.community.neighbourhood.keeping.publishing
        done = await service.withdraw(info.context.viewer, key_of(notice_id, "EstateNotice"), idempotency_key)
        return EstateNoticeSaved(notice=PublishedNotice.of(done))

    @strawberry.mutation(description="ACCEPTED, SCHEDULED (with a time), DONE.", metadata=_MENDED)
    async def move_repair(
        self,
        info: Info,
        repair_id: strawberry.ID,
        to: RepairState,
        idempotency_key: IdempotencyKey,
        note: str = "",
        visit_at: datetime | None = None,
    ) -> MoveRepairResult:
        service, key = info.context.services.community.neighbourhood.keeping.working, key_of(repair_id, "Repair")
        done = await service.move(info.context.viewer, key, to, note, visit_at, idempotency_key)
        return RepairSaved(repair=Repair.of(done, info.context.locale))
