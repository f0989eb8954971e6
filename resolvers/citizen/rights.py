"""One's own data: a copy of it, its correction, its erasure. In person only."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.domains.identity.rights.corrections.model import CorrectionField
from app.domains.identity.rights.erasures import model as erasures
from app.domains.identity.rights.exports import model as exports
from graphql_schema.types.common import IdempotencyConflict, IdempotencyKey, Info, citizens, key_of
from graphql_schema.types.identity_errors import IdNumberInvalid, NameInvalid
from graphql_schema.types.rights import (
    Correction,
    CorrectionRequested,
    CorrectionSettled,
    CorrectionTextMissing,
    CorrectionUnknown,
    CorrectionWithdrawn,
    DataExport,
    DataExportRequested,
    Erasure,
    ErasureHindered,
    ErasureRequested,
    ErasureUnderway,
    ErasureWithdrawn,
    ExportUnderway,
    NoErasure,
    NothingToCorrect,
)

RequestDataExportResult = Annotated[
    DataExportRequested | ExportUnderway | IdempotencyConflict, strawberry.union("RequestDataExportResult")
]
RequestCorrectionResult = Annotated[
    CorrectionRequested
    | CorrectionTextMissing
    | NameInvalid
    | IdNumberInvalid
    | NothingToCorrect
    | IdempotencyConflict,
    strawberry.union("RequestCorrectionResult"),
]
WithdrawCorrectionResult = Annotated[
    CorrectionWithdrawn | CorrectionUnknown | CorrectionSettled | IdempotencyConflict,
    strawberry.union("WithdrawCorrectionResult"),
]
RequestErasureResult = Annotated[
    ErasureRequested | ErasureUnderway | ErasureHindered | IdempotencyConflict, strawberry.union("RequestErasureResult")
]
WithdrawErasureResult = Annotated[
    ErasureWithdrawn | NoErasure | IdempotencyConflict, strawberry.union("WithdrawErasureResult")
]


def _export(export: exports.Export, info: Info) -> DataExport:
    return DataExport.of(export, info.context.services.exports.link(export))


def _erasure(erasure: erasures.Erasure, info: Info) -> Erasure:
    return Erasure.of(erasure, info.context.services.erasures.retained(erasure), info.context.locale)


@strawberry.type
class RightsQuery:
    @strawberry.field(metadata=citizens(), description="Newest first.")
    async def data_exports(self, info: Info) -> list[DataExport]:
        found = await info.context.services.exports.mine(info.context.viewer)
        return [_export(export, info) for export in found]

    @strawberry.field(metadata=citizens(), description="Newest first.")
    async def corrections(self, info: Info) -> list[Correction]:
        found = await info.context.services.corrections.mine(info.context.viewer)
        return [Correction.of(correction) for correction in found]

    @strawberry.field(metadata=citizens(), description="The last one asked for.")
    async def erasure(self, info: Info) -> Erasure | None:
        found = await info.context.services.erasures.mine(info.context.viewer)
        return _erasure(found, info) if found else None


@strawberry.type
class RightsMutation:
    @strawberry.mutation(
        metadata=citizens(), description="Made in the background: a message tells when it is ready, for 72 hours."
    )
    async def request_data_export(self, info: Info, idempotency_key: IdempotencyKey) -> RequestDataExportResult:
        export = await info.context.services.exports.request(info.context.viewer, idempotency_key)
        return DataExportRequested(data_export=_export(export, info))

    @strawberry.mutation(metadata=citizens(), description="The city answers; a message tells when it has.")
    async def request_correction(
        self, info: Info, field: CorrectionField, wanted: str, reason: str, idempotency_key: IdempotencyKey
    ) -> RequestCorrectionResult:
        services, viewer = info.context.services, info.context.viewer
        made = await services.corrections.request(viewer, field, wanted, reason, idempotency_key)
        return CorrectionRequested(correction=Correction.of(made))

    @strawberry.mutation(metadata=citizens())
    async def withdraw_correction(
        self, info: Info, correction_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> WithdrawCorrectionResult:
        services, key = info.context.services, key_of(correction_id, "Correction")
        withdrawn = await services.corrections.withdraw(info.context.viewer, key, idempotency_key)
        return CorrectionWithdrawn(correction=Correction.of(withdrawn))

    @strawberry.mutation(
        metadata=citizens(),
        description="In seven days the account and all its data are deleted, but what the law keeps.",
    )
    async def request_erasure(self, info: Info, idempotency_key: IdempotencyKey) -> RequestErasureResult:
        erasure = await info.context.services.erasures.request(info.context.viewer, idempotency_key)
        return ErasureRequested(erasure=_erasure(erasure, info))

    @strawberry.mutation(metadata=citizens(), description="Possible until it begins.")
    async def withdraw_erasure(self, info: Info, idempotency_key: IdempotencyKey) -> WithdrawErasureResult:
        erasure = await info.context.services.erasures.withdraw(info.context.viewer, idempotency_key)
        return ErasureWithdrawn(erasure=_erasure(erasure, info))
