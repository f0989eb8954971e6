"""Waiting lists: offers in order, for ten minutes each, and never a seat for two."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.core.ids import new_id
from app.core.paging import PageRequest
from app.core.viewer import Viewer
from app.domains.appointments.booking.bookings.errors import HoldExpired
from app.domains.appointments.booking.bookings.model import Booking, BookingState
from app.domains.appointments.booking.waiting.errors import AlreadyWaiting, NotWaiting, WaitingDaysInvalid
from app.domains.appointments.times.slots.errors import SlotTaken
from tests.appointments.conftest import Hall


async def _full(hall: Hall) -> list[tuple[Viewer, Booking]]:
    taken = []
    for slot in hall.slots:
        who = hall.citizen()
        taken.append((who, await hall.booked(who, slot)))
    return taken


async def _join(hall: Hall, who: Viewer) -> str:
    place = await hall.rooms.waiting.join(who, hall.service.id, hall.day, hall.day, None, new_id())
    return str(place.id)


async def _offer(hall: Hall, who: Viewer) -> Booking | None:
    page = await hall.rooms.bookings.mine(who, PageRequest(10))
    return next((one for one in page.items if one.state is BookingState.OFFERED), None)


async def _freed(hall: Hall, taken: tuple[Viewer, Booking]) -> None:
    who, booking = taken
    await hall.rooms.bookings.cancel(who, booking.id, new_id())
    hall.clock.advance(minutes=9)
    await hall.sweep()


async def test_a_freed_seat_is_offered_to_the_first_who_waits_and_to_nobody_else(hall: Hall) -> None:
    taken, first, second = await _full(hall), hall.citizen(), hall.citizen()
    await _join(hall, first)
    await _join(hall, second)
    await _freed(hall, taken[0])
    offer = await _offer(hall, first)
    assert offer is not None
    assert await _offer(hall, second) is None
    assert await hall.events(first) == ["appointment.offered"]
    with pytest.raises(SlotTaken):
        await hall.hold(hall.citizen(), hall.slots[0])
    accepted = await hall.rooms.waiting.accept(first, offer.id, new_id())
    assert accepted.state is BookingState.BOOKED
    assert [seat.kind.value for seat in (await hall.slot(hall.slots[0])).seats.values()] == ["taken"]


async def test_an_offer_that_is_over_or_declined_goes_to_the_next_one(hall: Hall) -> None:
    taken, people = await _full(hall), [hall.citizen() for _ in range(3)]
    for who in people:
        await _join(hall, who)
    await _freed(hall, taken[0])
    silent = await _offer(hall, people[0])
    assert silent is not None
    hall.clock.advance(minutes=10, seconds=1)
    with pytest.raises(HoldExpired):
        await hall.rooms.waiting.accept(people[0], silent.id, new_id())
    await hall.sweep()
    declined = await _offer(hall, people[1])
    assert declined is not None
    await hall.rooms.waiting.decline(people[1], declined.id, new_id())
    await hall.sweep()
    last = await _offer(hall, people[2])
    assert last is not None
    hall.clock.advance(minutes=11)
    await hall.sweep()
    assert (await hall.slot(hall.slots[0])).free == 1


async def test_a_lapsed_hold_goes_to_who_waits_and_not_to_who_comes_along(hall: Hall) -> None:
    await _full_but_first(hall)
    waiting = hall.citizen()
    await hall.hold(hall.citizen(), hall.slots[0])
    await _join(hall, waiting)
    hall.clock.advance(minutes=6)
    with pytest.raises(SlotTaken):
        await hall.hold(hall.citizen(), hall.slots[0])
    await hall.sweep()
    assert await _offer(hall, waiting) is not None


async def _full_but_first(hall: Hall) -> None:
    for slot in hall.slots[1:]:
        await hall.booked(hall.citizen(), slot)


async def test_one_who_has_another_booking_at_that_time_is_passed_over(hall: Hall) -> None:
    taken = await _full(hall)
    busy, free = taken[1][0], hall.citizen()  # the other counter, the same time
    assert taken[0][1].starts_at == taken[1][1].starts_at
    await _join(hall, busy)
    await _join(hall, free)
    await _freed(hall, taken[0])
    assert await _offer(hall, busy) is None
    assert await _offer(hall, free) is not None


async def test_what_is_wrong_with_waiting_is_named(hall: Hall) -> None:
    who = hall.citizen()
    place = await _join(hall, who)
    with pytest.raises(AlreadyWaiting):
        await _join(hall, who)
    with pytest.raises(NotWaiting):
        await hall.rooms.waiting.leave(hall.citizen(), place, new_id())
    await hall.rooms.waiting.leave(who, place, new_id())
    with pytest.raises(NotWaiting):
        await hall.rooms.waiting.leave(who, place, new_id())
    for first, last in ((-2, -1), (3, 2), (0, 70)):
        days = [hall.day + timedelta(days=n) for n in (first - 2, last - 2)]
        with pytest.raises(WaitingDaysInvalid):
            await hall.rooms.waiting.join(who, hall.service.id, days[0], days[1], None, new_id())
