"""A health record as the city reads it: what happened, what was measured, which vaccines and medicines were given.

It is put together from FHIR R4 (Encounter, Observation, Immunization, MedicationRequest) by the gateway, which takes of
those the few things that people read. Nothing of it is kept: the hospitals have it, and what is not here cannot leak
from here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from app.domains.life.health.records.errors import HealthKindsMissing

SCOPE = "health"
WARD_SCOPE = "health:read"
# The set of data, and what it is told for, as consents and accesses name them.
DATA_SET, PURPOSE = "health_record", "treatment"
OWN, GUARDIAN, CERTIFICATE = "health_record_own", "health_record_guardian", "vaccination_certificate"


class RecordKind(StrEnum):
    """The parts of a record; a consent names some of them."""

    ENCOUNTERS = "encounters"
    OBSERVATIONS = "observations"
    IMMUNISATIONS = "immunisations"
    MEDICATIONS = "medications"


class Flag(StrEnum):
    """How a measured value lies to what is usual."""

    NORMAL = "normal"
    LOW = "low"
    HIGH = "high"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom it is about, by the name and number that hospitals know."""

    citizen: str
    name: str
    id_number: str
    test: bool = False


@dataclass(frozen=True, slots=True)
class Encounter:
    """A visit or a stay; `ended_at` None while it lasts."""

    id: str
    kind: str
    at: datetime
    ended_at: datetime | None
    place: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Observation:
    """`value` as it is written, with its `unit`; `usual` is the range that it is read by."""

    id: str
    what: str
    at: datetime
    value: str
    unit: str = ""
    usual: str = ""
    flag: Flag | None = None


@dataclass(frozen=True, slots=True)
class Immunisation:
    """One dose that was given. `code` is that of the vaccine."""

    id: str
    code: str
    vaccine: str
    on: date
    dose: int | None
    lot: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Medication:
    """A medicine that was prescribed, and how it is to be taken."""

    id: str
    medicine: str
    since: datetime
    dosage: str
    active: bool


@dataclass(frozen=True, slots=True)
class HealthRecord:
    """Newest first in each part; a part that was not asked for is empty."""

    encounters: tuple[Encounter, ...] = ()
    observations: tuple[Observation, ...] = ()
    immunisations: tuple[Immunisation, ...] = ()
    medications: tuple[Medication, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read. `disclosure` is its row in the citizen's ledger; `whole` is False where a part was too long and
    its oldest entries were left out.
    """

    disclosure: str
    kinds: tuple[RecordKind, ...]
    record: HealthRecord
    at: datetime
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """What the system that keeps the records said."""

    record: HealthRecord
    whole: bool = True


@dataclass(frozen=True, slots=True)
class HealthConsent:
    """The citizen lets an organisation read these parts until then; `used` counts how often it did."""

    id: str
    citizen: str
    organisation: str
    kinds: tuple[RecordKind, ...]
    given_at: datetime
    until: datetime
    withdrawn_at: datetime | None = None
    used: int = 0

    def holds(self, now: datetime) -> bool:
        return self.withdrawn_at is None and now < self.until


@dataclass(frozen=True, slots=True)
class Readers:
    """Which organisations may ask for which parts, by their codes, and what this citizen has agreed to."""

    may_ask: Mapping[str, tuple[RecordKind, ...]] = field(default_factory=dict)
    consents: tuple[HealthConsent, ...] = ()


def chosen(kinds: Collection[RecordKind]) -> tuple[RecordKind, ...]:
    """Each once, in their own order. Raises HealthKindsMissing."""
    found = tuple(kind for kind in RecordKind if kind in set(kinds))
    if not found:
        raise HealthKindsMissing
    return found


def told(kinds: Collection[RecordKind]) -> tuple[str, ...]:
    """As the ledger names them: `health_record.observations`."""
    return tuple(f"{DATA_SET}.{kind.value}" for kind in kinds)
