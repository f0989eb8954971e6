"""A sheet of labels: which assets, in the order of their codes, and the measures of the paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domains.voice.street.assets.model import AssetKind

MOST = 240  # labels a file: ten sheets of paper


@dataclass(frozen=True, slots=True)
class SheetOrder:
    """Active assets of a unit, perhaps of one kind and in one division, after a code: the next batch begins there."""

    unit: str
    kind: AssetKind | None = None
    division: str | None = None
    after: str = ""
    most: int = MOST


@dataclass(frozen=True, slots=True)
class Label:
    """What stands on one. `code` as printed; `address` leads to the page of the asset."""

    code: str
    address: str
    kind_zh: str
    kind_en: str
    name: str
    owner: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file of labels as it was printed. `last` is where the next batch begins; None when there is no more."""

    id: str
    order: SheetOrder
    labels: int
    pages: int
    made_at: datetime
    by: str
    last: str | None


@dataclass(frozen=True, slots=True)
class Paper:
    """A4 in millimetres: columns and rows of labels, with room for cutting between them."""

    columns: int = 3
    rows: int = 8
    width: float = 63.5
    height: float = 33.9
    left: float = 7.2
    top: float = 12.9
    gap: float = 2.5

    @property
    def per_page(self) -> int:
        return self.columns * self.rows

    def corner(self, place: int) -> tuple[float, float]:
        """The upper left corner of a label by its place on the page."""
        row, column = divmod(place % self.per_page, self.columns)
        return self.left + column * (self.width + self.gap), self.top + row * self.height
