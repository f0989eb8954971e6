"""What can be wrong with a venue, a resource or a service."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


@dataclass(eq=False)
class VenueCodeInvalid(Outcome):
    """A code is 1 to 40 small letters, digits and hyphens."""

    given: str


class PlaceInvalid(Outcome):
    """No point on earth has these degrees."""


class VenueUnknown(Outcome):
    """No such venue (of this organisation)."""


class ResourceUnknown(Outcome):
    """No such resource (at this venue)."""


class ServiceUnknown(Outcome):
    """No such service."""


class VenueNameMissing(Outcome):
    """A venue, a resource and a service have a name of 1 to 80 characters."""


class FeeInvalid(Outcome):
    """A fee is 0 to 1,000,000 fen."""


class ServiceRulesInvalid(Outcome):
    """The cut-off is up to 7 days, and one person may have 1 to 10 open bookings of a service."""
