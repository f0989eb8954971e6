"""What can stand in the way of following: nothing but too many.

Outcome
└── FollowsTooMany   `most` conversations at a time
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


@dataclass(eq=False)
class FollowsTooMany(Outcome):
    most: int
