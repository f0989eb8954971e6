"""What cannot be on a reading list.

Outcome
├── ReadingListFull         `most` titles
├── ReadingTitleUnknown     no such title on it
└── ReadingInvalid          `field` is missing or too long
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


@dataclass(eq=False)
class ReadingListFull(Outcome):
    most: int


class ReadingTitleUnknown(Outcome):
    pass


@dataclass(eq=False)
class ReadingInvalid(Outcome):
    field: str
