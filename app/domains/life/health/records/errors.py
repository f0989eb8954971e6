"""What can be wrong with the reading of a health record."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class HealthRecordMissing(Outcome):
    """The hospitals of the city know nobody of this name and number."""


class HealthRecordUnavailable(Outcome):
    """The system that keeps the records does not answer, or not in a form that can be trusted."""


@dataclass(eq=False)
class HealthReaderUnknown(Outcome):
    """No `organisation` of this name may ask for health records at all."""

    organisation: str


class HealthConsentMissing(Outcome):
    """This person has not agreed that your organisation reads this of his record; or has taken it back."""


class HealthSubjectUnknown(Outcome):
    """Nobody by this verification or card number with whom your organisation has to do."""


class HealthKindsMissing(Outcome):
    """At least one part of the record must be named."""


@dataclass(eq=False)
class HealthConsentTimeInvalid(Outcome):
    """A consent holds for some minutes at least and for `days` at most."""

    days: int


class HealthConsentUnknown(Outcome):
    """There is no consent to take back (any more)."""
