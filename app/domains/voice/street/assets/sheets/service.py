"""Making sheets of labels: ordered, kept as a record, and drawn whenever the file is fetched."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.errors import BadInput
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.voice.street.assets.errors import SheetEmpty
from app.domains.voice.street.assets.model import KIND_NAMES, Asset
from app.domains.voice.street.assets.number import grouped
from app.domains.voice.street.assets.service import AssetService
from app.domains.voice.street.assets.sheets.model import MOST, Label, Paper, Sheet, SheetOrder
from app.domains.voice.street.assets.sheets.store import SheetStore
from app.domains.voice.street.assets.store import AssetStore

_SHEET = TypeAdapter(Sheet)


class SheetService:
    def __init__(
        self,
        sheets: SheetStore,
        assets: AssetStore,
        keeping: AssetService,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
        base_url: str,
    ) -> None:
        self._sheets = sheets
        self._assets = assets
        self._keeping = keeping
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock
        self._base_url = base_url.rstrip("/")

    async def order(self, viewer: Viewer, order: SheetOrder, key: str) -> Sheet:
        """The next batch of labels. Raises AssetUnitUnknown, SheetEmpty, BadInput (most), IdempotencyConflict."""
        if not 1 <= order.most <= MOST:
            raise BadInput(field="most")
        self._keeping.demand_unit(viewer, order.unit)
        sheet_id, by = new_id(), viewer.acting()

        async def work(tx: Tx) -> Sheet:
            assets = await self._of(replace(order, most=order.most + 1))
            if not assets:
                raise SheetEmpty
            labels = assets[: order.most]
            last = labels[-1].code if len(assets) > order.most else None
            pages = -(-len(labels) // Paper().per_page)
            sheet = Sheet(sheet_id, order, len(labels), pages, self._clock.now(), by, last)
            await self._sheets.add(sheet, tx)
            await self._audit.record(viewer, "sheet.made", sheet.id, tx, unit=order.unit, labels=len(labels))
            return sheet

        return await self._idempotency.once(Call.of(viewer, "orderAssetSheet", key, order), _SHEET, work)

    async def made(self, request: PageRequest) -> Page[Sheet]:
        """For the desk, the newest first."""
        return await self._sheets.page(request)

    async def file(self, sheet: str) -> bytes | None:
        """The PDF, of assets as they are now; None when there is no such sheet."""
        found = await self._sheets.get(sheet)
        if found is None:
            return None
        labels = [self.label(asset) for asset in await self._of(found.order)]
        return await asyncio.to_thread(_drawn, labels, f"市政二维码 {found.order.unit}", found.made_at)

    def label(self, asset: Asset) -> Label:
        kind = KIND_NAMES[asset.kind]
        return Label(
            code=grouped(asset.code),
            address=f"{self._base_url}/q/{asset.code}",
            kind_zh=kind.zh,
            kind_en=kind.en,
            name=asset.name.zh,
            owner=self._keeping.owner_name(asset).zh,
        )

    async def _of(self, order: SheetOrder) -> list[Asset]:
        return await self._assets.to_print(order.unit, order.division, order.kind, order.after, order.most)


def _drawn(labels: Sequence[Label], title: str, at: datetime) -> bytes:
    # What reads fonts takes 47 MB: a process that prints no labels does without.
    from app.domains.voice.street.assets.sheets.drawing import draw  # noqa: PLC0415

    return draw(labels, title, at)
