"""A code by which a licence is shown, and what whoever accepts it is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.core.errors import Outcome
from app.core.limit import Limit
from app.core.said import Said
from app.domains.identity.citizens.model import mask_name
from virtual_card.codes.errors import CodeExpired, CodeForOtherPurpose, CodeUnknown, CodeUsed
from virtual_card.disclosures.model import Told
from virtual_card.licences.kinds import Kind
from virtual_card.licences.model import Licence, LicencePurpose

LIFE = timedelta(seconds=60)
OVERLAP = timedelta(seconds=10)
PER_HOLDER = Limit("licence-codes-shown", 60, timedelta(minutes=10))
PREFIX = "RONGL:"


@dataclass(frozen=True, slots=True)
class ShownLicenceCode:
    """As the phone shows it."""

    text: str
    purpose: LicencePurpose
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class KeptLicenceCode:
    """As the city keeps it: its hash and its state. `test_of` is the organisation whose test citizen the holder is."""

    hash: str
    licence: str
    holder: str
    purpose: LicencePurpose
    expires_at: datetime
    used_at: datetime | None
    test_of: str | None = None


@dataclass(frozen=True, slots=True)
class ToldFact:
    """What stands on the licence and its purpose tells."""

    key: str
    label: Said
    value: str


@dataclass(frozen=True, slots=True)
class LicenceVerification:
    """What a verifier is told, and the id under which the citizen sees it."""

    id: str
    kind: str
    purpose: LicencePurpose
    number: str | None
    issuer: str
    facts: tuple[ToldFact, ...]
    valid_until: date | None
    at: datetime


def told_facts(licence: Licence, kind: Kind, purpose: LicencePurpose) -> tuple[ToldFact, ...]:
    """The least that the purpose needs: for a benefit a masked name will do."""
    masked = purpose is LicencePurpose.BENEFIT
    facts = []
    for field in kind.told(purpose):
        value = licence.facts.get(field.key, "")
        if value:
            shown = mask_name(value) if masked and field.source == "name" else value
            facts.append(ToldFact(field.key, field.label, shown))
    return tuple(facts)


def tells_number(purpose: LicencePurpose) -> bool:
    return purpose is not LicencePurpose.BENEFIT


def named(facts: tuple[ToldFact, ...], purpose: LicencePurpose) -> tuple[str, ...]:
    """For the ledger: the names of what was told, not the values."""
    names = [Told.LICENCE]
    if tells_number(purpose):
        names.append(Told.LICENCE_NUMBER)
    for fact in facts:
        known = {"sex": Told.SEX, "birth": Told.BIRTH}.get(fact.key, Told.LICENCE_FACTS)
        if fact.key == "name":
            known = Told.MASKED_NAME if purpose is LicencePurpose.BENEFIT else Told.NAME
        names.append(known)
    return tuple(dict.fromkeys(name.value for name in names))


def refusal(kept: KeptLicenceCode | None, purpose: LicencePurpose, test_of: str | None) -> Outcome:
    """Why the guarded update did not take this code."""
    if kept is None or kept.test_of != test_of:
        return CodeUnknown()
    if kept.purpose is not purpose:
        return CodeForOtherPurpose()
    return CodeUsed() if kept.used_at is not None else CodeExpired()
