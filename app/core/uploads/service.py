"""Asking to hand in a file, taking it, giving it to the matter it is for, and dropping what nothing needs.

A room that takes files asks through a protocol of its own with these methods:

    await uploads.claim(citizen, ids, "application:ID", tx)    they belong to this matter now
    await uploads.of(citizen, "application:ID")                which do
    uploads.link(upload)                                       where the file is fetched in the next five minutes
    await uploads.release(citizen, ids, "application:ID", tx)  they belong to nothing again, and go in a day
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncIterable, AsyncIterator, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlencode

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.errors import Forbidden, Outcome
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.limits import Limits
from app.core.mongo import Database, Tx
from app.core.sealed import KeyRing, PersonErased
from app.core.tallies import Counting, uncounted
from app.core.uploads.errors import UploadClaimed, UploadKindUnknown, UploadUnknown
from app.core.uploads.limited import LimitedReader
from app.core.uploads.model import (
    LINK_LIFE,
    PER_CITIZEN,
    PER_STAFF,
    UNCLAIMED_FOR,
    Content,
    Refusal,
    Upload,
    UploadPurpose,
    UploadState,
    covers,
    demand_size,
    parse_file_name,
    uploader,
)
from app.core.uploads.parts import PartStore
from app.core.uploads.reading import Cleaned
from app.core.uploads.room import BODIES, Room, gathered
from app.core.uploads.store import UploadStore
from app.core.viewer import Role, Viewer

_UPLOAD, _ID = TypeAdapter(Upload), TypeAdapter(str)


class Shown(StrEnum):
    """What a link leads to."""

    FILE = "file"
    THUMBNAIL = "thumbnail"


@dataclass(frozen=True, slots=True)
class FileLink:
    """A link without further proof, and when it ends."""

    url: str
    expires_at: datetime


class UploadService:
    def __init__(
        self,
        db: Database,
        uploads: UploadStore,
        parts: PartStore,
        reader: LimitedReader,
        ring: KeyRing,
        limits: Limits,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
        base_url: str,
        count: Counting = uncounted,
    ) -> None:
        self._db = db
        self._uploads = uploads
        self._parts = parts
        self._reader = reader
        self._ring = ring
        self._limits = limits
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock
        self._base_url = base_url
        self._count = count
        self._room = Room(BODIES)

    async def request(self, viewer: Viewer, purpose: UploadPurpose, name: str, size: int, key: str) -> Upload:
        """Ask for a link to send a file of `size` bytes to. Raises UploadTooLarge, BadInput (name, bytes), RateLimited,
        IdempotencyConflict, Forbidden (a guardian without what this needs).
        """
        citizen, called = uploader(viewer), parse_file_name(name)
        if not covers(viewer, purpose):
            raise Forbidden
        demand_size(size)
        call = Call.of(viewer, "requestUpload", key, purpose, called, size)
        before = await self._idempotency.replay(call, _UPLOAD)
        if before is not None:
            return before
        await self._limits.take(PER_CITIZEN if viewer.role is Role.CITIZEN else PER_STAFF, citizen)
        now = self._clock.now()
        wanted = Upload(
            id=new_id(),
            citizen=citizen,
            purpose=purpose,
            name=called,
            bytes=size,
            state=UploadState.REQUESTED,
            requested_at=now,
            drop_at=now + UNCLAIMED_FOR,
            by=viewer.acting(),
        )

        async def work(tx: Tx) -> Upload:
            await self._uploads.add(wanted, tx)
            await self._audit.record(viewer, "upload.requested", wanted.id, tx, purpose=purpose.value)
            return wanted

        return await self._idempotency.once(call, _UPLOAD, work)

    async def one(self, viewer: Viewer, upload: str) -> Upload | None:
        found = await self._uploads.get(upload, uploader(viewer))
        return found if found is not None and covers(viewer, found.purpose) else None

    async def several(self, citizen: str, uploads: Collection[str]) -> list[Upload]:
        """Those of them that are this citizen's."""
        return list((await self._uploads.many(uploads, citizen)).values())

    def target(self, upload: Upload) -> FileLink:
        """Where the file is sent to (PUT, its bytes as the body; or PATCH, part by part), once, within fifteen minutes
        of the request, that of a case within half a day.
        """
        return FileLink(self._address(upload, "put", upload.send_by), upload.send_by)

    def link(self, upload: Upload, shown: Shown = Shown.FILE) -> FileLink | None:
        """Where the file, or a small picture of it, is fetched within five minutes; None when there is none."""
        if upload.content is None or (shown is Shown.THUMBNAIL and upload.content.width is None):
            return None
        until = self._clock.now() + LINK_LIFE
        return FileLink(self._address(upload, shown.value, until), until)

    async def take(self, upload: str, citizen: str, until: int, proof: str, body: AsyncIterable[bytes]) -> Upload:
        """Take the file behind a link to send to, and read it in the limited process.

        Raises UploadUnknown (no genuine link, over, or used), UploadTooLarge, BadInput (fewer bytes than announced:
        it may be sent again), Unavailable, and what is wrong with the file.
        """
        wanted = await self._behind(upload, citizen, "put", until, proof)
        if wanted is None or not wanted.awaits(self._clock.now()):
            raise UploadUnknown
        with self._room.held() as held:
            raw = await gathered(body, wanted.bytes, held)
            if not await self._uploads.receive(wanted, self._clock.now()):
                raise UploadUnknown
            return await self._read(wanted, raw)

    async def come(self, upload: str, citizen: str, until: int, proof: str) -> tuple[Upload, int]:
        """The upload behind a link to send to, and how many bytes of it have come; one whose last part has come, and
        that was not read since, is read now. Raises as `take`.
        """
        wanted = await self._behind(upload, citizen, "put", until, proof)
        if wanted is None:
            raise UploadUnknown
        if wanted.state is not UploadState.REQUESTED:
            return wanted, wanted.bytes
        offset = await self._parts.offset(wanted)
        return (await self._whole(wanted) if offset == wanted.bytes else wanted), offset

    async def append(
        self, upload: str, citizen: str, until: int, proof: str, offset: int, body: AsyncIterable[bytes]
    ) -> tuple[Upload, int]:
        """Take the next part of a file, which begins at `offset`; what came of a part that broke off is kept. With the
        last part the file is read. Where it stands now. Raises UploadOffsetWrong, and as `take`.
        """
        wanted = await self._behind(upload, citizen, "put", until, proof)
        if wanted is None or not wanted.awaits(self._clock.now()):
            raise UploadUnknown
        ended = await self._parts.take(wanted, offset, body, wanted.send_by)
        return (await self._whole(wanted) if ended == wanted.bytes else wanted), ended

    async def _whole(self, wanted: Upload) -> Upload:
        """All parts have come: as if it had been sent at once."""
        with self._room.held() as held:
            held.grow(wanted.bytes)
            if not await self._uploads.receive(wanted, self._clock.now()):
                raise UploadUnknown
            try:
                taken = await self._read(wanted, await self._parts.joined(wanted))
            except Outcome:
                await self._parts.forget(wanted)
                raise
        await self._parts.forget(wanted)
        return taken

    async def attached(self, uploads: Collection[str], to: str) -> dict[str, Upload]:
        """Those of them that belong to this matter, whoever sent them, by id."""
        return await self._uploads.attached(uploads, to)

    async def shown(self, upload: str, citizen: str, what: Shown, until: int, proof: str) -> Upload | None:
        """The clean upload behind a link; None when the link is not genuine or over."""
        found = await self._behind(upload, citizen, what.value, until, proof)
        return found if found is not None and found.state is UploadState.CLEAN else None

    def pieces(self, upload: Upload) -> AsyncIterator[bytes]:
        return self._uploads.pieces(upload)

    async def thumbnail(self, upload: Upload) -> bytes | None:
        return await self._uploads.thumbnail(upload.id, upload.citizen)

    async def claim(self, citizen: str, uploads: Collection[str], by: str, tx: Tx) -> tuple[Upload, ...]:
        """They belong to the matter `by` now, all or none; for those it has already nothing changes. As they stood
        before, in the order given. Raises UploadUnknown, UploadNotReady, UploadClaimed.
        """
        found = await self._uploads.many(uploads, citizen, tx)
        for upload in dict.fromkeys(uploads):
            if upload not in found:
                raise UploadUnknown
            found[upload].demand_free(by)
            if not await self._uploads.claim(found[upload], by, tx):
                raise UploadClaimed
        return tuple(found[upload] for upload in uploads)

    async def release(self, citizen: str, uploads: Collection[str], by: str, tx: Tx) -> None:
        """The matter needs them no more: they go in a day."""
        await self._uploads.release(uploads, citizen, by, self._clock.now() + UNCLAIMED_FOR, tx)

    async def of(self, citizen: str, by: str) -> list[Upload]:
        """What belongs to a matter, the oldest first."""
        return await self._uploads.of(citizen, by)

    async def of_matters(self, citizens: Collection[str], by: Collection[str]) -> list[Upload]:
        """What belongs to many matters of these citizens, the oldest first."""
        return await self._uploads.of_matters(citizens, by) if citizens and by else []

    async def clean_ones(self, citizen: str) -> list[Upload]:
        """All files kept of a citizen, the newest first: for his export."""
        return await self._uploads.clean_ones(citizen)

    async def drop(self, viewer: Viewer, upload: str, key: str) -> str:
        """The citizen does not need it after all. Raises UploadUnknown, UploadClaimed, IdempotencyConflict."""
        citizen, now = uploader(viewer), self._clock.now()

        async def work(tx: Tx) -> str:
            found = await self._uploads.get(upload, citizen, tx)
            if found is None or not covers(viewer, found.purpose):
                raise UploadUnknown
            if not await self._uploads.hasten(found, now, tx):
                raise UploadClaimed
            await self._audit.record(viewer, "upload.dropped", upload, tx)
            return upload

        done = await self._idempotency.once(Call.of(viewer, "dropUpload", key, upload), _ID, work)
        await self._uploads.drop(upload, citizen, now)  # or, should this process end here, the job does
        return done

    async def copies(self, citizen: str, uploads: Collection[str], owner: str) -> list[str]:
        """The same files as `owner`'s, who is nobody known: nothing of the copies says whose they were. What was handed
        in is dropped by `forget` when the matter has the copies. Raises UploadUnknown, UploadNotReady, UploadClaimed.
        """
        found = await self._uploads.many(uploads, citizen)
        for upload in uploads:
            if upload not in found:
                raise UploadUnknown
            found[upload].demand_free("")
        return [await self._copy(found[upload], owner) for upload in uploads]

    async def bring(self, owner: str, purpose: UploadPurpose, name: str, raw: bytes) -> Upload:
        """A file that a channel brings, of `owner`, who is nobody known (`case:ID`); it is to be claimed within a day.
        Raises UploadTooLarge, BadInput (name, bytes), Unavailable, and what is wrong with the file.
        """
        demand_size(len(raw))
        now, called = self._clock.now(), parse_file_name(name)
        state, drop_at = UploadState.REQUESTED, now + UNCLAIMED_FOR
        brought = Upload(new_id(), owner, purpose, called, len(raw), state, now, drop_at, owner)
        await self._db.transaction(lambda tx: self._uploads.add(brought, tx))
        with self._room.held() as held:
            held.grow(len(raw))
            await self._uploads.receive(brought, now)
            return await self._read(brought, raw)

    async def forget(self, citizen: str, uploads: Collection[str]) -> None:
        """Drop at once those that belong to nothing."""
        now = self._clock.now()
        for upload in (await self._uploads.many(uploads, citizen)).values():

            async def hastened(tx: Tx, upload: Upload = upload) -> bool:
                return await self._uploads.hasten(upload, now, tx)

            if await self._db.transaction(hastened):
                await self._uploads.drop(upload.id, citizen, now)

    async def _copy(self, upload: Upload, owner: str) -> str:
        assert upload.content is not None
        now, raw = self._clock.now(), b"".join([piece async for piece in self._uploads.pieces(upload)])
        copy = replace(
            upload,
            id=new_id(),
            citizen=owner,
            name=upload.purpose.value,
            state=UploadState.RECEIVED,
            requested_at=now,
            drop_at=now + UNCLAIMED_FOR,
            by=owner,
        )
        await self._db.transaction(lambda tx: self._uploads.add(copy, tx))
        await self._uploads.put(copy, Cleaned(upload.content.media_type, raw))
        small = await self._uploads.thumbnail(upload.id, upload.citizen)
        await self._uploads.settle_clean(copy, upload.content, small)
        return copy.id

    async def drop_due(self) -> int:
        """Drop what belonged to nothing for a day; how many there were."""
        now, dropped = self._clock.now(), 0
        for upload, citizen in await self._uploads.due(now):
            dropped += await self._uploads.drop(upload, citizen, now)
        return dropped

    async def waiting(self) -> dict[str, int]:
        """For the desk: how many belong to nothing yet, by state."""
        return await self._uploads.waiting()

    async def _read(self, upload: Upload, raw: bytes) -> Upload:
        try:
            cleaned = await self._reader.clean(raw)
            if cleaned.media_type not in upload.purpose.takes:
                raise UploadKindUnknown
            content = _content(cleaned)
            await self._uploads.put(upload, cleaned)
            kept = await self._uploads.settle_clean(upload, content, cleaned.thumbnail)
        except Outcome as refusal:
            await self._uploads.settle_refused(upload, Refusal(refusal.code, refusal.data))
            self._count("uploads_refused", reason=refusal.code.lower())
            raise
        except PersonErased:
            await self._uploads.take_away(upload)
            raise UploadUnknown from None
        except Exception:
            await self._uploads.await_again(upload)
            raise
        if not kept:  # dropped while it was read: the file came after its row had gone
            await self._uploads.take_away(upload)
            raise UploadUnknown
        self._count("uploads_taken", kind=content.media_type.suffix)
        found = await self._uploads.get(upload.id, upload.citizen)
        assert found is not None
        return found

    async def _behind(self, upload: str, citizen: str, use: str, until: int, proof: str) -> Upload | None:
        right = self._proof(upload, citizen, use, until)
        if not hmac.compare_digest(proof.encode(), right.encode()) or until < self._clock.now().timestamp():
            return None
        return await self._uploads.get(upload, citizen)

    def _address(self, upload: Upload, use: str, until: datetime) -> str:
        ends = int(until.timestamp())
        query = {"of": upload.citizen, "until": ends, "proof": self._proof(upload.id, upload.citizen, use, ends)}
        shown = {} if use in ("put", Shown.FILE) else {"as": use}
        return f"{self._base_url}/media/uploads/{upload.id}?{urlencode({**query, **shown})}"

    def _proof(self, upload: str, citizen: str, use: str, until: int) -> str:
        return self._ring.keyed_hash(f"{upload}.{citizen}.{use}.{until}", kind="upload link")


def _content(cleaned: Cleaned) -> Content:
    digest = hashlib.sha256(cleaned.content).hexdigest()
    return Content(
        cleaned.media_type, len(cleaned.content), digest, cleaned.width, cleaned.height, cleaned.pages, cleaned.seconds
    )
