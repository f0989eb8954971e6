"""How a real-name verification can end without a real name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.core.errors import Outcome


@dataclass(eq=False)
class IdentityNotMatched(Outcome):
    """The registry knows no such person; `remaining` attempts are left today."""

    remaining: int


@dataclass(eq=False)
class VerificationLocked(Outcome):
    """Too many failures; possible again at `until`."""

    until: datetime


class RegistryUnavailable(Outcome):
    """The civil registry does not answer; the attempt is not counted."""
