"""Things with codes on them: which there are, files of them, sheets of codes to print."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Path, Query, Response
from pydantic import Field
from starlette.exceptions import HTTPException

from app.admin.api.desk import (
    ADMINISTRATORS,
    ANY,
    OPERATORS,
    After,
    Body,
    Desk,
    First,
    Id,
    Key,
    Reply,
    Rows,
    allowed,
    desk_router,
)
from app.admin.api.files import LARGEST_FILE, RowsFile, RowsImported
from app.core.paging import PageRequest
from app.domains.voice.street.assets.model import Asset, AssetKind, AssetState
from app.domains.voice.street.assets.number import grouped
from app.domains.voice.street.assets.sheets.model import MOST, Sheet, SheetOrder

router = desk_router("assets")
Code = Annotated[str, Path(max_length=40)]


class AssetRow(Reply):
    """`number` is the code as it is printed; `reference` its keeper's own number."""

    code: str
    number: str
    kind: AssetKind
    name: str
    name_en: str
    unit: str
    reference: str
    division: str
    latitude: float
    longitude: float
    address: str
    state: AssetState
    retired_for: str | None
    changed_at: datetime

    @classmethod
    def of(cls, asset: Asset) -> AssetRow:
        return cls(
            code=asset.code,
            number=grouped(asset.code),
            kind=asset.kind,
            name=asset.name.zh,
            name_en=asset.name.en,
            unit=asset.unit,
            reference=asset.reference,
            division=asset.place.division,
            latitude=asset.point.latitude,
            longitude=asset.point.longitude,
            address=asset.place.address,
            state=asset.state,
            retired_for=asset.retired_for,
            changed_at=asset.changed_at,
        )


class Retirement(Body):
    reason: str = Field(min_length=1, max_length=120)


class SheetWanted(Body):
    """Active assets of a unit after a code: `last` of the batch before."""

    unit: str = Field(max_length=80)
    kind: AssetKind | None = None
    division: str | None = Field(default=None, max_length=20)
    after: str = Field(default="", max_length=20)
    most: int = Field(default=MOST, ge=1, le=MOST)


class SheetShown(Reply):
    """`last` is null when there is no more to print. The file is at `/asset-sheets/{sheet}/file`."""

    id: str
    unit: str
    kind: AssetKind | None
    division: str | None
    labels: int
    pages: int
    made_at: datetime
    by: str
    last: str | None

    @classmethod
    def of(cls, sheet: Sheet) -> SheetShown:
        order = sheet.order
        return cls(
            id=sheet.id,
            unit=order.unit,
            kind=order.kind,
            division=order.division,
            labels=sheet.labels,
            pages=sheet.pages,
            made_at=sheet.made_at,
            by=sheet.by,
            last=sheet.last,
        )


@router.get("/assets")
async def assets(
    desk: Annotated[Desk, allowed("list", *ANY)],
    unit: Annotated[str | None, Query(max_length=80, description="Its keeper.")] = None,
    kind: AssetKind | None = None,
    first: First = 20,
    after: After = None,
) -> Rows[AssetRow]:
    """By code."""
    page = await desk.services.voice.assets.of_city(PageRequest.of(first, after), unit=unit, kind=kind)
    return Rows[AssetRow].of(page, AssetRow.of, key=lambda one: one.code)


@router.get("/assets/{code}")
async def asset(code: Code, desk: Annotated[Desk, allowed("read", *ANY)]) -> AssetRow:
    """Typed or scanned."""
    found = await desk.services.voice.assets.find(code)
    if found is None:
        raise HTTPException(404)
    return AssetRow.of(found)


@router.post("/assets/{code}/retirement")
async def retire(
    code: Code, body: Retirement, key: Key, desk: Annotated[Desk, allowed("retire", *OPERATORS)]
) -> AssetRow:
    """It is no more; its code stays its own."""
    return AssetRow.of(await desk.services.voice.assets.retire(desk.viewer, code, body.reason, key))


@router.post("/asset-imports")
async def import_assets(
    body: RowsFile, desk: Annotated[Desk, allowed("import", *ADMINISTRATORS, most=2 * LARGEST_FILE)]
) -> RowsImported:
    """Read a file of assets: all of its lines, or none. The same file again changes nothing."""
    return RowsImported.of(await desk.services.voice.asset_imports.run(desk.viewer, body.file))


@router.get("/asset-sheets")
async def sheets(
    desk: Annotated[Desk, allowed("list_sheets", *ANY)], first: First = 20, after: After = None
) -> Rows[SheetShown]:
    """The newest first."""
    page = await desk.services.voice.asset_sheets.made(PageRequest.of(first, after))
    return Rows[SheetShown].of(page, SheetShown.of)


@router.post("/asset-sheets", status_code=201)
async def order(body: SheetWanted, key: Key, desk: Annotated[Desk, allowed("print", *OPERATORS)]) -> SheetShown:
    """The next batch of codes to print."""
    wanted = SheetOrder(body.unit, body.kind, body.division, body.after, body.most)
    return SheetShown.of(await desk.services.voice.asset_sheets.order(desk.viewer, wanted, key))


@router.get("/asset-sheets/{sheet}/file", response_class=Response)
async def file(sheet: Id, desk: Annotated[Desk, allowed("fetch", *ANY)]) -> Response:
    """PDF, A4."""
    made = await desk.services.voice.asset_sheets.file(sheet)
    if made is None:
        raise HTTPException(404)
    headers = {"content-disposition": f'attachment; filename="assets-{sheet[-8:]}.pdf"'}
    return Response(made, media_type="application/pdf", headers=headers)
