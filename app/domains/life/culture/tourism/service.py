"""Sights as everybody sees them, the counts their operators send, and routes of a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.calendar.model import WorkingCalendar
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.places.model import Point
from app.core.viewer import Viewer
from app.domains.life.culture.tourism.errors import DayRouteInvalid, SightUnknown
from app.domains.life.culture.tourism.model import (
    Crowd,
    CrowdLevel,
    DayRoute,
    Leg,
    Sight,
    legs,
    level_of,
    parsed_people,
)
from app.domains.life.culture.tourism.store import SightStore
from app.domains.life.culture.venues.service import CULTURE, Houses, InCity
from app.domains.life.directory.hours.model import Opening

_SIGHT = TypeAdapter(Sight)
_ROUTE = TypeAdapter(DayRoute)


class Calendars(Protocol):
    @property
    def current(self) -> WorkingCalendar: ...


@dataclass(frozen=True, slots=True)
class SeenSight:
    """How it stands now. `metres` from whoever asks, when he said where he is."""

    sight: Sight
    opening: Opening
    level: CrowdLevel
    crowd: Crowd | None
    metres: int | None = None


@dataclass(frozen=True, slots=True)
class SeenRoute:
    route: DayRoute
    stops: tuple[tuple[SeenSight, Leg], ...]

    @property
    def minutes(self) -> int:
        return sum(seen.sight.minutes + leg.minutes for seen, leg in self.stops)

    @property
    def metres(self) -> int:
        return sum(leg.metres for _, leg in self.stops)


class TourismService:
    def __init__(
        self,
        sights: SightStore,
        in_city: InCity,
        houses: Houses,
        calendars: Calendars,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._sights = sights
        self._in_city = in_city
        self._houses = houses
        self._calendars = calendars
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def listed(self, near: Point | None = None) -> list[SeenSight]:
        """The nearest first when a place is named, otherwise as the desk ranks them."""
        seen = await self._seen(await self._sights.listed(), near)
        return sorted(seen, key=lambda one: one.metres or 0) if near else seen

    async def one(self, sight: str) -> SeenSight | None:
        found = await self._sights.get(sight)
        return (await self._seen([found]))[0] if found and found.active else None

    async def any(self, sight: str) -> SeenSight | None:
        """For the desk: one that is not shown, too."""
        found = await self._sights.get(sight)
        return (await self._seen([found]))[0] if found else None

    async def routes(self) -> list[SeenRoute]:
        """With how each stop stands; a stop that is shown no more is left out."""
        found = await self._sights.routes()
        known = await self._sights.many({stop for one in found for stop in one.stops})
        there = [one for one in known.values() if one.active]
        seen = {one.sight.id: one for one in await self._seen(there)}
        return [_route(one, [seen[stop] for stop in one.stops if stop in seen]) for one in found]

    # Operators

    async def kept(self, viewer: Viewer) -> list[SeenSight]:
        """Raises Forbidden."""
        return await self._seen(await self._sights.listed(viewer.provider(CULTURE), closed=True))

    async def count(self, viewer: Viewer, sight: str, people: int) -> SeenSight:
        """How many are inside now. Raises Forbidden, SightUnknown, SightInvalid."""
        organisation, counted = viewer.provider(CULTURE), parsed_people(people)
        found = await self._sights.get(sight)
        if found is None or found.organisation != organisation:
            raise SightUnknown
        await self._sights.count(sight, Crowd(counted, self._clock.now()))
        return (await self._seen([found]))[0]

    # The desk

    async def put(self, viewer: Viewer, sight: Sight, key: str) -> Sight:
        """Raises SightInvalid, OutsideCity, SightUnknown (no such organisation), IdempotencyConflict."""
        checked = sight.checked()
        self._in_city.demand(checked.point)
        if self._houses.name_of(checked.organisation) is None:
            raise SightUnknown

        async def work(tx: Tx) -> Sight:
            await self._sights.put(checked, tx)
            await self._audit.record(viewer, "sight.put", checked.id, tx, organisation=checked.organisation)
            return checked

        return await self._idempotency.once(Call.of(viewer, "putSight", key, checked), _SIGHT, work)

    async def put_route(self, viewer: Viewer, route: DayRoute, key: str) -> DayRoute:
        """Raises DayRouteInvalid, IdempotencyConflict."""
        checked = route.checked()
        if len(await self._sights.many(checked.stops)) != len(checked.stops):
            raise DayRouteInvalid

        async def work(tx: Tx) -> DayRoute:
            await self._sights.put_route(checked, tx)
            await self._audit.record(viewer, "day_route.put", checked.id, tx)
            return checked

        return await self._idempotency.once(Call.of(viewer, "putDayRoute", key, checked), _ROUTE, work)

    async def all(self) -> list[SeenSight]:
        return await self._seen(await self._sights.listed(closed=True))

    async def all_routes(self) -> list[DayRoute]:
        return await self._sights.routes(closed=True)

    async def _seen(self, sights: Sequence[Sight], near: Point | None = None) -> list[SeenSight]:
        if not sights:
            return []
        crowds = await self._sights.crowds([one.id for one in sights])
        now, calendar = self._clock.now(), self._calendars.current
        return [
            SeenSight(
                one,
                one.hours.at(now, calendar),
                level_of(crowds.get(one.id), one.room, now),
                crowds.get(one.id),
                round(near.metres_to(one.point)) if near else None,
            )
            for one in sights
        ]


def _route(route: DayRoute, stops: Sequence[SeenSight]) -> SeenRoute:
    ways = legs([one.sight.point for one in stops])
    return SeenRoute(route, tuple(zip(stops, ways, strict=True)))
