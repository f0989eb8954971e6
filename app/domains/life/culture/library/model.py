"""Readers, loans and holdings, as a library's system tells of them. The city keeps the number of a card, sealed, and
nothing of what is read: each look asks the library. Of who wants to be reminded it remembers how many books are due
soon, and the first day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from app.core.errors import BadInput

REMIND_BEFORE = timedelta(days=3)
_CARD = re.compile(r"[0-9A-Za-z-]{4,32}")
_PIN = re.compile(r"[!-~]{4,32}")
_LONGEST_WORDS = 80


@dataclass(frozen=True, slots=True)
class Reader:
    """As the library has him; `name` is compared, and not kept."""

    name: str
    loans: int
    overdue: int
    reservations: int
    barred: bool = False


@dataclass(frozen=True, slots=True)
class Loan:
    """`item` is its barcode."""

    item: str
    title: str
    due: date | None

    def is_due_by(self, day: date) -> bool:
        return self.due is not None and self.due <= day


@dataclass(frozen=True, slots=True)
class BooksDue:
    """How many are to be brought back in some days, or should have been, and the first day. Never which."""

    count: int
    day: date


@dataclass(frozen=True, slots=True)
class Reserved:
    item: str
    title: str
    ready: bool


@dataclass(frozen=True, slots=True)
class Holding:
    """What a search finds: one item and where it stands; `online` is where it is read, when it can be. What is read
    online alone has no `item`.
    """

    item: str
    title: str
    author: str = ""
    publisher: str = ""
    year: str = ""
    branch: str = ""
    shelf: str = ""
    online: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """Some of `total`."""

    total: int
    holdings: tuple[Holding, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether an item is on its shelf; if not, since until when it is out, and how many wait for it."""

    item: str
    title: str
    available: bool
    due: date | None
    waiting: int
    branch: str


@dataclass(frozen=True, slots=True)
class ReaderCard:
    """Whose card; `number` is None when its holder was erased."""

    citizen: str
    number: str | None
    bound_at: datetime
    reminders: bool = True


class LibrarySystem(Protocol):
    """What is asked of a library. All raise Unavailable when it does not answer as it should."""

    async def reader(self, card: str, pin: str | None) -> Reader | None:
        """None: there is no such card, or not with this PIN."""
        ...

    async def loans(self, card: str) -> list[Loan]: ...

    async def reservations(self, card: str) -> list[Reserved]: ...

    async def renew(self, card: str, item: str) -> Loan:
        """Raises LoanNotRenewed."""
        ...

    async def reserve(self, card: str, item: str) -> None:
        """Raises ItemNotReserved."""
        ...

    async def cancel(self, card: str, item: str) -> None:
        """Raises ItemNotReserved."""
        ...

    async def item(self, item: str) -> Standing | None: ...

    async def search(self, words: str, start: int, most: int) -> Found:
        """`start` counts from 0."""
        ...


def parsed_card(raw: str) -> str:
    """Raises BadInput."""
    card = "".join(raw.split()) if len(raw) <= 80 else ""
    if not _CARD.fullmatch(card):
        raise BadInput(field="card")
    return card


def parsed_pin(raw: str | None) -> str | None:
    """Raises BadInput."""
    if raw is not None and not _PIN.fullmatch(raw):
        raise BadInput(field="pin")
    return raw


def parsed_item(raw: str) -> str:
    """Raises BadInput."""
    if not _CARD.fullmatch(raw):
        raise BadInput(field="item")
    return raw


def parsed_words(raw: str) -> str:
    """On one line. Raises BadInput."""
    said = " ".join("".join(c if c.isprintable() else " " for c in raw[: 4 * _LONGEST_WORDS]).split())
    if not 1 <= len(said) <= _LONGEST_WORDS:
        raise BadInput(field="words")
    return said


def due_first(loans: Iterable[Loan]) -> list[Loan]:
    return sorted(loans, key=lambda one: (one.due or date.max, one.item))


def soon_due(loans: Sequence[Loan], today: date) -> list[Loan]:
    """What must be brought back in some days, or should have been."""
    return [one for one in loans if one.is_due_by(today + REMIND_BEFORE)]


def books_due(loans: Sequence[Loan], today: date) -> BooksDue | None:
    days = [one.due for one in soon_due(loans, today) if one.due is not None]
    return BooksDue(len(days), min(days)) if days else None
