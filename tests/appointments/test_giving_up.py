"""How many seats one person may give up in a day: each is nobody's for some minutes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.core.errors import RateLimited
from app.core.ids import new_id
from app.domains.appointments.booking.bookings.model import BookingState
from app.domains.appointments.booking.bookings.service import GIVEN_UP
from app.domains.appointments.times.slots.errors import SlotTaken
from tests.appointments.conftest import Hall, furnished


async def test_forty_moves_leave_ten_withheld_seats(hall: Hall) -> None:
    roomy = await furnished(hall.city, hall.clock, hall.charges, seats=40)
    who = roomy.citizen()
    booked, moved = await roomy.booked(who, roomy.slots[0]), 0
    told: list[int] = []
    for _ in range(40):
        try:
            await roomy.rooms.bookings.move(who, booked.id, roomy.slots[1 + moved % 2].id, new_id())
            moved += 1
        except RateLimited as full:
            told.append(full.retry_after)
    assert len(told) == 40 - moved
    assert 0 < max(told) <= timedelta(days=1).total_seconds()
    assert moved == GIVEN_UP.most
    ended = await roomy.rooms.bookings.cancel(who, booked.id, new_id())
    assert ended.state is BookingState.CANCELLED, "what one has can be cancelled always"


async def test_who_holds_and_lets_go_does_so_ten_times_for_whomever(hall: Hall) -> None:
    roomy = await furnished(hall.city, hall.clock, hall.charges, seats=40)
    who, slot = roomy.citizen(), roomy.slots[0]
    ward = replace(who, subject=new_id())
    for n in range(GIVEN_UP.most):
        held = await roomy.hold(person := (who, ward)[n % 2], slot)
        await roomy.rooms.bookings.cancel(person, held.id, new_id())
    for person in (who, ward):
        with pytest.raises(RateLimited):
            await roomy.hold(person, slot)
    assert (await roomy.hold(roomy.citizen(), slot)).state is BookingState.HELD
    roomy.clock.advance(days=1)
    assert (await roomy.hold(who, roomy.slots[-1])).state is BookingState.HELD


async def test_a_move_that_fails_gives_nothing_up(hall: Hall) -> None:
    who, taken = hall.citizen(), hall.slots[2]
    booked = await hall.booked(who, hall.slots[0])
    await hall.hold(hall.citizen(), taken)
    for _ in range(GIVEN_UP.most + 1):
        with pytest.raises(SlotTaken):
            await hall.rooms.bookings.move(who, booked.id, taken.id, new_id())
