"""What can stand in the way of a treatment's authorisation.

Outcome
├── TreatmentUnknown       no such treatment, or not yours
├── TreatmentNotInState    `state` is how it stands
├── TreatmentInvalid       out of its bounds: `field` says what
└── TreatmentAboveHeld     the bill is more than was authorised
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome
from app.core.money import Money


class TreatmentUnknown(Outcome):
    pass


@dataclass(eq=False)
class TreatmentNotInState(Outcome):
    state: str


@dataclass(eq=False)
class TreatmentInvalid(Outcome):
    field: str


@dataclass(eq=False)
class TreatmentAboveHeld(Outcome):
    """The bill is more than was authorised: for the rest another authorisation is asked for. `held` is what was."""

    held: Money
