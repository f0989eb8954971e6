"""A kind of rows that are about citizens, and what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """What becomes of rows when their citizen is erased."""

    DELETED = "deleted"
    EMPTIED = "emptied"  # the row stays as an id; what was personal in it goes, by the room's own code
    KEPT = "kept"  # by law, for a time: ids and codes, and sealed values that nothing opens


@dataclass(frozen=True, slots=True)
class Held:
    """Rows that are about a citizen: whose id stands at `owner`, or the id of his row in `through` does.

    `hidden` fields (by path) are left out of an export: hashes, salts, and which member of staff it was.
    """

    collection: str
    owner: str
    fate: Fate
    hidden: frozenset[str] = frozenset()
    through: str | None = None
