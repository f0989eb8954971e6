"""The list of an estate for its gates, signed; and the keys by which they verify.

A gate fetches it whole, in parts, once a day; each five minutes it asks for what has changed since. Of an estate of
10,000 homes with 25,000 residents' cards the whole list has thirteen parts and 60 to 75 kB; a change has some hundred
bytes and takes six questions to the database, however many live there.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from app.core.clock import Clock
from app.core.errors import BadInput
from app.core.keys import KeyUse, SigningKeys
from app.core.paging import decode_cursor, encode_cursor
from app.core.viewer import Viewer
from app.domains.community.estates.gates.errors import GateShut, GateUnknown
from app.domains.community.estates.gates.service import GateService
from app.domains.community.estates.service import GATE_SCOPE
from app.domains.community.gates import offline
from app.domains.community.gates.offline import Told
from app.domains.community.residents.store import ResidentStore
from app.domains.community.visitors.store import Changed, PassStore, Turn
from virtual_card.codes.keys import KeySet, SigningKey

RENEW = timedelta(minutes=5)
LONGEST_CHANGE = timedelta(hours=24)
PART = 2_000
# What was written a moment before the last list was made may have been seen by it, or not: it is told twice.
_OVERLAP = timedelta(minutes=1)
_MOST_CARDS = 5_000  # that change in the whole city; more are a reason to fetch the list whole


class Cards(Protocol):
    """Where in the status list the cards of people are."""

    async def places(self, citizens: Collection[str]) -> list[tuple[str, int, bool]]:
        """(citizen, place, whether it is active) of all their cards."""
        ...

    async def changed_since(self, since: datetime, most: int) -> list[str]:
        """Whose cards have, one for each; so many at most."""
        ...


@dataclass(frozen=True, slots=True)
class Kit:
    """`data` is the signed list, or a part of it, of which the next follows `after`; `keys` a JWK set. To be fetched
    again after `renew`, and no good after `stale`.
    """

    data: bytes
    keys: dict[str, Any]
    issued_at: datetime
    after: str | None = None
    renew: timedelta = RENEW
    stale: timedelta = offline.MAX_AGE


class ListService:
    def __init__(
        self,
        gates: GateService,
        passes: PassStore,
        residents: ResidentStore,
        cards: Cards,
        keys: SigningKeys,
        clock: Clock,
        part: int = PART,
    ) -> None:
        self._gates = gates
        self._passes = passes
        self._residents = residents
        self._cards = cards
        self._keys = keys
        self._clock = clock
        self._part = part

    async def kit(
        self, viewer: Viewer, gate: str, *, since: datetime | None = None, after: str | None = None
    ) -> Kit | None:
        """The first part of the list, the one `after` another, or what has changed `since` a list was made: when that
        is too long ago, or too much, the first part again. None of a gate that is not there, is shut, or is another's.
        Raises BadInput, Forbidden (scope).
        """
        viewer.provider(GATE_SCOPE)
        now, begin = self._clock.now().replace(microsecond=0), _Place.read(after)
        try:
            found = await self._gates.at(viewer, gate)
        except (GateUnknown, GateShut):
            return None
        told = None
        if since is not None and after is None:
            told = await self._changes(found.estate, since, now)
        told = told or await self._told(found.estate, begin, now)
        key = self._keys.signing(KeyUse.CARD)
        data = offline.encode(found.estate, told, SigningKey(key.id, key.private), now)
        return Kit(data, self.trusted_at(now).to_jwks(), now, told.end or None)

    def trusted_at(self, at: datetime) -> KeySet:
        """The keys that a gate could have known at that moment."""
        known = self._keys.known(KeyUse.CARD, at)
        return KeySet(SigningKey(key.id, key.private).public for key in known)

    async def _told(self, estate: str, begin: _Place, now: datetime) -> Told:
        """Passes first, then residents."""
        passes = list[Changed]()
        if begin.resident is None:
            passes = await self._passes.changed(estate, now, begin.visitor, self._part)
            if len(passes) == self._part:
                end = _Place(visitor=(passes[-1].ends, passes[-1].id))
                return Told(_of(passes), (), begin=begin.text, end=end.text)
        people = await self._residents.citizens_of({"estate": estate}, begin.resident or "", self._part)
        cards = await self._cards.places({citizen for _, citizen in people})
        end = _Place(resident=people[-1][0]) if len(people) == self._part else _Place()
        return Told(_of(passes), [place for _, place, active in cards if active], begin=begin.text, end=end.text)

    async def _changes(self, estate: str, since: datetime, now: datetime) -> Told | None:
        """None when the list is to be fetched whole."""
        since = since.astimezone(UTC).replace(microsecond=0)
        if not timedelta(0) <= now - since <= LONGEST_CHANGE:
            return None
        seen = since - _OVERLAP
        passes = await self._passes.changed_since(estate, seen, self._part)
        moved = await self._residents.changed_since(estate, seen, self._part)
        holders = await self._cards.changed_since(seen, _MOST_CARDS)
        if len(passes) == self._part or len(moved) == self._part or len(holders) == _MOST_CARDS:
            return None
        # Whose card has changed may live anywhere in the city: only those who live here count.
        lives = await self._residents.among({*moved, *holders}, estate)
        cards = await self._cards.places({*moved, *lives})
        good = {place for citizen, place, active in cards if active and citizen in lives}
        return Told(_of(passes), good, {place for _, place, _ in cards} - good, since=since)


@dataclass(frozen=True, slots=True)
class _Place:
    """In a whole list: after which pass, or after which residency."""

    visitor: Turn | None = None
    resident: str | None = None

    @property
    def text(self) -> str:
        if self.visitor is not None:
            return encode_cursor(f"v:{int(self.visitor[0].timestamp() * 1000)}:{self.visitor[1]}")
        return encode_cursor(f"r:{self.resident}") if self.resident is not None else ""

    @classmethod
    def read(cls, text: str | None) -> _Place:
        """Raises BadInput."""
        match decode_cursor(text).split(":") if text is not None else []:
            case []:
                return cls()
            case ["r", resident]:
                return cls(resident=resident)
            case ["v", ends, pass_id] if ends.isascii() and ends.isdigit() and len(ends) <= 14:
                return cls(visitor=(datetime.fromtimestamp(int(ends) / 1000, UTC), pass_id))
        raise BadInput(field="after")


def _of(passes: Collection[Changed]) -> list[tuple[str, int, bool]]:
    return [(one.id, one.used, one.revoked) for one in passes]
