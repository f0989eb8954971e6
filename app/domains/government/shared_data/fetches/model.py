"""What is asked of an outside source, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from app.core.limit import Limit

# A value: one record or several, each a few facts by name. `value` is the name where there is only one.
Records: TypeAlias = tuple[Mapping[str, str], ...]
VALUE = "value"
# No organisation has a reason to ask more often about one person.
PER_CITIZEN = Limit("data-fetches", 60, timedelta(hours=1))
# Nor to try out numbers of cards.
NAMED_BY_CARD = Limit("data-subjects", 600, timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class Registered:
    """Under what a source knows a person."""

    name: str
    id_number: str


@dataclass(frozen=True, slots=True)
class Answered:
    """`values` by field; a field that the source does not know of this person is left out."""

    values: Mapping[str, Records]
    as_of: datetime


class WhoBy(StrEnum):
    """How an organisation names the citizen it asks about."""

    VERIFICATION = "verification"
    CARD_NUMBER = "card_number"
    APPLICATION = "application"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was told. `disclosure` is the row of the citizen's ledger; `values` by `field`."""

    disclosure: str
    data_set: str
    purpose: str
    values: Mapping[str, Records]
    as_of: datetime
    at: datetime


class WhyNot(StrEnum):
    """Why a field is not answered within an application."""

    NOT_OFFERED = "not_offered"
    NO_CONSENT = "no_consent"
    NOT_VERIFIED = "not_verified"
    UNKNOWN = "unknown"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an applicant, by `set.field`, and why the rest is not."""

    values: Mapping[str, Records] = field(default_factory=dict)
    missing: Mapping[str, WhyNot] = field(default_factory=dict)


def one_text(records: Sequence[Mapping[str, str]]) -> str | None:
    """A value that is one text, to fill a field of a form with; None when it is more than that."""
    return records[0][VALUE] if len(records) == 1 and VALUE in records[0] else None
