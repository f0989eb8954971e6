"""One key in parallel: an app that sends the same wish several times at once is given one answer."""

from __future__ import annotations

import asyncio

from app.core.ids import new_id
from app.domains.appointments.booking.bookings.model import BookingState
from tests.appointments.conftest import Hall, furnished

TIMES = 6


async def test_a_hold_sent_six_times_at_once_is_one_hold(hall: Hall) -> None:
    who, key, slot = hall.citizen(), new_id(), hall.slots[0]
    held = await asyncio.gather(*(hall.rooms.bookings.hold(who, hall.service.id, slot.id, key) for _ in range(TIMES)))
    assert [one == held[0] for one in held] == [True] * TIMES
    assert list((await hall.slot(slot)).seats) == [held[0].id]


async def test_a_move_sent_six_times_at_once_takes_one_seat(hall: Hall) -> None:
    roomy = await furnished(hall.city, hall.clock, hall.charges, seats=6)
    who, target = roomy.citizen(), roomy.slots[3]
    booked, key = await roomy.booked(who, roomy.slots[0]), new_id()
    moved = await asyncio.gather(*(roomy.rooms.bookings.move(who, booked.id, target.id, key) for _ in range(TIMES)))
    assert [one == moved[0] for one in moved] == [True] * TIMES
    found = await roomy.slot(target)
    assert (found.capacity, list(found.seats), found.free) == (TIMES, [booked.id], TIMES - 1)


async def test_a_move_to_the_last_seat_sent_six_times_at_once_is_one_move(hall: Hall) -> None:
    who, key = hall.citizen(), new_id()
    booked = await hall.booked(who, hall.slots[0])
    moved = await asyncio.gather(
        *(hall.rooms.bookings.move(who, booked.id, hall.slots[3].id, key) for _ in range(TIMES))
    )
    assert [one == moved[0] for one in moved] == [True] * TIMES


async def test_a_confirmation_sent_six_times_at_once_is_one(hall: Hall) -> None:
    who, key = hall.citizen(), new_id()
    held = await hall.hold(who, hall.slots[0])
    done = await asyncio.gather(*(hall.rooms.payments.confirm(who, held.id, key) for _ in range(TIMES)))
    assert [one == done[0] for one in done] == [True] * TIMES
    assert await hall.events(who) == ["appointment.booked"]


async def test_the_way_to_pay_is_one_for_six_who_ask_at_once(hall: Hall) -> None:
    who, key = hall.citizen(), new_id()
    held = await hall.hold(who, hall.slots[0], hall.paid)
    asked = await asyncio.gather(*(hall.rooms.payments.confirm(who, held.id, key) for _ in range(TIMES)))
    assert {(one.state, one.pay_at) for one in asked} == {(BookingState.HELD, f"http://pay.test/{held.id}")}


async def test_an_offer_accepted_six_times_at_once_is_accepted_once(hall: Hall) -> None:
    other, who, slot, key = hall.citizen(), hall.citizen(), hall.slots[0], new_id()
    booked = await hall.booked(other, slot)
    await hall.rooms.waiting.join(who, hall.service.id, hall.day, hall.day, None, new_id())
    await hall.rooms.bookings.cancel(other, booked.id, new_id())
    await hall.sweep()
    ((place, _),) = await hall.rooms.waiting.mine(who)
    done = await asyncio.gather(*(hall.rooms.waiting.accept(who, place.booking, key) for _ in range(TIMES)))
    assert [one == done[0] for one in done] == [True] * TIMES
