"""Uploads in MongoDB: a row for each, and the file itself in GridFS, in pieces sealed under its citizen's key."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable
from contextlib import suppress
from datetime import datetime

from gridfs import NoFile

from app.core.mongo import Database, Document, Tx
from app.core.person_keys import PersonKey, PersonKeys
from app.core.sealed import PersonErased
from app.core.uploads.model import Content, MediaType, Refusal, Upload, UploadPurpose, UploadState
from app.core.uploads.reading import Cleaned

_PIECE = 255 * 1024
# Of each piece its place in the file is sealed with it, so that pieces cannot change places unseen.
_PLACE = 4
_SEAL = 1 + 12 + 16
_PLAIN = _PIECE - _SEAL - _PLACE
_AT_ONCE = 200


class UploadStore:
    def __init__(self, db: Database, persons: PersonKeys) -> None:
        self._uploads = db["uploads"]
        self._files = db.files("uploads")
        self._persons = persons

    async def add(self, upload: Upload, tx: Tx) -> None:
        key = await self._persons.sealing(upload.citizen, tx)
        row = {
            "_id": upload.id,
            "citizen": upload.citizen,
            "purpose": upload.purpose.value,
            "name": key.seal_text(upload.name, record=upload.id, field="upload name"),
            "bytes": upload.bytes,
            "state": upload.state.value,
            "requested_at": upload.requested_at,
            "drop_at": upload.drop_at,
            "by": upload.by,
            "claimed_by": None,
        }
        await self._uploads.insert_one(row, session=tx)

    async def get(self, upload: str, citizen: str, tx: Tx | None = None) -> Upload | None:
        row = await self._uploads.find_one({"citizen": citizen, "_id": upload}, _ROW, session=tx)
        return _upload(row, await self._persons.of(citizen, tx)) if row else None

    async def many(self, uploads: Iterable[str], citizen: str, tx: Tx | None = None) -> dict[str, Upload]:
        """Those of them that are this citizen's, by id."""
        which = {"citizen": citizen, "_id": {"$in": sorted(set(uploads))}}
        return {upload.id: upload for upload in await self._found(which, citizen, tx)}

    async def attached(self, uploads: Iterable[str], claimed_by: str) -> dict[str, Upload]:
        """Those of them that belong to a matter, whosever they are, by id."""
        which = {"_id": {"$in": sorted(set(uploads))}, "claimed_by": claimed_by}
        rows = await self._uploads.find(which, _ROW).to_list(None)
        keys = await self._persons.many(row["citizen"] for row in rows)
        return {row["_id"]: _upload(row, keys[row["citizen"]]) for row in rows}

    async def of(self, citizen: str, claimed_by: str) -> list[Upload]:
        """What belongs to a matter, the oldest first."""
        return await self._found({"citizen": citizen, "claimed_by": claimed_by}, citizen)

    async def of_matters(self, citizens: Collection[str], claimed_by: Collection[str]) -> list[Upload]:
        """What belongs to many matters, of all these citizens: by one look, the oldest first."""
        which = {"citizen": {"$in": sorted(citizens)}, "claimed_by": {"$in": sorted(claimed_by)}}
        rows = await self._uploads.find(which, _ROW).sort("_id", 1).limit(_MOST_OF_MATTERS).to_list(None)
        keys = await self._persons.many({row["citizen"] for row in rows})
        return [_upload(row, keys[row["citizen"]]) for row in rows]

    async def clean_ones(self, citizen: str) -> list[Upload]:
        """All files that are kept of this citizen, the newest first."""
        found: list[Upload] = []
        which: Document = {"citizen": citizen, "state": UploadState.CLEAN.value}
        while batch := await self._found(which, citizen, newest=True):
            found += batch
            which = {**which, "_id": {"$lt": batch[-1].id}}
        return found

    async def receive(self, upload: Upload, now: datetime) -> bool:
        """True for the first that brings the file."""
        awaited = {"citizen": upload.citizen, "_id": upload.id, "state": UploadState.REQUESTED.value}
        change = {"state": UploadState.RECEIVED.value, "received_at": now}
        return bool((await self._uploads.update_one(awaited, {"$set": change})).modified_count)

    async def await_again(self, upload: Upload) -> None:
        """The file could not be read or put away for now: it may be sent once more."""
        change = {"$set": {"state": UploadState.REQUESTED.value}}
        await self._uploads.update_one({**_of(upload), "state": UploadState.RECEIVED.value}, change)

    async def put(self, upload: Upload, cleaned: Cleaned) -> None:
        """Put the file away, sealed. Raises PersonErased."""
        key = await self._persons.sealing(upload.citizen)
        await self.take_away(upload)  # of an attempt that did not come to its end
        stream = self._files.open_upload_stream_with_id(upload.id, upload.id, chunk_size_bytes=_PIECE)
        for place, start in enumerate(range(0, len(cleaned.content), _PLAIN)):
            plain = place.to_bytes(_PLACE) + cleaned.content[start : start + _PLAIN]
            await stream.write(key.seal(plain, record=upload.id, field="upload"))
        await stream.close()

    async def take_away(self, upload: Upload) -> None:
        """The file, if there is any; its row stays as it is."""
        with suppress(NoFile):
            await self._files.delete(upload.id)

    async def settle_clean(self, upload: Upload, content: Content, thumbnail: bytes | None) -> bool:
        """False when it was dropped meanwhile."""
        key = await self._persons.sealing(upload.citizen)
        small = key.seal(thumbnail, record=upload.id, field="thumbnail") if thumbnail else None
        kept = {
            "media_type": content.media_type.value,
            "size": content.size,
            "sha256": content.sha256,
            "width": content.width,
            "height": content.height,
            "pages": content.pages,
            "seconds": content.seconds,
        }
        return await self._settle(upload, {"state": UploadState.CLEAN.value, "content": kept, "thumbnail": small})

    async def settle_refused(self, upload: Upload, refusal: Refusal) -> bool:
        kept = {"code": refusal.code, "data": dict(refusal.data)}
        return await self._settle(upload, {"state": UploadState.REFUSED.value, "refusal": kept})

    async def _settle(self, upload: Upload, change: Document) -> bool:
        received = {**_of(upload), "state": UploadState.RECEIVED.value}
        return bool((await self._uploads.update_one(received, {"$set": change})).modified_count)

    async def claim(self, upload: Upload, by: str, tx: Tx) -> bool:
        """False when another matter was first, or it was dropped."""
        free = {**_of(upload), "state": UploadState.CLEAN.value, "claimed_by": {"$in": [None, by]}}
        change = {"$set": {"claimed_by": by, "drop_at": None}}
        return bool((await self._uploads.update_one(free, change, session=tx)).matched_count)

    async def release(self, uploads: Iterable[str], citizen: str, by: str, drop_at: datetime, tx: Tx) -> None:
        mine = {"citizen": citizen, "_id": {"$in": sorted(set(uploads))}, "claimed_by": by}
        await self._uploads.update_many(mine, {"$set": {"claimed_by": None, "drop_at": drop_at}}, session=tx)

    async def due(self, now: datetime) -> list[tuple[str, str]]:
        """(upload, citizen) of what is to be dropped, the longest due first."""
        which = {"drop_at": {"$lte": now}}
        rows = await self._uploads.find(which, {"citizen": 1}).sort("drop_at", 1).limit(_AT_ONCE).to_list(None)
        return [(row["_id"], row["citizen"]) for row in rows]

    async def drop(self, upload: str, citizen: str, now: datetime) -> bool:
        """The file, then the row. False when it was claimed meanwhile. Safe to repeat after a kill."""
        due = {"citizen": citizen, "_id": upload, "drop_at": {"$lte": now}}
        change = {"$set": {"state": UploadState.DROPPING.value}}
        if not (await self._uploads.update_one(due, change)).matched_count:
            return False
        with suppress(NoFile):
            await self._files.delete(upload)
        await self._uploads.delete_one({"citizen": citizen, "_id": upload})
        return True

    async def hasten(self, upload: Upload, now: datetime, tx: Tx) -> bool:
        """Let it be dropped at once; False when it belongs to a matter."""
        free = {**_of(upload), "claimed_by": None}
        return bool((await self._uploads.update_one(free, {"$set": {"drop_at": now}}, session=tx)).matched_count)

    async def pieces(self, upload: Upload) -> AsyncIterator[bytes]:
        """The file, piece by piece; it ends early when it is gone, or was changed by somebody else's hand."""
        key = await self._persons.of(upload.citizen)
        try:
            stream = await self._files.open_download_stream(upload.id)
            place = 0
            while sealed := await stream.read(_PIECE):
                plain = key.open(sealed, record=upload.id, field="upload")
                if int.from_bytes(plain[:_PLACE]) != place:
                    return
                yield plain[_PLACE:]
                place += 1
        except (NoFile, PersonErased):
            return

    async def thumbnail(self, upload: str, citizen: str) -> bytes | None:
        row = await self._uploads.find_one({"citizen": citizen, "_id": upload}, {"thumbnail": 1})
        if row is None or row.get("thumbnail") is None:
            return None
        with suppress(PersonErased):
            return (await self._persons.of(citizen)).open(row["thumbnail"], record=upload, field="thumbnail")
        return None

    async def waiting(self) -> dict[str, int]:
        """How many there are that belong to nothing yet, by state; for the desk."""
        states = (UploadState.REQUESTED, UploadState.RECEIVED, UploadState.CLEAN, UploadState.REFUSED)
        return {
            state.value: await self._uploads.count_documents({"state": state.value, "claimed_by": None}, limit=10_000)
            for state in states
        }

    async def _found(
        self, which: Document, citizen: str, tx: Tx | None = None, *, newest: bool = False
    ) -> list[Upload]:
        found = self._uploads.find(which, _ROW, session=tx).sort("_id", -1 if newest else 1).limit(_AT_ONCE)
        rows = await found.to_list(None)
        key = await self._persons.of(citizen, tx)
        return [_upload(row, key) for row in rows]


_ROW = {"thumbnail": 0}
_MOST_OF_MATTERS = 2_000


def _of(upload: Upload) -> Document:
    return {"citizen": upload.citizen, "_id": upload.id}


def _upload(row: Document, key: PersonKey) -> Upload:
    return Upload(
        id=row["_id"],
        citizen=row["citizen"],
        purpose=UploadPurpose(row["purpose"]),
        name=key.shown(row["name"], record=row["_id"], field="upload name") or "",
        bytes=row["bytes"],
        state=UploadState(row["state"]),
        requested_at=row["requested_at"],
        drop_at=row["drop_at"],
        by=row["by"],
        content=_content(row["content"]) if row.get("content") else None,
        refusal=Refusal(**row["refusal"]) if row.get("refusal") else None,
        claimed_by=row["claimed_by"],
    )


def _content(kept: Document) -> Content:
    return Content(
        MediaType(kept["media_type"]),
        kept["size"],
        kept["sha256"],
        kept["width"],
        kept["height"],
        kept["pages"],
        kept.get("seconds"),
    )
