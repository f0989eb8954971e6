"""An upload and its life.

requested ── the file came ──> received ── read and written anew ──> clean
                                        ── not what is taken ─────> refused
clean ── belongs to a matter (`claimed_by`) ──> kept with it
whatever belongs to nothing is dropped after a day
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.core.errors import BadInput
from app.core.limit import Limit
from app.core.uploads.errors import UploadClaimed, UploadNotReady, UploadTooLarge
from app.core.viewer import Role, Viewer

MOST_BYTES = 10 * 1024 * 1024
MOST_PAGES = 50
MOST_SECONDS = 60
SEND_WITHIN = timedelta(minutes=15)
SEND_FROM_AFAR_WITHIN = timedelta(hours=12)
"""Of a case: whoever reports from the street may have no network there."""
LINK_LIFE = timedelta(minutes=5)
UNCLAIMED_FOR = timedelta(hours=24)
PER_CITIZEN = Limit("uploads", 60, timedelta(days=1))
PER_STAFF = Limit("staff-uploads", 400, timedelta(days=1))
_LONGEST_NAME = 120
_NOT_IN_NAMES = re.compile(r'[/\\:*?"<>|]')


class MediaType(StrEnum):
    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    PDF = "application/pdf"
    OGG = "audio/ogg"

    @property
    def suffix(self) -> str:
        return "jpg" if self is MediaType.JPEG else self.value.partition("/")[2]


class UploadPurpose(StrEnum):
    """What the file is for."""

    APPLICATION = "application"
    CASE = "case"
    DISPUTE = "dispute"

    @property
    def takes(self) -> frozenset[MediaType]:
        """A case may be spoken; what an office files away may not."""
        return frozenset(MediaType) if self is UploadPurpose.CASE else frozenset(MediaType) - {MediaType.OGG}

    @property
    def send_within(self) -> timedelta:
        return SEND_FROM_AFAR_WITHIN if self is UploadPurpose.CASE else SEND_WITHIN


class UploadState(StrEnum):
    REQUESTED = "requested"
    RECEIVED = "received"
    CLEAN = "clean"
    REFUSED = "refused"
    DROPPING = "dropping"


@dataclass(frozen=True, slots=True)
class Content:
    """What a clean upload holds: `size` in bytes; `width`, `height` of a picture in pixels, `pages` of a document,
    `seconds` of a voice clip.
    `sha256` is that of the file as it is kept, in hex.
    """

    media_type: MediaType
    size: int
    sha256: str
    width: int | None = None
    height: int | None = None
    pages: int | None = None
    seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """The outcome for which a file was refused: its code, and what it carries."""

    code: str
    data: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Upload:
    """`name` as its citizen calls it, empty once he was erased; `bytes` as announced. `claimed_by` names the matter it
    belongs to: `application:ID`. `citizen` may be one of a provider's staff: see `uploader`.
    """

    id: str
    citizen: str
    purpose: UploadPurpose
    name: str
    bytes: int
    state: UploadState
    requested_at: datetime
    drop_at: datetime | None
    by: str
    content: Content | None = None
    refusal: Refusal | None = None
    claimed_by: str | None = None

    def awaits(self, now: datetime) -> bool:
        """Whether its file may still be sent."""
        return self.state is UploadState.REQUESTED and now < self.send_by

    @property
    def send_by(self) -> datetime:
        return self.requested_at + self.purpose.send_within

    def demand_free(self, by: str) -> None:
        """That this matter may have it. Raises UploadNotReady, UploadClaimed."""
        if self.state is not UploadState.CLEAN:
            raise UploadNotReady(state=self.state.value)
        if self.claimed_by not in (None, by):
            raise UploadClaimed

    @property
    def file_name(self) -> str:
        """A name to keep the file under: the citizen's, with the ending that its content has."""
        stem = _NOT_IN_NAMES.sub("_", self.name.rpartition(".")[0] or self.name).strip(". ") or "file"
        return f"{stem}.{self.content.media_type.suffix}" if self.content else stem


_WARD_SCOPES = {
    UploadPurpose.APPLICATION: "applications:manage",
    UploadPurpose.CASE: "voice:manage",
    UploadPurpose.DISPUTE: "payments:manage",
}


def covers(viewer: Viewer, purpose: UploadPurpose) -> bool:
    """Whether a guardian may do this for his ward; everybody may for himself."""
    return not viewer.is_guardian or _WARD_SCOPES[purpose] in viewer.scopes


def uploader(viewer: Viewer) -> str:
    """Whose a file is: a citizen's, or a member of staff's who works in the city. Raises Unauthenticated."""
    return viewer.acting() if viewer.role in (Role.PROVIDER_STAFF, Role.PROVIDER_CLIENT) else viewer.citizen()


def parse_file_name(raw: str) -> str:
    """One line of 1 to 120 characters. Raises BadInput."""
    name = " ".join("".join(c for c in raw if unicodedata.category(c)[0] != "C" or c.isspace()).split())
    if not name or len(name) > _LONGEST_NAME:
        raise BadInput(field="name")
    return name


def demand_size(size: int) -> None:
    """Raises UploadTooLarge, BadInput (nothing)."""
    if size > MOST_BYTES:
        raise UploadTooLarge(limit=MOST_BYTES)
    if size < 1:
        raise BadInput(field="bytes")
