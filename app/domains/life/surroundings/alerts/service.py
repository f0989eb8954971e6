"""Watching places, and telling those who watch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from pydantic import TypeAdapter

from app.core.clock import CITY_TIME, Clock
from app.core.events import Event
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import Database, DuplicateKey, Tx
from app.core.outbox import Outbox
from app.core.said import said_row
from app.core.viewer import Viewer
from app.domains.life.surroundings.alerts.errors import (
    NoStationNear,
    SurroundingsWatchesFull,
    SurroundingsWatchInvalid,
    SurroundingsWatchUnknown,
)
from app.domains.life.surroundings.alerts.model import MARGIN, MOST, Watch, WatchWish, looked
from app.domains.life.surroundings.alerts.store import WatchStore, place_of
from app.domains.life.surroundings.stations.model import Station, StationKind, nearest
from app.domains.life.surroundings.stations.store import StationStore

_ID = TypeAdapter(str)
TOLD = "station.told"


class WatchService:
    def __init__(
        self,
        db: Database,
        watches: WatchStore,
        stations: StationStore,
        outbox: Outbox,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._watches = watches
        self._stations = stations
        self._outbox = outbox
        self._idempotency = idempotency
        self._clock = clock

    async def mine(self, viewer: Viewer) -> list[tuple[Watch, Station | None]]:
        """The newest first, each with its station as it is now."""
        found = await self._watches.of(viewer.self_only())
        stations: Mapping[str, Station] = {one.id: one for one in await self._stations.active()} if found else {}
        return [(one, stations.get(one.station)) for one in found]

    async def watch(self, viewer: Viewer, wish: WatchWish, key: str) -> tuple[Watch, Station]:
        """Tell me when it is of that level there, by the station nearest to it. Is it so now, one is told at the next
        look. Raises SurroundingsWatchInvalid, NoStationNear, SurroundingsWatchesFull, IdempotencyConflict.
        """
        citizen, now, wish = viewer.self_only(), self._clock.now(), wish.checked()
        near = nearest(await self._stations.active(wish.kind), wish.point, 1)
        if not near:
            raise NoStationNear
        fresh = Watch(new_id(), citizen, 0, wish, near[0].station.id, now)

        async def work(tx: Tx) -> str:
            there = await self._watches.of(citizen, tx)
            if any((one.station, one.wish.level) == (fresh.station, wish.level) for one in there):
                raise SurroundingsWatchInvalid("place")
            taken = {one.slot for one in there}
            slot = next((number for number in range(MOST) if number not in taken), None)
            if slot is None:
                raise SurroundingsWatchesFull(MOST)
            await self._watches.add(replace(fresh, slot=slot), tx)
            return fresh.id

        made = await self._idempotency.once(Call.of(viewer, "watchSurroundings", key, wish), _ID, work)
        kept = next((one for one in await self._watches.of(citizen) if one.id == made), fresh)
        return kept, near[0].station

    async def drop(self, viewer: Viewer, id_: str, key: str) -> str:
        """Raises SurroundingsWatchUnknown, IdempotencyConflict."""
        citizen = viewer.self_only()

        async def work(tx: Tx) -> str:
            found = next((one for one in await self._watches.of(citizen, tx) if one.id == id_), None)
            if found is None:
                raise SurroundingsWatchUnknown
            if not await self._watches.drop(found, tx):
                raise DuplicateKey("changed meanwhile")
            return id_

        return await self._idempotency.once(Call.of(viewer, "dropSurroundingsWatch", key, id_), _ID, work)

    async def take(self, event: Event) -> None:
        """A consumer of the outbox: a station told something new."""
        if event.type == TOLD and (station := await self._stations.get(event.facts["station"])) is not None:
            await self._look_at(station)

    async def look(self) -> int:
        """At what all stations told last; how many people were told. Safe to repeat, and to run twice at once."""
        told, stations = 0, await self._stations.active()
        await self._settle(stations)
        for station in stations:
            told += await self._look_at(station)
        return told

    async def _settle(self, stations: list[Station]) -> None:
        """Whose station is in use no more goes by the one that is nearest now."""
        after, codes = "", [one.id for one in stations]
        while watches := await self._watches.astray(codes, after):
            for watch in watches:
                kind = watch.wish.kind
                if near := nearest([one for one in stations if one.kind is kind], watch.wish.point, 1):
                    await self._watches.settled(watch, near[0].station.id)
            after = place_of(watches[-1])

    async def _look_at(self, station: Station) -> int:
        now, told, after = self._clock.now(), 0, ""
        if station.stale(now) or station.now is None or station.now.standing is None:
            return 0
        margin = MARGIN if station.kind is StationKind.AIR else 0
        value, today = station.now.standing.value, _day_begins(now)
        while watches := await self._watches.concerned(station.id, value, margin, today, after):
            for watch in watches:
                told += await self._tell(watch, station, now)
            after = place_of(watches[-1])
        return told

    async def _tell(self, watch: Watch, station: Station, now: datetime) -> bool:
        assert station.now is not None
        moved, rings = looked(watch, station.now, now)
        if moved is watch:
            return False

        async def work(tx: Tx) -> bool:
            if not await self._watches.moved(moved, tx):
                return False
            if rings and station.kind is StationKind.AIR:
                await self._outbox.add("surroundings.air", watch.citizen, tx, **_facts(station))
            elif rings:
                await self._outbox.add("surroundings.water", watch.citizen, tx, **_facts(station))
            return rings

        return await self._db.transaction(work)


def _facts(station: Station) -> dict[str, object]:
    assert station.now is not None
    assert station.now.standing is not None
    return {"station": station.id, "place": said_row(station.name), "value": station.now.standing.value}


def _day_begins(now: datetime) -> datetime:
    return now.astimezone(CITY_TIME).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
