"""Severe-weather notices: by the desk or from the weather service, shown while they hold, told once a version."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Protocol

import structlog
from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.errors import Outcome, RongError, Unavailable
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import Database, DuplicateKey, Tx
from app.core.paging import Page, PageRequest
from app.core.places.model import Point
from app.core.viewer import Role, Viewer
from app.domains.life.surroundings.weather.errors import WeatherInvalid, WeatherUnknown
from app.domains.life.surroundings.weather.model import (
    HeardWeather,
    Weather,
    WeatherNotice,
    WeatherState,
    WeatherStep,
)
from app.domains.life.surroundings.weather.store import WeatherStore, id_of_source

log = structlog.get_logger(__name__)
SERVICE = Viewer(role=Role.OPS, actor="weather-service")
"""In whose name what the weather service tells is kept and told."""
_ID = TypeAdapter(str)


class WeatherFeed(Protocol):
    async def weather(self) -> Sequence[HeardWeather]:
        """Notices that hold, and those lifted lately. Raises Unavailable."""
        ...


class Divisions(Protocol):
    """Where divisions lie."""

    def of(self, point: Point) -> str | None:
        """The code of the one that holds the point; None: it is not known."""
        ...

    def holds(self, code: str) -> bool: ...


class Crier(Protocol):
    """Telling all who live somewhere."""

    async def tell(self, notice: WeatherNotice) -> None:
        """Once, however often it is called for one version."""
        ...


class WeatherService:
    def __init__(
        self,
        db: Database,
        feed: WeatherFeed | None,
        notices: WeatherStore,
        divisions: Divisions,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._feed = feed
        self._notices = notices
        self._divisions = divisions
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def in_force(self, point: Point | None = None) -> list[WeatherNotice]:
        """At that point, or anywhere in the city; the highest first."""
        division = self._divisions.of(point) if point is not None else None
        return [one for one in await self._notices.in_force(self._clock.now()) if one.holds_in(division)]

    async def page(self, request: PageRequest) -> Page[WeatherNotice]:
        return await self._notices.page(request)

    async def one(self, id_: str) -> WeatherNotice | None:
        return await self._notices.get(id_)

    async def issue(self, viewer: Viewer, says: Weather, key: str) -> WeatherNotice:
        """Raises WeatherInvalid, IdempotencyConflict."""
        now, id_ = self._clock.now(), new_id()
        self._demand(says.checked(now))
        step = WeatherStep(WeatherState.ISSUED, says.level, now, viewer.acting())
        new = WeatherNotice(id_, says, now, steps=(step,))

        async def work(tx: Tx) -> str:
            await self._notices.add(new, tx)
            await self._audit.record(viewer, "weather.issued", id_, tx, kind=says.kind.value, level=int(says.level))
            return id_

        return await self._known(await self._idempotency.once(Call.of(viewer, "issueWeather", key, says), _ID, work))

    async def update(self, viewer: Viewer, id_: str, says: Weather, key: str) -> WeatherNotice:
        """Raises WeatherUnknown, WeatherLifted, WeatherInvalid, IdempotencyConflict."""
        now = self._clock.now()
        self._demand(says.checked(now))

        async def work(tx: Tx) -> str:
            was = await self._known(id_, tx)
            await self._keep(viewer, was.updated(says, viewer.acting(), now), tx)
            return id_

        return await self._known(
            await self._idempotency.once(Call.of(viewer, "updateWeather", key, id_, says), _ID, work)
        )

    async def cancel(self, viewer: Viewer, id_: str, key: str) -> WeatherNotice:
        """Raises WeatherUnknown, WeatherLifted, IdempotencyConflict."""

        async def work(tx: Tx) -> str:
            was = await self._known(id_, tx)
            await self._keep(viewer, was.cancelled(viewer.acting(), self._clock.now()), tx)
            return id_

        return await self._known(await self._idempotency.once(Call.of(viewer, "cancelWeather", key, id_), _ID, work))

    async def pull(self) -> int | None:
        """Take what the weather service tells; how many notices it changed. None: there is none, or no answer."""
        if self._feed is None:
            return None
        try:
            heard = await self._feed.weather()
        except Unavailable:
            return None
        return sum([await self._take(one) for one in heard])

    async def tell(self, crier: Crier) -> int:
        """What was not told yet; how many notices. What fails is tried again the next time and keeps none waiting."""
        told = 0
        for one in await self._notices.untold():
            try:
                if one.told or one.in_force(self._clock.now()):  # what was lifted before it was told is told to nobody
                    await crier.tell(one)
            except RongError as wrong:
                log.warning("weather_not_told", notice=one.id, code=wrong.code)
                continue
            await self._notices.told(one)
            told += 1
        return told

    async def _take(self, heard: HeardWeather) -> bool:
        """Whether it changed anything."""
        id_ = id_of_source(heard.source)

        async def work(tx: Tx) -> bool:
            now, was = self._clock.now(), await self._notices.get(id_, tx)
            if was is None:
                return await self._first(heard, id_, tx)
            if not was.in_force(now):
                return False
            by = SERVICE.acting()
            if heard.cancelled:
                moved = was.cancelled(by, now)
            elif (says := self._known_areas(heard)) != was.says:  # divisions that are not known here make no difference
                moved = was.updated(says, by, now)
            else:
                return False
            await self._keep(SERVICE, moved, tx)
            return True

        with suppress(DuplicateKey):  # another worker takes it
            try:
                return await self._db.transaction(work)
            except Outcome as wrong:
                log.warning("weather_refused", source=heard.source, code=wrong.code)
        return False

    async def _first(self, heard: HeardWeather, id_: str, tx: Tx) -> bool:
        """Raises WeatherInvalid."""
        now = self._clock.now()
        if heard.cancelled or heard.says.until <= now:
            return False
        says = self._known_areas(heard)
        step = WeatherStep(WeatherState.ISSUED, says.level, heard.issued_at, SERVICE.acting())
        await self._notices.add(WeatherNotice(id_, says, heard.issued_at, source=heard.source, steps=(step,)), tx)
        await self._audit.record(SERVICE, "weather.issued", id_, tx, kind=says.kind.value, level=int(says.level))
        return True

    def _known_areas(self, heard: HeardWeather) -> Weather:
        """Raises WeatherInvalid: none of the divisions it names is known here."""
        says = heard.says.checked(self._clock.now())
        areas = tuple(code for code in says.areas if self._divisions.holds(code))
        if says.areas and not areas:
            raise WeatherInvalid("areas")
        return replace(says, areas=areas)

    def _demand(self, says: Weather) -> None:
        if not all(map(self._divisions.holds, says.areas)):
            raise WeatherInvalid("areas")

    async def _keep(self, viewer: Viewer, moved: WeatherNotice, tx: Tx) -> None:
        if not await self._notices.save(moved, tx):
            raise DuplicateKey("changed meanwhile")
        kind, level = moved.says.kind.value, int(moved.says.level)
        await self._audit.record(viewer, f"weather.{moved.state.value}", moved.id, tx, kind=kind, level=level)

    async def _known(self, id_: str, tx: Tx | None = None) -> WeatherNotice:
        found = await self._notices.get(id_, tx)
        if found is None:
            raise WeatherUnknown
        return found
