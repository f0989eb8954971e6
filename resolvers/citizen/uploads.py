"""Handing in a file."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.uploads.model import UploadPurpose
from graphql_schema.types.common import IdempotencyConflict, IdempotencyKey, Info, citizens, global_id, key_of
from graphql_schema.types.uploads import (
    SignedLink,
    Upload,
    UploadClaimed,
    UploadDropped,
    UploadRequested,
    UploadTooLarge,
    UploadUnknown,
)

_OWN = citizens(ward_scope="applications:manage", or_ward_scope="voice:manage")  # by what the file is for
RequestUploadResult = Annotated[
    UploadRequested | UploadTooLarge | IdempotencyConflict, strawberry.union("RequestUploadResult")
]
DropUploadResult = Annotated[
    UploadDropped | UploadUnknown | UploadClaimed | IdempotencyConflict, strawberry.union("DropUploadResult")
]


@strawberry.type
class UploadQuery:
    @strawberry.field(metadata=_OWN, description="Null for what is not there or not yours.")
    async def upload(self, info: Info, id: strawberry.ID) -> Upload | None:
        service = info.context.services.uploads
        found = await service.one(info.context.viewer, key_of(id, "Upload"))
        return Upload.of(found, service, info.context.locale) if found else None


@strawberry.type
class UploadMutation:
    @strawberry.mutation(
        metadata=_OWN,
        description="Ask to send a file: a JPEG, PNG or WebP picture or a PDF, of at most 10 MB. `bytes` is its size.",
    )
    async def request_upload(
        self, info: Info, purpose: UploadPurpose, name: str, bytes: int, idempotency_key: IdempotencyKey
    ) -> RequestUploadResult:
        service = info.context.services.uploads
        made = await service.request(info.context.viewer, purpose, name, bytes, idempotency_key)
        return UploadRequested(
            upload=Upload.of(made, service, info.context.locale), target=SignedLink.of(service.target(made))
        )

    @strawberry.mutation(metadata=_OWN, description="It is not needed after all.")
    async def drop_upload(self, info: Info, id: strawberry.ID, idempotency_key: IdempotencyKey) -> DropUploadResult:
        viewer, upload = info.context.viewer, key_of(id, "Upload")
        dropped = await info.context.services.uploads.drop(viewer, upload, idempotency_key)
        return UploadDropped(upload_id=global_id("Upload", dropped))
