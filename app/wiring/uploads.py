"""Files that citizens hand in, for every room that takes some."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.uploads.limited import LimitedReader
from app.core.uploads.parts import PartStore
from app.core.uploads.service import UploadService
from app.core.uploads.store import UploadStore
from app.wiring.core import Core


@dataclass(frozen=True, slots=True)
class Uploads:
    """`reader` has a process of its own, which is to be closed."""

    service: UploadService
    reader: LimitedReader


def uploads_of(core: Core) -> Uploads:
    reader = LimitedReader()
    service = UploadService(
        core.db,
        UploadStore(core.db, core.persons),
        PartStore(core.db, core.persons),
        reader,
        core.ring,
        core.limits,
        core.audit,
        core.once,
        core.clock,
        core.base_url,
        core.tallies.count,
    )
    return Uploads(service, reader)
