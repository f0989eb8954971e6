"""The services of the community."""

from __future__ import annotations

from dataclasses import dataclass

from app.context.estates import Neighbourhood
from app.context.together import Together
from app.context.volunteers import Volunteering
from app.domains.community.emergencies.service import EmergencyService


@dataclass(frozen=True, slots=True, kw_only=True)
class Community:
    """One field a noun."""

    neighbourhood: Neighbourhood
    volunteering: Volunteering
    emergencies: EmergencyService
    together: Together
