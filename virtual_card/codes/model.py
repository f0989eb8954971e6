"""Codes: purposes, what each purpose may learn of the holder, and a code's short life."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.core.errors import Outcome
from app.domains.identity.citizens.model import Citizen, mask_name
from virtual_card.cards.model import Card
from virtual_card.codes.errors import CodeExpired, CodeForOtherPurpose, CodeUnknown, CodeUsed

ONLINE_LIFE = timedelta(seconds=60)
OFFLINE_LIFE = timedelta(minutes=5)
# When the app renews a code, the one before stays good for a moment: it may be under a scanner right now.
OVERLAP = timedelta(seconds=10)


class Purpose(StrEnum):
    TRANSIT = "transit"
    HOSPITAL = "hospital"
    LIBRARY = "library"
    GATE = "gate"
    SERVICE_HALL = "service_hall"
    PATROL = "patrol"

    @property
    def scope(self) -> str:
        """The provider scope that may verify for this purpose."""
        return f"verify:{self.value}"


class Attribute(StrEnum):
    """What a verifier can be told. The ID number is not among them."""

    RESIDENT = "resident"
    OVER_60 = "over_60"
    UNDER_18 = "under_18"
    MASKED_NAME = "masked_name"
    NAME = "name"
    SEX = "sex"
    BIRTH_MONTH = "birth_month"
    CARD_NUMBER = "card_number"


# The least that each purpose needs.
ALLOWED: Mapping[Purpose, tuple[Attribute, ...]] = {
    Purpose.TRANSIT: (Attribute.RESIDENT, Attribute.OVER_60, Attribute.UNDER_18),
    Purpose.HOSPITAL: (Attribute.NAME, Attribute.SEX, Attribute.BIRTH_MONTH, Attribute.CARD_NUMBER),
    Purpose.LIBRARY: (Attribute.RESIDENT, Attribute.UNDER_18, Attribute.CARD_NUMBER),
    Purpose.GATE: (Attribute.RESIDENT, Attribute.MASKED_NAME),
    Purpose.SERVICE_HALL: (Attribute.NAME, Attribute.CARD_NUMBER),
    Purpose.PATROL: (Attribute.RESIDENT, Attribute.MASKED_NAME),
}
# An offline code can be read by whoever sees it, so it says less.
ALLOWED_OFFLINE = frozenset({Attribute.RESIDENT, Attribute.OVER_60, Attribute.UNDER_18})

AttributeValue = bool | str
_ANSWERS: Mapping[Attribute, Callable[[Citizen, Card, date], AttributeValue]] = {
    Attribute.RESIDENT: lambda citizen, card, today: citizen.verified,
    Attribute.OVER_60: lambda citizen, card, today: citizen.has_reached(60, today),
    Attribute.UNDER_18: lambda citizen, card, today: not citizen.has_reached(18, today),
    Attribute.MASKED_NAME: lambda citizen, card, today: mask_name(citizen.name or " "),
    Attribute.NAME: lambda citizen, card, today: citizen.name or "",
    Attribute.SEX: lambda citizen, card, today: citizen.sex.value if citizen.sex else "",
    Attribute.BIRTH_MONTH: lambda citizen, card, today: citizen.birth_month or "",
    Attribute.CARD_NUMBER: lambda citizen, card, today: card.number,
}


def disclosed(purpose: Purpose, citizen: Citizen, card: Card, today: date) -> dict[Attribute, AttributeValue]:
    """What a verifier for this purpose learns."""
    return {attribute: _ANSWERS[attribute](citizen, card, today) for attribute in ALLOWED[purpose]}


def disclosed_offline(purpose: Purpose, citizen: Citizen, card: Card, today: date) -> dict[str, AttributeValue]:
    return {a.value: v for a, v in disclosed(purpose, citizen, card, today).items() if a in ALLOWED_OFFLINE}


@dataclass(frozen=True, slots=True)
class ShownCode:
    """A code as the phone shows it: its text, and until when it is good."""

    text: str
    purpose: Purpose
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class KeptCode:
    """A code as the city keeps it: its hash and its state. `test_of` is set when its holder is a test citizen: the
    organisation he was made for.
    """

    hash: str
    card: str
    holder: str
    purpose: Purpose
    expires_at: datetime
    used_at: datetime | None
    test_of: str | None = None


def refusal(kept: KeptCode | None, purpose: Purpose, test_of: str | None = None) -> Outcome:
    """Why the guarded update did not take this code. One from beyond the line between tests and life is unknown."""
    if kept is None or kept.test_of != test_of:
        return CodeUnknown()
    if kept.purpose is not purpose:
        return CodeForOtherPurpose()
    if kept.used_at is not None:
        return CodeUsed()
    return CodeExpired()
