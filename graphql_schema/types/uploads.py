"""Files that citizens hand in."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.core.messages import message
from app.core.uploads import errors, model
from app.core.uploads.model import MediaType, UploadPurpose, UploadState
from app.core.uploads.service import FileLink, Shown, UploadService
from graphql_schema.endpoint.outcomes import UserError, outcome
from graphql_schema.types.common import Node, global_id

strawberry.enum(UploadPurpose, description="What the file is for.")
strawberry.enum(UploadState, description="REQUESTED until the file came, then RECEIVED, then CLEAN or REFUSED.")
strawberry.enum(MediaType, description="What a file is, by its content.")


@strawberry.type(description="A link that needs no further proof, and when it ends.")
class SignedLink:
    url: str
    expires_at: datetime

    @classmethod
    def of(cls, link: FileLink) -> SignedLink:
        return cls(url=link.url, expires_at=link.expires_at)


@strawberry.type(description="Why a file was not taken.")
class UploadRefusal:
    code: str
    message: str

    @classmethod
    def of(cls, refusal: model.Refusal, locale: str) -> UploadRefusal:
        return cls(code=refusal.code, message=message(refusal.code, locale, **refusal.data))


@strawberry.type(description="A file as it is kept: written anew from what was sent, without anything hidden in it.")
class Upload(Node):
    purpose: UploadPurpose
    name: str
    state: UploadState
    requested_at: datetime
    kept_until: datetime | None = strawberry.field(description="When it is dropped, unless something needs it.")
    refusal: UploadRefusal | None
    media_type: MediaType | None
    size: int | None = strawberry.field(description="In bytes.")
    sha256: str | None
    width: int | None
    height: int | None
    pages: int | None
    seconds: int | None
    link: SignedLink | None = strawberry.field(description="The file itself.")
    thumbnail: SignedLink | None = strawberry.field(description="A small WebP of a picture.")

    @classmethod
    def of(cls, upload: model.Upload, service: UploadService, locale: str) -> Upload:
        content, file, small = upload.content, service.link(upload), service.link(upload, Shown.THUMBNAIL)
        return cls(
            id=global_id("Upload", upload.id),
            purpose=upload.purpose,
            name=upload.name,
            state=upload.state,
            requested_at=upload.requested_at,
            kept_until=upload.drop_at,
            refusal=UploadRefusal.of(upload.refusal, locale) if upload.refusal else None,
            media_type=content.media_type if content else None,
            size=content.size if content else None,
            sha256=content.sha256 if content else None,
            width=content.width if content else None,
            height=content.height if content else None,
            pages=content.pages if content else None,
            seconds=content.seconds if content else None,
            link=SignedLink.of(file) if file else None,
            thumbnail=SignedLink.of(small) if small else None,
        )


@strawberry.type(description="Send the file to `target` by PUT, its bytes as the body.")
class UploadRequested:
    upload: Upload
    target: SignedLink


@strawberry.type
class UploadDropped:
    upload_id: strawberry.ID


@outcome(errors.UploadTooLarge)
@strawberry.type
class UploadTooLarge(UserError):
    limit: int = strawberry.field(description="In bytes.")


@outcome(errors.UploadUnknown)
@strawberry.type
class UploadUnknown(UserError):
    pass


@outcome(errors.UploadNotReady, state=UploadState)
@strawberry.type
class UploadNotReady(UserError):
    state: UploadState


@outcome(errors.UploadClaimed)
@strawberry.type
class UploadClaimed(UserError):
    pass
