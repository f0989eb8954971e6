"""What can stand in the way of living somewhere.

Outcome
├── ResidentNeedsRealName    a home is asked for by who is known by name
├── ResidencyUnknown         no such residency, or none of yours to decide on
├── ResidencyAsked           you live there already, or have asked
├── ResidencyStateWrong      it is in another state (`state`)
├── ResidencyReasonMissing   a refusal says why
├── TooManyHomes             so many homes at most
├── HouseholdFull            so many people at most in one home
└── NotResident              only who lives there may
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class ResidentNeedsRealName(Outcome):
    pass


class ResidencyUnknown(Outcome):
    pass


class ResidencyAsked(Outcome):
    pass


@dataclass(eq=False)
class ResidencyStateWrong(Outcome):
    state: str


class ResidencyReasonMissing(Outcome):
    pass


@dataclass(eq=False)
class TooManyHomes(Outcome):
    most: int


@dataclass(eq=False)
class HouseholdFull(Outcome):
    most: int


class NotResident(Outcome):
    pass
