"""Why a file is not taken.

Outcome
├── UploadTooLarge          more bytes than are taken, or than were announced
├── UploadKindUnknown       neither JPEG, PNG, WebP, PDF nor a voice, whatever its name says
├── PictureTooLarge         more pixels than are taken
├── DocumentTooLong         more pages than are taken
├── ClipTooLong             a voice clip of more seconds than are taken
├── FileBroken              cut off, or not written as its kind is
├── FileEncrypted           it opens with a password only
├── FileTooComplex          reading it takes more memory or time than a file may
├── UploadUnknown           no such upload, or not of this citizen
├── UploadNotReady          nothing was sent yet, or it was refused: `state` says which
├── UploadClaimed           it belongs to another matter
└── UploadOffsetWrong       a part does not begin where the one before it ended: at `offset`
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


@dataclass(eq=False)
class UploadTooLarge(Outcome):
    """`limit` in bytes."""

    limit: int


class UploadKindUnknown(Outcome):
    pass


@dataclass(eq=False)
class PictureTooLarge(Outcome):
    """`megapixels`: what a picture of this kind may have."""

    megapixels: int


@dataclass(eq=False)
class DocumentTooLong(Outcome):
    """`pages`: what a document may have."""

    pages: int


@dataclass(eq=False)
class ClipTooLong(Outcome):
    """`seconds`: what a voice clip may have."""

    seconds: int


class FileBroken(Outcome):
    pass


class FileEncrypted(Outcome):
    pass


class FileTooComplex(Outcome):
    pass


class UploadUnknown(Outcome):
    pass


@dataclass(eq=False)
class UploadNotReady(Outcome):
    state: str


class UploadClaimed(Outcome):
    pass


@dataclass(eq=False)
class UploadOffsetWrong(Outcome):
    offset: int
