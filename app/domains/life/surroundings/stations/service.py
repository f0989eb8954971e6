"""Stations as everybody may see them, and as the desk keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.errors import BadInput
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Database, Tx
from app.core.places.model import Point
from app.core.viewer import Viewer
from app.domains.life.surroundings.stations.errors import StationInvalid, StationUnknown
from app.domains.life.surroundings.stations.model import Near, Station, StationKind, nearest
from app.domains.life.surroundings.stations.store import StationStore

SCOPE = "surroundings"
MOST_NEAR = 50
_STATION = TypeAdapter(Station)


class InCity(Protocol):
    def demand(self, point: Point) -> None:
        """Raises OutsideCity."""
        ...


class Operators(Protocol):
    """The city's organisations."""

    def holds(self, code: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Overview:
    """Of one kind over the whole city: how many of the active stations have told something lately, how many of them
    are of each level, the mean of what they stand at, and the worst.
    """

    kind: StationKind
    stations: int
    heard: int
    levels: tuple[int, ...]
    mean: int | None
    worst: Station | None


class StationService:
    def __init__(
        self,
        db: Database,
        stations: StationStore,
        city: InCity,
        operators: Operators,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._stations = stations
        self._city = city
        self._operators = operators
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    def now(self) -> datetime:
        """By which it is told whether a station is silent."""
        return self._clock.now()

    async def near(self, point: Point, kind: StationKind | None, first: int) -> list[Near]:
        """Raises BadInput."""
        if not 1 <= first <= MOST_NEAR:
            raise BadInput(field="first")
        return nearest(await self._stations.active(kind), point, first)

    async def map(self, kind: StationKind | None) -> list[Station]:
        return await self._stations.active(kind)

    async def one(self, code: str) -> Station | None:
        found = await self._stations.get(code)
        return found if found and found.active else None

    async def overview(self) -> list[Overview]:
        """Of each kind of which there are stations."""
        stations = await self._stations.active()
        kinds = [kind for kind in StationKind if any(one.kind is kind for one in stations)]
        return [self._overview(kind, [one for one in stations if one.kind is kind]) for kind in kinds]

    async def all(self) -> list[Station]:
        """For the desk, those out of use as well."""
        return await self._stations.all()

    async def own(self, viewer: Viewer) -> list[Station]:
        return await self._stations.run_by(viewer.provider(SCOPE))

    async def demand_own(self, viewer: Viewer, code: str) -> Station:
        """Raises StationUnknown."""
        found = await self._stations.get(code)
        if found is None or found.operator != viewer.provider(SCOPE):
            raise StationUnknown
        return found

    async def save(self, viewer: Viewer, one: Station, key: str) -> Station:
        """By the desk. Raises StationInvalid (it cannot change what it measures, either), OutsideCity,
        IdempotencyConflict.
        """
        new = one.checked()
        self._demand(new)

        async def work(tx: Tx) -> Station:
            was = await self._stations.get(new.id, tx)
            if was is not None and was.kind is not new.kind:
                raise StationInvalid("kind")
            await self._stations.put(new, tx)
            await self._audit.record(viewer, "station.saved", new.id, tx, active=new.active)
            return new

        return await self._idempotency.once(Call.of(viewer, "saveStation", key, new), _STATION, work)

    async def turn(self, viewer: Viewer, code: str, key: str, *, active: bool) -> Station:
        """In use, or out of it. Raises StationUnknown, IdempotencyConflict."""
        found = await self._stations.get(code)
        if found is None:
            raise StationUnknown
        return await self.save(viewer, replace(found, active=active, now=None), key)

    async def take(self, viewer: Viewer, stations: Sequence[Station]) -> None:
        """A list of them, whole. Raises StationInvalid, OutsideCity."""
        for one in stations:
            self._demand(one.checked())

        async def work(tx: Tx) -> None:
            for one in stations:
                await self._stations.put(one, tx)
            await self._audit.record(viewer, "stations.taken", "stations", tx, stations=len(stations))

        await self._db.transaction(work)

    def _demand(self, one: Station) -> None:
        self._city.demand(one.point)
        if one.operator is not None and not self._operators.holds(one.operator):
            raise StationInvalid("operator")

    def _overview(self, kind: StationKind, stations: list[Station]) -> Overview:
        now = self._clock.now()
        told = [(one.now.standing, one) for one in stations if one.now and one.now.standing and not one.stale(now)]
        levels = tuple(sum(standing.level == level for standing, _ in told) for level in range(1, 7))
        mean = round(sum(standing.value for standing, _ in told) / len(told)) if told else None
        worst = max(told, key=lambda pair: pair[0].value)[1] if told else None
        return Overview(kind, len(stations), len(told), levels, mean, worst)
