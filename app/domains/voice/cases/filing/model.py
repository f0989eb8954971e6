"""What a case is filed with, and what whoever filed it is given."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import timedelta

from app.core.limit import Limit
from app.domains.voice.cases.errors import CaseWordsMissing, CaseWordsTooLong
from app.domains.voice.cases.history.model import CaseChannel, CaseKind, Identity
from app.domains.voice.cases.model import Case, Words
from app.domains.voice.places.model import Place

MOST_OPEN = 30
MOST_FILES = 9
PER_CITIZEN = Limit("cases-citizen", 20, timedelta(days=1))
COMMENTS_PER_CITIZEN = Limit("case-comments", 50, timedelta(days=1))
RECEIPT_TRIES = Limit("case-receipts", 30, timedelta(minutes=10))
LONGEST_TITLE, LONGEST_TEXT = 60, 2_000
LONGEST_OPEN311 = 4_000  # as GeoReport v2 allows
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Filing:
    """`public` is a wish: nothing is published that its reporter has not seen as it will be read. `origin` says where
    it came from beyond its channel: the id of a message, of a round of a patrol, of a request of another city.
    `receipt` is the hash of that of the case it is a part of: who has the one finds the other with it.
    """

    kind: CaseKind
    channel: CaseChannel
    category: str
    identity: Identity
    words: Words
    place: Place
    files: tuple[str, ...] = ()
    public: bool = False
    origin: str | None = None
    parent: str | None = None
    test_of: str | None = None
    receipt: str | None = None


@dataclass(frozen=True, slots=True)
class Filed:
    """`receipt` opens the case to whoever has no account in it; it is told once. None: it is in somebody's list."""

    case: Case
    receipt: str | None = None


def said(raw: str, field: str, most: int = LONGEST_TEXT) -> str:
    """What somebody wrote, without characters that do nothing. Raises CaseWordsMissing, CaseWordsTooLong."""
    text = "".join(c for c in raw if c in "\n\t" or unicodedata.category(c)[0] != "C").strip()
    if len(text) < _SHORTEST:
        raise CaseWordsMissing(field)
    if len(text) > most:
        raise CaseWordsTooLong(field, most)
    return text


def titled(words: Words, most: int = LONGEST_TEXT) -> Words:
    """Checked; a title is made of the first words when there is none. Raises CaseWordsMissing, CaseWordsTooLong."""
    text = said(words.text, "text", most)
    first = " ".join(text.split())
    title = said(words.title, "title", LONGEST_TITLE) if words.title.strip() else first[:LONGEST_TITLE]
    return Words(" ".join(title.split()), text, words.contact, words.name)
