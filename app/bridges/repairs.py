"""What repairs ask of my voice: a case of the city's centre, with the same files."""

from __future__ import annotations

from app.core.mongo import Tx
from app.core.uploads.model import UploadPurpose
from app.core.uploads.service import UploadService
from app.core.viewer import Viewer
from app.domains.community.repairs.handover.service import Matter
from app.domains.voice.cases.filing.model import LONGEST_TITLE, Filing
from app.domains.voice.cases.filing.service import CaseFiling
from app.domains.voice.cases.history.model import CaseChannel, CaseKind, Identity
from app.domains.voice.cases.model import Words
from app.domains.voice.places.model import Place
from app.domains.voice.places.service import PlaceService

CATEGORY = "estate-service"
_LONGEST_ADDRESS = 200


class RepairCases:
    """Fulfils `community.repairs.handover.service.Cases`."""

    def __init__(self, filing: CaseFiling, places: PlaceService, uploads: UploadService, city: str) -> None:
        self._filing = filing
        self._places = places
        self._uploads = uploads
        self._city = city

    async def copies(self, matter: Matter, case: str) -> tuple[str, ...]:
        """Copied only when the centre would take the case."""
        self._filing.check(self._wish(matter, ()))
        there = await self._uploads.of(matter.citizen, f"repair:{matter.repair}")
        made = []
        for upload in there:
            raw = b"".join([piece async for piece in self._uploads.pieces(upload)])
            brought = await self._uploads.bring(matter.citizen, UploadPurpose.CASE, upload.file_name, raw)
            made.append(brought.id)
        return tuple(made)

    async def file(self, viewer: Viewer, matter: Matter, case: str, files: tuple[str, ...], tx: Tx) -> str:
        filed = await self._filing.new(viewer, self._wish(matter, files), matter.citizen, tx, case)
        return filed.case.number

    def _place(self, matter: Matter) -> Place:
        """Where no boundary is known, in the division of the estate's committee, or at least in the city."""
        division = matter.division or self._city
        return self._places.placed(matter.point, address=matter.address[:_LONGEST_ADDRESS], division=division)

    def _wish(self, matter: Matter, files: tuple[str, ...]) -> Filing:
        """Raises OutsideCity, DivisionUnknown."""
        return Filing(
            kind=CaseKind.COMPLAINT,
            channel=CaseChannel.APP,
            category=CATEGORY,
            identity=Identity.NAMED,
            words=Words(matter.title[:LONGEST_TITLE], matter.words),
            place=self._place(matter),
            files=files,
            origin=f"repair:{matter.repair}",
        )
