"""Watching for a bus: setting and dropping a watch, and the rounds in which watches fire."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from pydantic import TypeAdapter

from app.core.clock import Clock
from app.core.errors import BadInput
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import Database, DuplicateKey, Tx
from app.core.outbox import Outbox
from app.core.viewer import Viewer
from app.domains.life.transit.favourites.errors import TransitStopUnknown
from app.domains.life.transit.realtime.service import LiveBoard
from app.domains.life.transit.stops.service import parsed_trip
from app.domains.life.transit.timetable.model import Timetable
from app.domains.life.transit.timetable.service import TimetableKeeper
from app.domains.life.transit.watches.errors import (
    TransitTripUnknown,
    TransitWatchesFull,
    TransitWatchUnknown,
)
from app.domains.life.transit.watches.model import (
    LEAST_AWAY,
    MOST_AWAY,
    MOST_OPEN,
    Watch,
    WatchState,
    awaited,
    becomes,
    left_at,
)
from app.domains.life.transit.watches.store import WatchStore, place_of

_WATCH = TypeAdapter(Watch)
_MOST_A_ROUND = 20_000


class WatchService:
    def __init__(
        self,
        db: Database,
        watches: WatchStore,
        keeper: TimetableKeeper,
        live: LiveBoard,
        outbox: Outbox,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._watches = watches
        self._keeper = keeper
        self._live = live
        self._outbox = outbox
        self._idempotency = idempotency
        self._clock = clock

    async def mine(self, viewer: Viewer) -> list[Watch]:
        """The newest first; those that ended are kept until their place is needed."""
        return await self._watches.of(viewer.self_only())

    async def watch(self, viewer: Viewer, trip: str, stop: str, away: int, key: str) -> Watch:
        """Tell me when that trip is so many stops away from there. One that is open already is given as it is.

        Raises BadInput, TransitStopUnknown, TransitTripUnknown, TransitTripPassed, TransitWatchesFull,
        IdempotencyConflict.
        """
        citizen = viewer.self_only()
        if not LEAST_AWAY <= away <= MOST_AWAY:
            raise BadInput(field="stopsAway")
        fresh = self._made(citizen, trip, stop, away)

        async def work(tx: Tx) -> Watch:
            there = await self._watches.of(citizen, tx)
            same = next((one for one in there if one.open and (one.trip, one.stop) == (trip, stop)), None)
            if same is not None:
                return same
            taken = {one.slot for one in there if one.open}
            slot = next((n for n in range(MOST_OPEN) if n not in taken), None)
            if slot is None:
                raise TransitWatchesFull(MOST_OPEN)
            placed = replace(fresh, slot=slot)
            await self._watches.put(placed, tx)
            return placed

        call = Call.of(viewer, "watchTransitTrip", key, trip, stop, away)
        return await self._idempotency.once(call, _WATCH, work)

    async def drop(self, viewer: Viewer, id_: str, key: str) -> Watch:
        """Raises TransitWatchUnknown, IdempotencyConflict."""
        citizen = viewer.self_only()

        async def work(tx: Tx) -> Watch:
            found = next((one for one in await self._watches.of(citizen, tx) if one.id == id_ and one.open), None)
            if found is None:
                raise TransitWatchUnknown
            if not await self._watches.end(found, WatchState.DROPPED, tx):
                raise DuplicateKey("changed meanwhile")
            return replace(found, state=WatchState.DROPPED)

        return await self._idempotency.once(Call.of(viewer, "dropTransitWatch", key, id_), _WATCH, work)

    async def round(self) -> int:
        """Look at all that are due; always 0: the next look is worth while only when time has passed."""
        now, table, seen = self._clock.now(), self._keeper.held, 0
        after: tuple[datetime, str] | None = None
        while table is not None and seen < _MOST_A_ROUND:
            watches = await self._watches.due(now, after)
            for watch in watches:
                await self._look(watch, table, now)
            if not watches:
                break
            seen, after = seen + len(watches), place_of(watches[-1])
        return 0

    async def _look(self, watch: Watch, table: Timetable, now: datetime) -> None:
        found = parsed_trip(table, watch.trip)
        live = self._live.fresh_for(table)
        state = becomes(watch, table, live, *found, now) if found else WatchState.ENDED
        if state is not WatchState.OPEN:
            await self._db.transaction(lambda tx: self._end(watch, state, tx))

    async def _end(self, watch: Watch, state: WatchState, tx: Tx) -> None:
        """Once: whoever comes second finds it closed, and tells nobody."""
        if not await self._watches.end(watch, state, tx):
            return
        facts = {"watch": watch.id, "route": watch.route, "stop": watch.name, "away": watch.away}
        match state:
            case WatchState.TOLD:
                await self._outbox.add("transit.near", watch.citizen, tx, **facts)
            case WatchState.DUE:
                await self._outbox.add("transit.due", watch.citizen, tx, **facts)
            case WatchState.CANCELLED:
                await self._outbox.add("transit.cancelled", watch.citizen, tx, **facts)

    def _made(self, citizen: str, trip: str, stop: str, away: int) -> Watch:
        """Raises TransitStopUnknown, TransitTripUnknown, TransitTripPassed."""
        table, now = self._keeper.held, self._clock.now()
        number = table.stop(stop) if table else None
        if table is None or number is None:
            raise TransitStopUnknown
        found = parsed_trip(table, trip)
        if found is None:
            raise TransitTripUnknown
        call = awaited(table, self._live.fresh_for(table), *found, number, now)
        due = datetime.fromtimestamp(left_at(table, *found, max(0, call.position - away)), UTC)
        return Watch(
            id=new_id(),
            citizen=citizen,
            slot=0,
            trip=trip,
            stop=stop,
            away=away,
            route=table.route_of(found[0]).name,
            name=table.stops[number].name,
            scheduled_at=datetime.fromtimestamp(call.scheduled, UTC),
            due_at=due,
            made_at=now,
        )
