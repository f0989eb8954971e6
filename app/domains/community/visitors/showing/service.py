"""What the guest's page shows: where, when, how often, and a fresh code; never who invited him, nor to which home."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core.clock import Clock
from app.core.keys import KeyUse, SigningKeys
from app.core.limit import Limit
from app.core.limits import Limits
from app.core.places.model import Point
from app.core.said import Said
from app.domains.community.estates.gates.store import GateStore
from app.domains.community.estates.service import EstateService
from app.domains.community.visitors import offline
from app.domains.community.visitors.model import Standing, VisitorPass
from app.domains.community.visitors.store import PassStore
from virtual_card.codes.keys import SigningKey

# Whoever tries links of others has 128 bits before him; this keeps him from trying fast. Only what is no link counts by
# address: behind one of a mobile network there are thousands of guests, whose pages draw themselves anew each 25 s.
TRIES = Limit("visitor-page-tries", 60, timedelta(minutes=10))
_LOOKS = Limit("visitor-pages", 300, timedelta(minutes=10))


@dataclass(frozen=True, slots=True)
class Shown:
    """`code` only while the pass is good; it is over at `until`, and the page asks for another before."""

    estate: Said
    address: str
    point: Point
    gates: tuple[Said, ...]
    begins: datetime
    ends: datetime
    entries: int
    left: int
    standing: Standing
    code: str | None
    until: datetime | None


class ShowingService:
    def __init__(
        self,
        passes: PassStore,
        estates: EstateService,
        gates: GateStore,
        keys: SigningKeys,
        limits: Limits,
        clock: Clock,
    ) -> None:
        self._passes = passes
        self._estates = estates
        self._gates = gates
        self._keys = keys
        self._limits = limits
        self._clock = clock

    async def show(self, link: str, address: str) -> Shown | None:
        """None when there is no such pass. `address` is the caller's network address. Raises RateLimited."""
        await self._limits.demand_room(TRIES, address)
        one = await self._passes.by_link(link) if len(link) <= 64 else None
        estate = await self._estates.one(one.estate) if one else None
        if one is None or estate is None:
            await self._limits.take(TRIES, address)
            return None
        await self._limits.take(_LOOKS, one.id)
        now = self._clock.now()
        standing = one.standing(now)
        code = self.code(one, now) if standing is Standing.GOOD else None
        gates = {gate.code: gate.name for gate in await self._gates.of_estate(one.estate)}
        return Shown(
            estate.name,
            estate.address,
            estate.point,
            _named(one, gates),
            one.begins,
            one.ends,
            one.entries,
            one.left,
            standing,
            code,
            now + offline.LIFE if code else None,
        )

    def code(self, one: VisitorPass, now: datetime) -> str:
        key = self._keys.signing(KeyUse.CARD)
        return offline.seal(one, SigningKey(key.id, key.private), now.replace(microsecond=0))


def _named(one: VisitorPass, gates: Mapping[str, Said]) -> tuple[Said, ...]:
    return tuple(gates[code] for code in one.gates if code in gates)
