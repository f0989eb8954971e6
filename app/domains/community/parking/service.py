"""Registering a plate, taking one away from whom it does not belong to, and the free bays as they change."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.changes import Changes
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import Database, Tx
from app.core.outbox import Outbox
from app.core.viewer import Viewer
from app.domains.community.estates.service import EstateService
from app.domains.community.parking.errors import CarPlateTaken, CarPlateUnknown, NoCarPark, TooManyPlates
from app.domains.community.parking.model import MOST_PLATES, CarPark, ResidentPlate, plate_of
from app.domains.community.parking.store import ParkingStore
from app.domains.community.residents.model import Residency
from app.domains.community.residents.service import ResidentService

_ID = TypeAdapter(str)
_AT_ONCE = 100


class ParkingService:
    def __init__(
        self,
        db: Database,
        parking: ParkingStore,
        estates: EstateService,
        residents: ResidentService,
        changes: Changes,
        outbox: Outbox,
        audit: Audit,
        once: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._parking = parking
        self._estates = estates
        self._residents = residents
        self._changes = changes
        self._outbox = outbox
        self._audit = audit
        self._once = once
        self._clock = clock

    async def register(self, viewer: Viewer, residency: str, plate: str, key: str) -> list[ResidentPlate]:
        """One's plates, with this one. Raises NotResident, CarPlateInvalid, CarPlateTaken, TooManyPlates, NoCarPark,
        EstateUnknown, IdempotencyConflict.
        """
        citizen, parsed, id_ = viewer.citizen(), plate_of(plate), new_id()

        async def work(tx: Tx) -> str:
            home = await self._residents.resident(citizen, residency, tx)
            if not (await self._estates.active(home.estate, tx)).bays:
                raise NoCarPark
            if await self._parking.registered(home.estate, parsed, tx) is not None:
                raise CarPlateTaken
            slot = await self._parking.free_slot(home.estate, home.household, tx)
            if slot is None:
                raise TooManyPlates(MOST_PLATES)
            made = ResidentPlate(id_, citizen, home.id, home.estate, home.household, parsed, self._clock.now())
            await self._parking.add(made, slot, tx)
            await self._audit.record(viewer, "plate.registered", id_, tx, estate=home.estate)
            return id_

        await self._once.once(Call.of(viewer, "registerPlate", key, residency, parsed), _ID, work)
        return await self.mine(viewer)

    async def remove(self, viewer: Viewer, plate: str, key: str) -> list[ResidentPlate]:
        """One's plates, without this one. Raises CarPlateUnknown, IdempotencyConflict."""
        citizen = viewer.citizen()

        async def work(tx: Tx) -> str:
            if not await self._parking.remove(plate, citizen, tx):
                raise CarPlateUnknown
            await self._audit.record(viewer, "plate.removed", plate, tx)
            return plate

        await self._once.once(Call.of(viewer, "removePlate", key, plate), _ID, work)
        return await self.mine(viewer)

    async def drop(self, viewer: Viewer, estate: str, plate: str, key: str) -> str:
        """By the estate: it is another's car. Whoever registered it is told. Raises EstateUnknown, CarPlateInvalid,
        CarPlateUnknown, IdempotencyConflict.
        """
        parsed = plate_of(plate)

        async def work(tx: Tx) -> str:
            await self._estates.managed(viewer, estate, tx=tx)
            found = await self._parking.registered(estate, parsed, tx)
            if found is None:
                raise CarPlateUnknown
            await self._parking.drop(found, tx)
            await self._outbox.add("plate.dropped", found.citizen, tx, estate=estate)
            await self._audit.record(viewer, "plate.dropped", found.id, tx, subject=found.citizen, estate=estate)
            return estate

        return await self._once.once(Call.of(viewer, "dropPlate", key, estate, parsed), _ID, work)

    async def forget(self) -> int:
        """Visitors' cars that have left unseen; how many."""
        gone, now = 0, self._clock.now()
        while cars := await self._parking.forgotten(now, _AT_ONCE):
            for estate, car in cars:
                gone += await self._db.transaction(partial(self._parking.forget, estate, car, now))
        return gone

    async def mine(self, viewer: Viewer) -> list[ResidentPlate]:
        """The newest first."""
        return await self._parking.of_citizen(viewer.citizen())

    async def park(self, estate: str) -> CarPark | None:
        """None where there is none."""
        found = await self._estates.one(estate)
        if found is None or not found.bays:
            return None
        inside, visitors = await self._parking.counted(estate)
        return CarPark(estate, found.bays, inside, visitors, found.rules.visitor_bays)

    @asynccontextmanager
    async def live(self, estate: str) -> AsyncIterator[AsyncIterator[CarPark]]:
        """The car park now, and whenever a car comes or goes."""
        async with self._changes.of("car_parks", estate) as rows:

            async def parks() -> AsyncIterator[CarPark]:
                now = await self.park(estate)
                if now is None:
                    return
                yield now
                async for row in rows:
                    yield replace(now, inside=int(row["inside"]), visitors=int(row["visitors"]))

            yield parks()

    async def moved_out(self, one: Residency, tx: Tx) -> None:
        """Fulfils `residents.service.MovingOut`."""
        await self._parking.remove_of(one.id, one.citizen, tx)
