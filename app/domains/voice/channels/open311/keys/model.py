"""A client of the Open311 door: who he is, up to two API keys (so that one can be rotated in), and how much he may.

An API key is `id.secret`: the id is the client's, of the secret only a hash is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from app.core.limit import Limit
from app.core.viewer import Role, Viewer

MOST_KEYS = 2
LEAST_AN_HOUR, MOST_AN_HOUR = 1, 10_000
ORIGIN = "open311:"


class Delivery(StrEnum):
    """What a client gets for what he files."""

    REALTIME = "realtime"  # its number
    BATCH = "batch"  # a token; a worker files it, and the token then leads to the number


@dataclass(frozen=True, slots=True)
class ApiKey:
    """`id` names it in lists."""

    id: str
    hash: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Open311Client:
    """`contact`: whom the city asks when something is amiss. `an_hour`: so many requests he may file."""

    id: str
    name: str
    contact: str
    keys: tuple[ApiKey, ...]
    made_at: datetime
    an_hour: int = 60
    delivery: Delivery = Delivery.REALTIME
    suspended: bool = False
    test_mode: bool = False

    @property
    def viewer(self) -> Viewer:
        """As which his requests are filed."""
        return Viewer(role=Role.PROVIDER_CLIENT, actor=self.origin, test_mode=self.test_mode)

    @property
    def origin(self) -> str:
        """What his cases say of where they come from."""
        return f"{ORIGIN}{self.id}"

    @property
    def limit(self) -> Limit:
        return Limit(f"open311-filed-{self.an_hour}", self.an_hour, timedelta(hours=1))

    def with_key(self, key: ApiKey) -> Open311Client:
        return replace(self, keys=(*self.keys, key))


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """Shown once."""

    client: str
    key: str
    api_key: str
