"""What can stand in the way of an asset.

Outcome
├── AssetUnknown            no such code
├── AssetRetired            it was there once and is no more: nothing is reported of it
├── AssetInvalid            `field` is missing or cannot be so
├── AssetUnitUnknown        no such unit, or not one below yours
├── AssetCodesSpent         its owner's number gives no code that is free
├── AssetImportRefused      the file has bad lines; nothing was imported
├── AssetImportRunning      another process imports this file at this moment
└── SheetEmpty              there is no asset to print
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.core.errors import Outcome
from app.core.imports.errors import BadRow


class AssetUnknown(Outcome):
    pass


class AssetRetired(Outcome):
    pass


@dataclass(eq=False)
class AssetInvalid(Outcome):
    field: str


class AssetUnitUnknown(Outcome):
    pass


class AssetCodesSpent(Outcome):
    pass


class AssetFault(StrEnum):
    """What is wrong with a field of a line."""

    ASSET_KIND = "asset_kind"
    ASSET_FIELD = "asset_field"  # missing, too long, or not of its form
    ASSET_PLACE = "asset_place"  # no such point
    ASSET_OUTSIDE = "asset_outside"  # it lies outside the city
    ASSET_CODE = "asset_code"  # a wrong check digit, or no asset has it
    ASSET_TWICE = "asset_twice"  # the file names it twice


@dataclass(eq=False)
class AssetImportRefused(Outcome):
    """`more` bad lines were found than are listed."""

    rows: tuple[BadRow, ...]
    more: int = 0


class AssetImportRunning(Outcome):
    pass


class SheetEmpty(Outcome):
    pass
