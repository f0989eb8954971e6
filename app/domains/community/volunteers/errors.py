"""What can stand in the way of becoming a volunteer.

Outcome
├── VolunteerInvalid          `field` is missing or cannot be so
├── VolunteerConsentMissing   who registers agrees to what is kept of him
└── VolunteersOnly             only registered volunteers can do this
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


@dataclass(eq=False)
class VolunteerInvalid(Outcome):
    field: str


class VolunteerConsentMissing(Outcome):
    pass


class VolunteersOnly(Outcome):
    pass
