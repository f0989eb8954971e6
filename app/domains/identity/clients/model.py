"""A provider's machine client: an id, up to two secrets (so that one can be rotated in), and scopes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

MOST_SECRETS = 2


@dataclass(frozen=True, slots=True)
class ClientSecret:
    """`id` names it in lists; the secret itself is only kept as a hash."""

    id: str
    hash: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Client:
    id: str
    organisation: str
    name: str
    scopes: frozenset[str]
    secrets: tuple[ClientSecret, ...]
    test_mode: bool = False
    suspended: bool = False
    epoch: int = 0

    def grant(self, secret: ClientSecret) -> str:
        """The session of the tokens that this secret gets: it ends with the secret, and with the client's suspension,
        after which another epoch begins.
        """
        return f"{secret.id}.{self.epoch}"


@dataclass(frozen=True, slots=True)
class IssuedSecret:
    """Shown once."""

    client: str
    id: str
    secret: str
