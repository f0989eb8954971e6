"""What has come of a file so far, piece by piece: so that a phone goes on where its network broke off.

A piece is kept only where the one before it ends, by its id: two senders of one file cannot mix theirs. Pieces are
sealed under their owner's key, and go once the file was read, or with its link.
"""

from __future__ import annotations

from collections.abc import AsyncIterable
from datetime import datetime

from app.core.mongo import Database, Document, DuplicateKey
from app.core.person_keys import PersonKeys
from app.core.uploads.errors import UploadOffsetWrong, UploadTooLarge
from app.core.uploads.model import Upload

PIECE = 256 * 1024
_FIELD = "upload part"


class PartStore:
    def __init__(self, db: Database, persons: PersonKeys) -> None:
        self._parts = db["upload_parts"]
        self._persons = persons

    async def offset(self, upload: Upload) -> int:
        """How many bytes have come."""
        last = await self._parts.find_one({"upload": upload.id}, {"data": 0}, sort=[("offset", -1)])
        return last["offset"] + last["size"] if last else 0

    async def take(self, upload: Upload, offset: int, body: AsyncIterable[bytes], until: datetime) -> int:
        """Keep what comes of the body, from this offset on, even when it breaks off; where it ended.

        Raises UploadOffsetWrong, UploadTooLarge, and what the body raises.
        """
        if offset != await self.offset(upload):
            raise UploadOffsetWrong(offset=await self.offset(upload))
        held = bytearray()
        try:
            async for piece in body:
                held += piece
                if offset + len(held) > upload.bytes:
                    raise UploadTooLarge(limit=upload.bytes)
                while len(held) >= PIECE:
                    offset = await self._add(upload, offset, bytes(held[:PIECE]), until)
                    del held[:PIECE]
        finally:
            if held and offset + len(held) <= upload.bytes:
                offset = await self._add(upload, offset, bytes(held), until)
        return offset

    async def joined(self, upload: Upload) -> bytes:
        """All of it, in its order."""
        key, whole = await self._persons.of(upload.citizen), bytearray()
        async for row in self._parts.find({"upload": upload.id}).sort("offset", 1):
            whole += key.open(row["data"], record=upload.id, field=_FIELD)
        return bytes(whole)

    async def forget(self, upload: Upload) -> None:
        await self._parts.delete_many({"upload": upload.id})

    async def _add(self, upload: Upload, offset: int, data: bytes, until: datetime) -> int:
        key = await self._persons.sealing(upload.citizen)
        row: Document = {
            "_id": f"{upload.id}:{offset:09d}",
            "upload": upload.id,
            "citizen": upload.citizen,
            "offset": offset,
            "size": len(data),
            "data": key.seal(data, record=upload.id, field=_FIELD),
            "tidy_at": until,
        }
        try:
            await self._parts.insert_one(row)
        except DuplicateKey:  # another sender of the same file was here
            raise UploadOffsetWrong(offset=await self.offset(upload)) from None
        return offset + len(data)
