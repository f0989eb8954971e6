"""What is sent to a neighbouring city, and what its Open311 door answers."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from app.domains.voice.channels.neighbours.model import Neighbour

_LONGEST = 4_000  # GeoReport v2, of a description
_NOTES = 1_800


class Verdict(StrEnum):
    TAKEN = "taken"
    PROMISED = "promised"  # with a token
    REFUSED = "refused"  # it will not be otherwise the next time
    NOT_NOW = "not_now"  # or nobody knows: the answer may have been lost on the way


@dataclass(frozen=True, slots=True)
class Posted:
    """`code` says in their words why not, or in ours why nothing was heard."""

    verdict: Verdict
    remote: str | None = None
    token: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Remote:
    """A request as they show it."""

    id: str
    closed: bool
    notes: str | None = None
    description: str = ""
    updated_at: datetime | None = None

    @property
    def said(self) -> str:
        """A mark of what they say of it: the same words are no news."""
        return hashlib.sha256(f"{self.closed}\0{self.words}".encode()).hexdigest()[:32]

    @property
    def words(self) -> str:
        return (self.notes or "").strip()[:_NOTES]


@dataclass(frozen=True, slots=True)
class Heard:
    """A page of requests. Not `ok`: nothing was heard, and `code` says why."""

    ok: bool
    requests: Sequence[Remote] = ()
    more: bool = False
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """What a neighbouring city is told of a case: what it is about and where; never who reported it."""

    category: str
    title: str
    text: str
    latitude: float | None = None
    longitude: float | None = None
    address: str = ""

    def form(self, neighbour: Neighbour, mark: str) -> dict[str, str]:
        """As GeoReport v2 has it. The mark ends the description whole, however long the words are."""
        said = f"{self.title}\n{self.text}".strip()
        ending = f"\n{mark}"
        wanted = {
            "service_code": neighbour.service_for(self.category),
            "jurisdiction_id": neighbour.jurisdiction or "",
            "lat": "" if self.latitude is None else f"{self.latitude:.6f}",
            "long": "" if self.longitude is None else f"{self.longitude:.6f}",
            "address_string": self.address[:250],
            "description": said[: _LONGEST - len(ending)] + ending,
        }
        return {name: value for name, value in wanted.items() if value}


class Doors(Protocol):
    """The Open311 doors of neighbouring cities, each behind a line of its own. Silence is an answer: nothing is raised
    for what they do, or fail to do.
    """

    def room(self, neighbour: str) -> int:
        """How many calls may go on at once: none while it is left to rest, one to try whether it is back."""
        ...

    async def admits(self, url: str) -> None:
        """Whether it may be called. Raises NeighbourInvalid, alone of all these."""
        ...

    async def post(self, to: Neighbour, api_key: str, form: dict[str, str], key: str) -> Posted: ...

    async def redeem(self, of: Neighbour, api_key: str, token: str) -> Posted:
        """The number behind a token: PROMISED while there is none yet."""
        ...

    async def filed_since(self, of: Neighbour, api_key: str, since: datetime, page: int) -> Heard:
        """What was filed there since then, as far as we may see it."""
        ...

    async def changed_since(self, of: Neighbour, api_key: str, since: datetime, page: int) -> Heard: ...

    async def these(self, of: Neighbour, api_key: str, remotes: Sequence[str]) -> Heard: ...

    async def aclose(self) -> None: ...
