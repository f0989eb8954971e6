"""Parcels that nobody fetches: told of once more, then given back to whoever brought them.

Parcel by parcel, each in a transaction of its own: whoever takes over from a worker that died goes on.
"""

from __future__ import annotations

from app.core.clock import Clock, civil_day
from app.core.mongo import Database, Tx
from app.core.outbox import Outbox
from app.domains.community.shops.parcels.model import ParcelState
from app.domains.community.shops.parcels.store import ParcelStore

_AT_ONCE, _MOST = 100, 5_000


class ParcelReturns:
    def __init__(self, db: Database, parcels: ParcelStore, outbox: Outbox, clock: Clock) -> None:
        self._db = db
        self._parcels = parcels
        self._outbox = outbox
        self._clock = clock

    async def sweep(self) -> int:
        """Safe to run anywhere at any time; how many parcels were told of or returned."""
        done = 0
        while done < _MOST and (due := await self._parcels.due(self._clock.now(), _AT_ONCE)):
            moved = [await self._moved(one) for one in due]
            done += sum(moved)
            if not any(moved):  # a rival deals with them
                break
        return done

    async def _moved(self, parcel: str) -> bool:
        async def work(tx: Tx) -> bool:
            was, now = await self._parcels.get(parcel, tx), self._clock.now()
            if was is None or was.state is not ParcelState.WAITING or was.look_at is None or was.look_at > now:
                return False
            over = was.keep_until <= now
            if not await self._parcels.save(was.returned(now) if over else was.warned(), was, tx):
                return False
            event = "parcel.returned" if over else "parcel.waits"
            await self._outbox.add(event, was.citizen, tx, parcel=parcel, until=civil_day(was.keep_until).isoformat())
            return True

        return await self._db.transaction(work)
