"""What can be wrong with a sight.

Outcome
├── SightUnknown        no such sight, or not one of yours
├── SightInvalid        `field` is missing or cannot be so
└── DayRouteInvalid     a route has two to twelve stops, each a sight that is there
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class SightUnknown(Outcome):
    pass


@dataclass(eq=False)
class SightInvalid(Outcome):
    field: str


class DayRouteInvalid(Outcome):
    pass
