"""What is said of a collection: its shard key, its indexes, and which values are sealed and under whose key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Index:
    keys: tuple[tuple[str, int], ...]
    unique: bool = False
    expire_after: int | None = None
    partial: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed value of a row: where it stands, to which field and record it is bound, and who `owner` is when it is
    a citizen's (the path of his id, or of his row's in the table of holdings: it is sealed under his own key). When
    keys rotate, what stands here is sealed anew.
    """

    path: str
    field: str
    owner: str | None = None
    record: str = "_id"


@dataclass(frozen=True, slots=True)
class Series:
    """A time series: what is appended of each `meta` at each `time`, dropped after so many days. It cannot be changed
    row by row, and takes no part in transactions.
    """

    time: str
    meta: str
    kept_days: int


@dataclass(frozen=True, slots=True)
class Shape:
    """How a collection is spread over shards and found again, and what of it is sealed.

    A unique index starts with the shard key.
    """

    shard_key: tuple[str, ...]
    indexes: tuple[Index, ...] = ()
    sealed: tuple[Sealed, ...] = ()
    series: Series | None = None


BY_ID = ("_id",)
TIDY = Index((("tidy_at", 1),), expire_after=0)
