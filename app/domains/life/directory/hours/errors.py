"""What can be wrong with opening hours.

Outcome
└── HoursInvalid    `part` of what was written cannot be read, or says two things of one time
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


@dataclass(eq=False)
class HoursInvalid(Outcome):
    part: str
