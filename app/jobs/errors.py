"""What can be wrong with a wish about jobs."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


@dataclass(eq=False)
class JobUnknown(Outcome):
    """No job of that name stands in the table."""

    name: str
