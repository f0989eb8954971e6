"""What can stand in the way of an entry of the knowledge base."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.core.errors import Outcome


@dataclass(eq=False)
class AnswerUnknown(Outcome):
    """No entry with this code, or none that is yours to change."""

    answer: str


@dataclass(eq=False)
class AnswerCodeTaken(Outcome):
    """Another unit owns an entry with this code."""

    answer: str


@dataclass(eq=False)
class AnswerNotInState(Outcome):
    """The step is not open to an entry in this state (`draft`, `published`, `withdrawn`)."""

    answer: str
    state: str


class AnswerChangedMeanwhile(Outcome):
    """Somebody else wrote this version in the same moment: read it again."""


class AnswerReasonMissing(Outcome):
    """Who withdraws an answer says why, in 2 to 500 characters."""


@dataclass(eq=False)
class AnswerUnitUnknown(Outcome):
    """No unit with this code, or none of yours."""

    unit: str


class AnswerMisfit(StrEnum):
    """What can be wrong with a field of an entry."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"
    FORM = "form"  # it is not written as it must be
    CHOICE = "choice"  # not of the closed list
    TWICE = "twice"
    UNKNOWN = "unknown"  # there is no such field, or no service item with this code
    HTML = "html"  # raw HTML, or a picture: an answer is plain Markdown
    ADDRESS = "address"  # a link to something else than https, tel or mailto


@dataclass(frozen=True, slots=True)
class AnswerFault:
    """`field` is a path: `links.1`."""

    field: str
    misfit: AnswerMisfit


@dataclass(eq=False)
class AnswerUnfit(Outcome):
    """The entry cannot stand as it is written; every fault is listed."""

    faults: tuple[AnswerFault, ...]
