"""What can stand in the way of a dispatch, beside what stands in the way of any step (`cases/errors.py`).

Outcome
└── TooManyHelpers      `most` units help one that leads
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


@dataclass(eq=False)
class TooManyHelpers(Outcome):
    most: int
