"""Times booked while the primary of a three-node replica set is killed: no seat for two, none lost."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from pathlib import Path
from typing import Any

import httpx2
import pytest

from app.core.ids import new_id
from app.embedded import EmbeddedDatabase, Engine, available
from tests.faults.conftest import Found
from tests.support.counters import Counters, counters_of, known_to, wrong_seats
from tests.support.remote import Door, Resident, door

PEOPLE, SLOTS = 80, 40
PATIENCE = 60


class _Client:
    """Wants one of the times, and repeats each call under its key until it is answered."""

    def __init__(self, doors: list[Door], person: Resident, counters: Counters, errors: Counter[str]) -> None:
        self._doors, self._person, self._counters, self._errors = doors, person, counters, errors
        self.booking = ""

    async def run(self) -> None:
        for slot in random.sample(self._counters.slots[:SLOTS], SLOTS):
            held = await self._answered("HoldSlot", **self._counters.wish(slot))
            if held["__typename"] == "SlotHeld":
                self.booking = held["booking"]["id"]
                await self._answered("ConfirmBooking", bookingId=self.booking, key=new_id())
                return

    async def _answered(self, operation: str, **variables: Any) -> dict[str, Any]:
        for attempt in range(PATIENCE * 10):
            try:
                one = self._doors[attempt % len(self._doors)]
                told = (await one.raw(operation, variables, self._person.token)).json()
            except httpx2.TransportError as error:
                self._errors[type(error).__name__] += 1
            else:
                if "errors" not in told:
                    return dict(next(iter(told["data"].values())))
                self._errors.update(error["extensions"]["code"] for error in told["errors"])
            await asyncio.sleep(0.1)
        raise AssertionError(f"{operation} was not answered")


@pytest.mark.timeout(300)
@pytest.mark.skipif(set(available()) <= {Engine.SECANTUS}, reason="needs a mongod: SecantusDB has no fail-over")
async def test_no_seat_is_booked_twice_or_lost_while_the_primary_is_killed(found: Found, tmp_path: Path) -> None:
    with EmbeddedDatabase(tmp_path / "database", members=3) as database:
        processes, town = await found(database.uri)
        doors = [door(api.url) for api in await processes.apis(2)]
        people = [await town.account() for _ in range(PEOPLE)]
        counters, errors = await counters_of(town.city), Counter[str]()
        await known_to(doors, counters, people[0])
        clients = [_Client(doors, person, counters, errors) for person in people]
        running = [asyncio.create_task(client.run()) for client in clients]

        await asyncio.sleep(0.5)
        primary = await asyncio.to_thread(database.primary)
        assert primary is not None
        await asyncio.to_thread(primary.kill)
        await asyncio.gather(*running)
        await asyncio.sleep(31)  # what was taken and not kept goes on by itself
        while await town.city.services.appointments.sweep.round():
            pass

        slots = counters.slots[:SLOTS]
        wrong = await wrong_seats(town.city, slots)
        booked = await town.city.db["bookings"].count_documents({"slot": {"$in": slots}, "state": "booked"})
        print(f"\nbooking under fail-over: {booked} booked, answers that clients repeated: {dict(errors)}")
        await processes.stop()

    got = [client.booking for client in clients if client.booking]
    assert wrong == []
    assert len(set(got)) == len(got) == booked
    assert "INTERNAL" not in errors
