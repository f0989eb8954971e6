"""Which sheets were made, in MongoDB: who printed which codes, and when."""

from __future__ import annotations

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.domains.voice.street.assets.model import AssetKind
from app.domains.voice.street.assets.sheets.model import Sheet, SheetOrder


class SheetStore:
    def __init__(self, db: Database) -> None:
        self._sheets = db["asset_sheets"]

    async def add(self, sheet: Sheet, tx: Tx) -> None:
        await self._sheets.insert_one(_row(sheet), session=tx)

    async def get(self, sheet: str) -> Sheet | None:
        row = await self._sheets.find_one({"_id": sheet})
        return _sheet(row) if row else None

    async def page(self, request: PageRequest) -> Page[Sheet]:
        """The newest first."""
        return Page.cut([_sheet(row) for row in await page_rows(self._sheets, {}, request)], request)


def _row(sheet: Sheet) -> Document:
    order = sheet.order
    return {
        "_id": sheet.id,
        "unit": order.unit,
        "kind": order.kind.value if order.kind else None,
        "division": order.division,
        "after": order.after,
        "most": order.most,
        "labels": sheet.labels,
        "pages": sheet.pages,
        "made_at": sheet.made_at,
        "by": sheet.by,
        "last": sheet.last,
    }


def _sheet(row: Document) -> Sheet:
    kind = AssetKind(row["kind"]) if row["kind"] else None
    order = SheetOrder(row["unit"], kind, row["division"], row["after"], row["most"])
    return Sheet(row["_id"], order, row["labels"], row["pages"], row["made_at"], row["by"], row["last"])
