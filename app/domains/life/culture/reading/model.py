"""One title on a reading list."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from app.domains.life.culture.reading.errors import ReadingInvalid

MOST = 200
_LONGEST_TITLE, _LONGEST_NOTE, _LONGEST_ADDRESS = 120, 300, 300
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[!-~]*)?")


@dataclass(frozen=True, slots=True)
class Title:
    """`item` is its barcode in the library, when it was found there; `online` is where it is read. All of it is
    sealed.
    """

    id: str
    title: str
    author: str
    item: str
    note: str
    at: datetime
    read: bool = False
    online: str = ""


def parsed_text(raw: str, field: str, most: int, least: int = 0) -> str:
    """On one line. Raises ReadingInvalid."""
    said = " ".join("".join(c if c.isprintable() else " " for c in raw[: 4 * most]).split())
    if not least <= len(said) <= most or len(raw) > 4 * most:
        raise ReadingInvalid(field)
    return said


def parsed_title(raw: str) -> str:
    return parsed_text(raw, "title", _LONGEST_TITLE, 1)


def parsed_author(raw: str) -> str:
    return parsed_text(raw, "author", _LONGEST_TITLE)


def parsed_item(raw: str) -> str:
    return parsed_text(raw, "item", 32)


def parsed_online(raw: str) -> str:
    """An address on the web, or nothing. Raises ReadingInvalid."""
    said = parsed_text(raw, "online", _LONGEST_ADDRESS)
    if said and not _ADDRESS.fullmatch(said):
        raise ReadingInvalid("online")
    return said


def parsed_note(raw: str) -> str:
    return parsed_text(raw, "note", _LONGEST_NOTE)
