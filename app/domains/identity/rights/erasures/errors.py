"""What can stand in the way of an erasure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.core.errors import Outcome
from app.domains.identity.rights.erasures.model import Hindrance


@dataclass(eq=False)
class ErasureUnderway(Outcome):
    """It was asked for before; it is carried out at `erases_at`."""

    erases_at: datetime


@dataclass(eq=False)
class ErasureHindered(Outcome):
    """Something is to be settled first."""

    hindrances: tuple[Hindrance, ...]


class NoErasure(Outcome):
    """There is none that could be taken back: none was asked for, or it has begun."""


class NothingHeld(Outcome):
    """The city holds nothing of such a citizen, and never erased one."""
