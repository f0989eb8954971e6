"""Taking readings, by the feed or by who runs a station, and showing what has become of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from prometheus_client import Counter
from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.errors import BadInput, Unavailable
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Database, DuplicateKey, Tx
from app.core.outbox import Outbox
from app.core.viewer import Viewer
from app.domains.life.surroundings.readings.errors import StationReadingInvalid
from app.domains.life.surroundings.readings.model import (
    HOUR,
    WINDOW,
    Chart,
    Heard,
    Reading,
    Span,
    Taken,
    charted,
    hour_of,
    parted,
    recounted,
    takes,
)
from app.domains.life.surroundings.readings.store import ReadingStore
from app.domains.life.surroundings.stations.model import Newest, Station
from app.domains.life.surroundings.stations.service import StationService
from app.domains.life.surroundings.stations.store import StationStore

_TAKEN = Counter("rong_surroundings_readings_total", "Readings of stations, by what became of them", ["outcome"])
MOST_AT_ONCE = 200
_BACK = HOUR * 12
_RIVALS = 4
_REPLY = TypeAdapter(Taken)


class Feed(Protocol):
    """Who measures: what the stations of the city told."""

    async def readings(self, since: datetime) -> Sequence[Heard]:
        """Of hours that ended since then, some of them perhaps again. Raises Unavailable."""
        ...


class ReadingService:
    def __init__(
        self,
        db: Database,
        feed: Feed | None,
        readings: ReadingStore,
        stations: StationStore,
        keeping: StationService,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._feed = feed
        self._readings = readings
        self._stations = stations
        self._keeping = keeping
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def pull(self) -> Taken | None:
        """Ask the feed for the last hours, those once more that may have come late or been revised. None: there is no
        feed, or it does not answer; the next time asks for as much.
        """
        if self._feed is None:
            return None
        try:
            heard = await self._feed.readings(self._clock.now() - _BACK)
        except Unavailable:
            _TAKEN.labels("unavailable").inc()
            return None
        return await self.take(heard)

    async def take(self, heard: Sequence[Heard]) -> Taken:
        """As often as one likes: an hour is there once. What was told of stations that are not known is refused."""
        known, done = {one.id: one for one in await self._stations.all() if one.active}, Taken()
        told: dict[str, list[Heard]] = defaultdict(list)
        for one in heard:
            told[one.station].append(one)
        for code, ones in told.items():
            if code in known:
                done = done.plus(await self._take(known[code], ones))
            else:
                done = done.plus(Taken(refused=len(ones)))
        await self.append()
        self._count(done)
        return done

    async def report(self, viewer: Viewer, code: str, heard: Sequence[Heard], key: str) -> Taken:
        """By who runs the station, some hours at once. Raises StationUnknown,
        StationReadingInvalid, IdempotencyConflict.
        """
        if not 1 <= len(heard) <= MOST_AT_ONCE:
            raise StationReadingInvalid("readings")
        station, now = await self._keeping.demand_own(viewer, code), self._clock.now()
        if not all(takes(one.at, now) for one in heard):
            raise StationReadingInvalid("at")

        async def work(tx: Tx) -> Taken:
            done = await self._taken(station, heard, tx)
            await self._audit.record(viewer, "readings.reported", code, tx, new=done.new, revised=done.revised)
            return done

        content = tuple((one.at, tuple(sorted(one.values.items()))) for one in heard)
        done = await self._idempotency.once(Call.of(viewer, "reportReadings", key, code, content), _REPLY, work)
        await self.append()
        return done

    async def append(self) -> None:
        while await self._readings.append() == MOST_AT_ONCE * 5:
            pass

    async def recent(self, code: str) -> list[Reading]:
        """Of the last day, hour by hour, as they are held now; hours that are missing are not among them."""
        return (await self._readings.since([code], hour_of(self._clock.now()) - HOUR * WINDOW))[code]

    async def chart(self, code: str, span: Span, measure: str | None) -> Chart | None:
        """Of a measure, or of what the hours come to. None: there is no such station. Raises BadInput."""
        station = await self._keeping.one(code)
        if station is None:
            return None
        if measure is not None and measure not in station.kind.measures:
            raise BadInput(field="measure")
        now = self._clock.now()
        found = await self._readings.history(code, span.begins(now), now)
        values = {one.at: value for one in found if (value := _value(one, measure)) is not None}
        return Chart(span, measure, charted(values, span, now))

    async def _take(self, station: Station, heard: Sequence[Heard]) -> Taken:
        """Nothing is written when nothing is new."""
        for _ in range(_RIVALS):
            try:
                return await self._db.transaction(lambda tx: self._taken(station, heard, tx))
            except DuplicateKey:
                continue
        return Taken(refused=len(heard))  # it is told again at the next look

    async def _taken(self, station: Station, heard: Sequence[Heard], tx: Tx) -> Taken:
        now = self._clock.now()
        good = [one for one in heard if takes(one.at, now)]
        if not good:
            return Taken(refused=len(heard))
        first = min(one.at for one in good) - HOUR * WINDOW
        known = (await self._readings.since([station.id], first, tx))[station.id]
        told, done = _told(station, known, good, now)
        if told:
            changed = recounted(station.kind, known, list(told.values()))
            if await self._readings.put(changed, tx) != len(changed):
                raise DuplicateKey("changed meanwhile")
            await self._outbox.add("station.told", station.id, tx, station=station.id)
            newest = max((*known, *changed), key=lambda one: (one.at, one.rev))
            await self._stations.told(station.id, Newest(newest.at, newest.values, newest.standing), tx)
        return done.plus(Taken(refused=len(heard) - len(good)))

    def _count(self, done: Taken) -> None:
        for outcome in ("new", "revised", "again", "refused"):
            _TAKEN.labels(outcome).inc(getattr(done, outcome))


def _told(
    station: Station, known: Sequence[Reading], heard: Sequence[Heard], now: datetime
) -> tuple[dict[datetime, Reading], Taken]:
    """What is new of what was told, by its hour, and how much of it was what."""
    there, told, done = {one.at: one for one in known}, dict[datetime, Reading](), Taken()
    for one in heard:
        values, doubtful = parted(station.kind, one.values)
        was = told.get(one.at) or there.get(one.at)
        if not values and not doubtful:
            done = done.plus(Taken(refused=1))
        elif was is None:
            told[one.at] = Reading(station.id, one.at, values, doubtful, heard_at=now)
            done = done.plus(Taken(new=1))
        elif was.says(values, doubtful):
            done = done.plus(Taken(again=1))
        else:
            rev = there[one.at].rev + 1 if one.at in there else 1
            told[one.at] = replace(was, values=values, doubtful=doubtful, rev=rev, heard_at=now)
            done = done.plus(Taken(revised=1))
    return told, done


def _value(one: Reading, measure: str | None) -> float | None:
    if measure is not None:
        return one.values.get(measure)
    return float(one.standing.value) if one.standing else None
