"""Assets in MongoDB, each by its code."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from app.core.mongo import Database, Document, Tx, insert_rows, page_rows
from app.core.paging import Page, PageRequest
from app.core.places.model import Point, cell_of
from app.core.said import said_of, said_row
from app.domains.voice.places.model import Place
from app.domains.voice.street.assets.model import Asset, AssetKind, AssetState

_NEAR = 400


class AssetStore:
    def __init__(self, db: Database) -> None:
        self._assets = db["assets"]

    async def get(self, code: str, tx: Tx | None = None) -> Asset | None:
        row = await self._assets.find_one({"_id": code}, session=tx)
        return asset_from(row) if row else None

    async def many(self, codes: Collection[str], tx: Tx | None = None) -> dict[str, Asset]:
        rows = await self._assets.find({"_id": {"$in": sorted(set(codes))}}, session=tx).to_list(None)
        return {row["_id"]: asset_from(row) for row in rows}

    async def add(self, assets: Sequence[Asset], tx: Tx) -> None:
        """Raises DuplicateKey."""
        await insert_rows(self._assets, [_row(asset) for asset in assets], tx)

    async def save(self, asset: Asset, tx: Tx) -> bool:
        """False when it was changed meanwhile."""
        before = {"_id": asset.code, "rev": asset.rev - 1}
        return bool((await self._assets.replace_one(before, _row(asset), session=tx)).modified_count)

    async def page(
        self, request: PageRequest, *, units: Collection[str] | None = None, kind: AssetKind | None = None
    ) -> Page[Asset]:
        """By code; of some units, of a kind, or of all."""
        which: Document = {} if units is None else {"unit": {"$in": sorted(units)}}
        if kind is not None:
            which["kind"] = kind.value
        rows = await page_rows(self._assets, which, request, newest=False)
        return Page.cut([asset_from(row) for row in rows], request)

    async def to_print(
        self, unit: str, division: str | None, kind: AssetKind | None, after: str, most: int
    ) -> list[Asset]:
        """Active ones of a unit in the order of their codes, after one."""
        which: Document = {"unit": unit, "state": AssetState.ACTIVE.value, "_id": {"$gt": after}}
        if kind is not None:
            which["kind"] = kind.value
        if division is not None:
            which["division"] = division
        rows = await self._assets.find(which).sort("_id", 1).limit(most).to_list(None)
        return [asset_from(row) for row in rows]

    async def in_cells(self, cells: Collection[str], *, test: bool) -> list[Asset]:
        """Active ones of these cells, some hundreds at most."""
        which: Document = {"cell": {"$in": sorted(cells)}, "state": AssetState.ACTIVE.value, "test": test}
        return [asset_from(row) for row in await self._assets.find(which).limit(_NEAR).to_list(None)]


def _row(asset: Asset) -> Document:
    return {
        "_id": asset.code,
        "kind": asset.kind.value,
        "name": said_row(asset.name),
        "division": asset.place.division,
        "latitude": asset.point.latitude,
        "longitude": asset.point.longitude,
        "cell": cell_of(asset.point),
        "address": asset.place.address,
        "unit": asset.unit,
        "reference": asset.reference,
        "state": asset.state.value,
        "retired_for": asset.retired_for,
        "made_at": asset.made_at,
        "changed_at": asset.changed_at,
        "test": asset.test,
        "rev": asset.rev,
    }


def asset_from(row: Document) -> Asset:
    return Asset(
        code=row["_id"],
        kind=AssetKind(row["kind"]),
        name=said_of(row["name"]),
        place=Place(row["division"], Point(row["latitude"], row["longitude"]), row["address"], row["_id"]),
        unit=row["unit"],
        reference=row["reference"],
        made_at=row["made_at"],
        changed_at=row["changed_at"],
        state=AssetState(row["state"]),
        retired_for=row["retired_for"],
        test=row["test"],
        rev=row["rev"],
    )
