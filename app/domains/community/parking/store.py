"""Plates, car parks and the cars within, in MongoDB. A car is in once: by its row's id."""

from __future__ import annotations

from datetime import datetime

from app.core.mongo import Database, Document, Tx
from app.core.person_keys import PersonKeys
from app.core.sealed import KeyRing
from app.domains.community.parking.model import MOST_PLATES, ParkedCar, ResidentPlate

PLATE = "resident plate"


class ParkingStore:
    def __init__(self, db: Database, persons: PersonKeys, ring: KeyRing) -> None:
        self._plates = db["resident_plates"]
        self._parks = db["car_parks"]
        self._inside = db["parked_cars"]
        self._persons = persons
        self._ring = ring

    async def add(self, one: ResidentPlate, slot: int, tx: Tx) -> None:
        """Raises DuplicateKey: it is registered at this estate, or a rival of the home took the slot."""
        assert one.plate is not None
        key = await self._persons.sealing(one.citizen, tx)
        row = {
            "_id": one.id,
            "citizen": one.citizen,
            "residency": one.residency,
            "estate": one.estate,
            "household": one.household,
            "plate": key.seal_text(one.plate, record=one.id, field=PLATE),
            "hash": self.hash_of(one.plate),
            "slot": slot,
            "at": one.at,
        }
        await self._plates.insert_one(row, session=tx)

    async def registered(self, estate: str, plate: str, tx: Tx | None = None) -> ResidentPlate | None:
        row = await self._plates.find_one({"estate": estate, "hash": self.hash_of(plate)}, session=tx)
        return (await self._all([row], tx))[0] if row else None

    async def of_citizen(self, citizen: str) -> list[ResidentPlate]:
        """The newest first."""
        rows = await self._plates.find({"citizen": citizen}).sort("_id", -1).limit(20 * MOST_PLATES).to_list(None)
        return await self._all(rows)

    async def free_slot(self, estate: str, household: str, tx: Tx) -> int | None:
        """Of those that a home has; none when all are taken."""
        which = {"estate": estate, "household": household}
        rows = await self._plates.find(which, {"slot": 1}, session=tx).limit(MOST_PLATES).to_list(None)
        free = set(range(MOST_PLATES)) - {row["slot"] for row in rows}
        return min(free, default=None)

    async def remove(self, plate: str, citizen: str, tx: Tx) -> bool:
        return bool((await self._plates.delete_one({"_id": plate, "citizen": citizen}, session=tx)).deleted_count)

    async def drop(self, one: ResidentPlate, tx: Tx) -> None:
        """By the estate."""
        await self._plates.delete_one({"_id": one.id, "estate": one.estate}, session=tx)

    async def remove_of(self, residency: str, citizen: str, tx: Tx) -> None:
        """All of somebody who moves out."""
        await self._plates.delete_many({"citizen": citizen, "residency": residency}, session=tx)

    # The car park

    async def counted(self, estate: str, tx: Tx | None = None) -> tuple[int, int]:
        """(cars that are in, visitors' among them)."""
        row = await self._parks.find_one({"_id": estate}, session=tx)
        return (int(row["inside"]), int(row["visitors"])) if row else (0, 0)

    async def parked(self, estate: str, plate: str, tx: Tx) -> ParkedCar | None:
        row = await self._inside.find_one({"_id": self._car(estate, plate)}, session=tx)
        return ParkedCar(row["at"], row["until"] is not None, row["until"]) if row else None

    async def comes_in(self, estate: str, plate: str, car: ParkedCar, tx: Tx) -> None:
        """Whether it may, the caller has looked in this transaction: of two that come at once, one is looked at anew.
        Raises DuplicateKey (it is in, or a rival made the first count).
        """
        change = {"$inc": {"inside": 1, "visitors": int(car.visitor)}, "$set": {"estate": estate, "at": car.at}}
        await self._parks.update_one({"_id": estate}, change, upsert=True, session=tx)
        row = {"_id": self._car(estate, plate), "estate": estate, "at": car.at, "until": car.until}
        await self._inside.insert_one(row, session=tx)

    async def seen_again(self, estate: str, plate: str, car: ParkedCar, tx: Tx) -> None:
        """One that is in comes once more: no gate saw it leave."""
        which, change = {"_id": self._car(estate, plate)}, {"$set": {"at": car.at, "until": car.until}}
        await self._inside.update_one(which, change, session=tx)

    async def goes_out(self, estate: str, plate: str, at: datetime, tx: Tx) -> bool:
        """False when no gate saw it come."""
        return await self._leaves(estate, self._car(estate, plate), at, tx)

    async def forgotten(self, now: datetime, most: int) -> list[tuple[str, str]]:
        """(estate, car) of visitors' cars that have left unseen."""
        rows = await self._inside.find({"until": {"$lte": now}}).sort("until", 1).limit(most).to_list(None)
        return [(row["estate"], row["_id"]) for row in rows]

    async def forget(self, estate: str, car: str, at: datetime, tx: Tx) -> bool:
        return await self._leaves(estate, car, at, tx)

    async def _leaves(self, estate: str, car: str, at: datetime, tx: Tx) -> bool:
        row = await self._inside.find_one({"_id": car}, session=tx)
        if row is None or not (await self._inside.delete_one({"_id": car}, session=tx)).deleted_count:
            return False
        fewer = {"inside": -1, "visitors": -1 if row["until"] is not None else 0}
        await self._parks.update_one(
            {"_id": estate, "inside": {"$gt": 0}}, {"$inc": fewer, "$set": {"at": at}}, session=tx
        )
        return True

    def hash_of(self, plate: str) -> str:
        return self._ring.keyed_hash(plate, kind="plate")

    def _car(self, estate: str, plate: str) -> str:
        return f"{estate}:{self.hash_of(plate)}"

    async def _all(self, rows: list[Document], tx: Tx | None = None) -> list[ResidentPlate]:
        keys = await self._persons.many({row["citizen"] for row in rows}, tx)
        return [
            ResidentPlate(
                row["_id"],
                row["citizen"],
                row["residency"],
                row["estate"],
                row["household"],
                keys[row["citizen"]].shown(row["plate"], record=row["_id"], field=PLATE),
                row["at"],
            )
            for row in rows
        ]
