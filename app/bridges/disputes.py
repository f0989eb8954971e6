"""What disputes and risk ask of other rooms: files of evidence, and whether somebody is a citizen."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from app.core.mongo import Tx
from app.core.uploads.service import UploadService
from app.domains.identity.citizens.store import CitizenStore


class Evidence:
    """Fulfils `payment.disputes.steps.service.Files`."""

    def __init__(self, uploads: UploadService) -> None:
        self._uploads = uploads

    async def claim(self, by: str, owner: str, uploads: Collection[str], tx: Tx) -> None:
        if uploads:
            await self._uploads.claim(owner, list(uploads), by, tx)

    async def links(self, by: str, owners: Collection[str]) -> Mapping[str, str]:
        files = [file for owner in sorted(owners) for file in await self._uploads.of(owner, by)]
        links = {file.id: self._uploads.link(file) for file in files}
        return {file: link.url for file, link in links.items() if link is not None}


class KnownPayers:
    """Fulfils `payment.risk.blocks.service.Payers`."""

    def __init__(self, citizens: CitizenStore) -> None:
        self._citizens = citizens

    async def known(self, citizen: str) -> bool:
        return await self._citizens.get(citizen) is not None
