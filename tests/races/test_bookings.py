"""Two hundred people want the same time, over several processes: one winner a seat, and everybody is answered."""

from __future__ import annotations

import asyncio
import random

import pytest

from app.core.ids import global_id, new_id
from tests.races.conftest import Races
from tests.support.counters import counters_of, known_to, wrong_seats
from tests.support.remote import Door, Resident, Town, tally

PEOPLE, SOME = 200, 60


@pytest.fixture(scope="package")
async def some(races: Races) -> list[Resident]:
    return [await races.town.account() for _ in range(SOME)]


@pytest.fixture(scope="package")
async def crowd(races: Races, some: list[Resident]) -> list[Resident]:
    return some + [await races.town.account() for _ in range(PEOPLE - SOME)]


@pytest.mark.faults
@pytest.mark.parametrize("seats", [1, 3])
async def test_two_hundred_on_one_time_make_one_winner_a_seat(
    town: Town, doors: list[Door], crowd: list[Resident], seats: int
) -> None:
    counters = await counters_of(town.city, seats=seats)
    await known_to(doors[:2], counters, crowd[0])
    slot = counters.slots[seats * 2]  # whoever won the time before is free at this one

    results = await asyncio.gather(
        *(doors[n % 2].data("HoldSlot", one.token, **counters.wish(slot)) for n, one in enumerate(crowd))
    )

    assert tally(results) == {"SlotHeld": seats, "SlotTaken": PEOPLE - seats}
    assert all(len(one["alternatives"]) == 3 for one in results if one["__typename"] == "SlotTaken")
    assert await wrong_seats(town.city, [slot]) == []


# Who gets none has asked for all: twice as many of both are four times as many questions.
@pytest.mark.parametrize(("people", "times"), [(30, 20), pytest.param(SOME, 40, marks=pytest.mark.faults)])
async def test_everybody_who_asks_for_any_time_gets_one_while_there_are_seats(
    town: Town, doors: list[Door], some: list[Resident], people: int, times: int
) -> None:
    counters = await counters_of(town.city, seats=1)
    await known_to(doors[:2], counters, some[0])
    slots = counters.slots[:times]

    async def books(n: int, person: Resident) -> str:
        for slot in random.sample(slots, len(slots)):
            told = await doors[n % 2].data("HoldSlot", person.token, **counters.wish(slot))
            if told["__typename"] == "SlotHeld":
                return str(told["booking"]["id"])
        return ""

    got = [one for one in await asyncio.gather(*(books(n, one) for n, one in enumerate(some[:people]))) if one]

    assert len(set(got)) == len(slots)
    assert await wrong_seats(town.city, slots) == []


async def test_confirming_cancelling_and_moving_at_once_leave_one_truth(town: Town, doors: list[Door]) -> None:
    counters, person = await counters_of(town.city), await town.account()
    await known_to(doors, counters, person)
    held = await doors[0].data("HoldSlot", person.token, **counters.wish(counters.slots[0]))
    booking = held["booking"]["id"]
    await doors[0].data("ConfirmBooking", person.token, bookingId=booking, key=new_id())
    targets = [global_id("AppointmentSlot", slot) for slot in counters.slots[1:6]]

    moves = (
        doors[n % 4].data("MoveBooking", person.token, bookingId=booking, slotId=slot, key=new_id())
        for n, slot in enumerate(targets)
    )
    cancels = (doors[n].data("CancelBooking", person.token, bookingId=booking, key=new_id()) for n in range(2))
    results = tally(await asyncio.gather(*moves, *cancels))

    assert results["BookingCancelled"] == 1
    assert await wrong_seats(town.city, counters.slots[:6]) == []


async def test_one_person_in_a_hurry_holds_one_time(town: Town, doors: list[Door]) -> None:
    counters, person = await counters_of(town.city), await town.account()
    await known_to(doors, counters, person)

    results = await asyncio.gather(
        *(
            doors[n % 4].data("HoldSlot", person.token, **counters.wish(slot))
            for n, slot in enumerate(counters.slots[:20])
        )
    )

    assert tally(results) == {"SlotHeld": 1, "HoldExists": 19}
    assert await wrong_seats(town.city, counters.slots[:20]) == []
