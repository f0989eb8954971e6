"""What can be wrong with a station.

Outcome
├── StationUnknown     there is no such station, or it is not one's own
└── StationInvalid     `field` of a station cannot be so
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class StationUnknown(Outcome):
    pass


@dataclass(eq=False)
class StationInvalid(Outcome):
    field: str
