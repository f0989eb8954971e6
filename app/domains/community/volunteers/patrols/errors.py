"""What can stand in the way of a route, and of passing a point of it.

Outcome
├── VolunteerRouteUnknown   no such route, or not one of yours; or the activity has none
├── VolunteerRouteInvalid   `field` is missing or cannot be so
└── VolunteerPointUnknown   the route has no such point
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class VolunteerRouteUnknown(Outcome):
    pass


@dataclass(eq=False)
class VolunteerRouteInvalid(Outcome):
    field: str


class VolunteerPointUnknown(Outcome):
    pass
