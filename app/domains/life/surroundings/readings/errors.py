"""What can be wrong with a reading.

Outcome
└── StationReadingInvalid   `field` of a reading cannot be so
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


@dataclass(eq=False)
class StationReadingInvalid(Outcome):
    field: str
