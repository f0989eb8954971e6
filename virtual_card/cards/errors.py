"""What can be wrong with a card."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class NotVerified(Outcome):
    """A card is issued to a verified person: verify the real name first."""


class CardExists(Outcome):
    """The person holds a card already."""


class NoCard(Outcome):
    """The person holds no card."""


@dataclass(eq=False)
class CardNotActive(Outcome):
    """Suspended, revoked or expired: `state` says which."""

    state: str


@dataclass(eq=False)
class CardNotSuspended(Outcome):
    """Only a suspended card can be reinstated."""

    state: str
