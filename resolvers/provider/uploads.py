"""Handing in a file, for those who work in the city: photos of what they do and see."""

from __future__ import annotations

import strawberry

from app.core.uploads.model import UploadPurpose
from graphql_schema.types.common import IdempotencyKey, Info, global_id, key_of, providers
from graphql_schema.types.uploads import SignedLink, Upload, UploadDropped, UploadRequested
from resolvers.citizen.uploads import DropUploadResult, RequestUploadResult


@strawberry.type
class ProviderUploadQuery:
    @strawberry.field(metadata=providers(), description="Null for what is not there or not yours.")
    async def upload(self, info: Info, id: strawberry.ID) -> Upload | None:
        service = info.context.services.uploads
        found = await service.one(info.context.viewer, key_of(id, "Upload"))
        return Upload.of(found, service, info.context.locale) if found else None


@strawberry.type
class ProviderUploadMutation:
    @strawberry.mutation(
        metadata=providers(),
        description="Ask to send a file: a JPEG, PNG or WebP picture or a PDF, of at most 10 MB. `bytes` is its size. "
        "It is sent at once by PUT, or part by part as tus 1.0 says.",
    )
    async def request_upload(
        self,
        info: Info,
        name: str,
        bytes: int,
        idempotency_key: IdempotencyKey,
        purpose: UploadPurpose = UploadPurpose.CASE,
    ) -> RequestUploadResult:
        service = info.context.services.uploads
        made = await service.request(info.context.viewer, purpose, name, bytes, idempotency_key)
        return UploadRequested(
            upload=Upload.of(made, service, info.context.locale), target=SignedLink.of(service.target(made))
        )

    @strawberry.mutation(metadata=providers(), description="It is not needed after all.")
    async def drop_upload(self, info: Info, id: strawberry.ID, idempotency_key: IdempotencyKey) -> DropUploadResult:
        viewer, upload = info.context.viewer, key_of(id, "Upload")
        dropped = await info.context.services.uploads.drop(viewer, upload, idempotency_key)
        return UploadDropped(upload_id=global_id("Upload", dropped))
