"""A report by the page of an asset, and the form that it is written in.

The form carries a proof that we gave it, for which asset and when: it cannot be made up, and by its key a report that
is sent twice is one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from app.core.limit import Limit
from app.domains.voice.cases.history.model import CaseKind, CaseState

FORM_LIFE = timedelta(hours=12)
PER_ADDRESS = Limit("page-reports-address", 20, timedelta(hours=1))
PER_ASSET = Limit("page-reports-asset", 60, timedelta(days=1))
TEXTS_PER_PHONE = Limit("page-report-texts", 3, timedelta(days=1))
_KEY = re.compile(r"[0-9a-f-]{36}")


@dataclass(frozen=True, slots=True)
class Form:
    """`key` is of this form alone; `given` when we gave it, in seconds; `proof` that it was us."""

    key: str
    given: int
    proof: str

    @classmethod
    def read(cls, key: str, given: str, proof: str) -> Form | None:
        """None when it cannot be one of ours."""
        whole = given.isascii() and given.isdigit() and len(given) < 12
        return cls(key, int(given), proof) if whole and _KEY.fullmatch(key) and len(proof) <= 100 else None


@dataclass(frozen=True, slots=True)
class Photo:
    name: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class PageReport:
    """`phone` empty: nobody knows who it was. `hidden`: the unit that handles it does not learn the number."""

    category: str
    text: str
    kind: CaseKind | None = None
    phone: str = ""
    hidden: bool = False
    photo: Photo | None = None


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A public case at an asset."""

    number: str
    category: str
    state: CaseState
    day: date
    title: str


@dataclass(frozen=True, slots=True)
class OpenCases:
    """What is open at an asset, the newest first; of those that are not public only how many there are."""

    public: tuple[OpenCase, ...]
    others: int
