"""A notice: to a whole estate, to some of its buildings, or to some homes; until a day.

Whether it was read is kept by home, not by person: the estate learns how many homes have, and never which of those who
live there. Of an edit the words before it stay.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from app.domains.community.estates.model import door
from app.domains.community.notices.errors import EstateNoticeInvalid, EstateNoticeWithdrawn

LONGEST_TITLE, LONGEST_TEXT = 60, 4_000
MOST_BUILDINGS, MOST_HOMES, MOST_FILES, MOST_ESTATES, MOST_EDITS = 50, 200, 9, 100, 50
LONGEST_LIFE = timedelta(days=180)


class NoticeState(StrEnum):
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class NoticeWish:
    """What an estate tells. With neither `buildings` nor `homes` (building, room) it is for all. `urgent` rings."""

    title: str
    text: str
    until: datetime
    urgent: bool = False
    buildings: tuple[str, ...] = ()
    homes: tuple[tuple[str, str], ...] = ()
    files: tuple[str, ...] = ()

    def checked(self, now: datetime) -> NoticeWish:
        """Tidied. Raises EstateNoticeInvalid."""
        title, text = worded(self.title, self.text)
        if not timedelta(0) < self.until - now <= LONGEST_LIFE:
            raise EstateNoticeInvalid("until")
        if len(self.files) > MOST_FILES:
            raise EstateNoticeInvalid("files")
        if len(self.buildings) > MOST_BUILDINGS:
            raise EstateNoticeInvalid("buildings")
        if len(self.homes) > MOST_HOMES or (self.homes and self.buildings):
            raise EstateNoticeInvalid("homes")
        buildings = tuple(_door(one, "buildings") for one in self.buildings)
        homes = tuple((_door(building, "homes"), _door(room, "homes")) for building, room in self.homes)
        return replace(self, title=title, text=text, buildings=buildings, homes=homes)


def worded(title: str, text: str) -> tuple[str, str]:
    """Raises EstateNoticeInvalid."""
    title, text = " ".join(title.split()), text.strip()
    if not 2 <= len(title) <= LONGEST_TITLE or not title.isprintable():
        raise EstateNoticeInvalid("title")
    if not 2 <= len(text) <= LONGEST_TEXT or not all(one.isprintable() or one in "\n\t" for one in text):
        raise EstateNoticeInvalid("text")
    return title, text


@dataclass(frozen=True, slots=True)
class Edition:
    """How it read until `until`."""

    title: str
    text: str
    until: datetime
    by: str


@dataclass(frozen=True, slots=True)
class EstateNotice:
    """`audience`: the estate's code, or the keyed hashes of buildings or of homes. `after`: of an urgent one, up to
    which residency people were told; none when all were.
    """

    id: str
    estate: str
    organisation: str
    by: str
    title: str
    text: str
    urgent: bool
    audience: tuple[str, ...]
    files: tuple[str, ...]
    published_at: datetime
    until: datetime
    state: NoticeState = NoticeState.PUBLISHED
    earlier: tuple[Edition, ...] = ()
    after: str | None = None

    @property
    def to_all(self) -> bool:
        return self.audience == (self.estate,)

    def edited(self, title: str, text: str, by: str, now: datetime) -> EstateNotice:
        """Raises EstateNoticeInvalid, EstateNoticeWithdrawn."""
        if self.state is not NoticeState.PUBLISHED:
            raise EstateNoticeWithdrawn
        title, text = worded(title, text)
        if len(self.earlier) >= MOST_EDITS:
            raise EstateNoticeInvalid("text")
        before = (*self.earlier, Edition(self.title, self.text, now, by))
        return replace(self, title=title, text=text, earlier=before)

    def withdrawn(self) -> EstateNotice:
        """Raises EstateNoticeWithdrawn."""
        if self.state is not NoticeState.PUBLISHED:
            raise EstateNoticeWithdrawn
        return replace(self, state=NoticeState.WITHDRAWN, after=None)


def _door(raw: str, field: str) -> str:
    found = door(raw)
    if found is None:
        raise EstateNoticeInvalid(field)
    return found
