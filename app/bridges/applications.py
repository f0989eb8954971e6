"""What applications ask of uploads and licences, and what they hear of appointments."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from app.core.events import Event
from app.core.mongo import Tx
from app.core.uploads.model import Upload, UploadState
from app.core.uploads.service import UploadService
from app.core.viewer import Viewer
from app.domains.government.applications.materials.model import HeldLicence, Readiness
from app.domains.government.applications.service import ApplicationService
from virtual_card.licences.model import Order
from virtual_card.licences.service import LicenceService

_READINESS = {
    UploadState.REQUESTED: Readiness.NOT_READY,
    UploadState.RECEIVED: Readiness.NOT_READY,
    UploadState.CLEAN: Readiness.READY,
    UploadState.REFUSED: Readiness.REFUSED,
}


class UploadedFiles:
    """Fulfils `applications.materials.service.Files`."""

    def __init__(self, uploads: UploadService) -> None:
        self._uploads = uploads

    async def readiness(self, citizen: str, uploads: Collection[str], by: str) -> Mapping[str, Readiness]:
        found = await self._uploads.several(citizen, uploads)
        return {one.id: _readiness(one) for one in found if one.claimed_by in (None, by)}

    async def claim(self, by: str, citizen: str, uploads: Collection[str], tx: Tx) -> None:
        await self._uploads.claim(citizen, sorted(uploads), by, tx)

    async def release(self, by: str, citizen: str, uploads: Collection[str], tx: Tx) -> None:
        if uploads:
            await self._uploads.release(citizen, sorted(uploads), by, tx)

    async def links(self, by: str, citizen: str) -> Mapping[str, str]:
        links = {one.id: self._uploads.link(one) for one in await self._uploads.of(citizen, by)}
        return {upload: link.url for upload, link in links.items() if link is not None}


def _readiness(upload: Upload) -> Readiness:
    return _READINESS.get(upload.state, Readiness.GONE)


class CountedVisits:
    """A consumer of the outbox: who came to a counter for what he applied for has made one of the promised visits."""

    def __init__(self, applications: ApplicationService) -> None:
        self._applications = applications

    async def take(self, event: Event) -> None:
        if event.type != "visit.made":
            return
        item, application = event.facts.get("item"), event.facts.get("application")
        came = str(event.facts.get("booking") or event.facts.get("ticket") or event.id)
        if item or application:
            await self._applications.count_visit(event.citizen, item, came, application)


class WalletLicences:
    """Fulfils `applications.materials.service.Licences`."""

    def __init__(self, licences: LicenceService) -> None:
        self._licences = licences

    async def held(self, citizen: str, kinds: Collection[str]) -> Mapping[str, HeldLicence]:
        found = await self._licences.held(citizen, kinds)
        return {kind: HeldLicence(one.id, kind, one.number, one.facts) for kind, one in found.items()}

    async def issue(
        self, viewer: Viewer, *, citizen: str, kind: str, issuer: str, facts: Mapping[str, Any], source: str, tx: Tx
    ) -> str:
        return (await self._licences.issue(viewer, Order(citizen, kind, issuer, facts, source), tx)).id
