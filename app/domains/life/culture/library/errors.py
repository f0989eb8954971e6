"""What the library says no to.

Outcome
├── LibraryMissing          this city has no library to ask
├── ReaderCardUnknown       no such card, or not with this PIN or this name: which of them is not said
├── ReaderCardMissing       bind a card first
├── LibraryItemUnknown      no such item
├── LoanNotRenewed          the library says why, in `reason`
└── ItemNotReserved         the library says why, in `reason`
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class LibraryMissing(Outcome):
    pass


class ReaderCardUnknown(Outcome):
    pass


class ReaderCardMissing(Outcome):
    pass


class LibraryItemUnknown(Outcome):
    pass


@dataclass(eq=False)
class LoanNotRenewed(Outcome):
    reason: str


@dataclass(eq=False)
class ItemNotReserved(Outcome):
    reason: str
