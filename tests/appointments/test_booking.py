"""Holding, confirming, moving and cancelling, as one person after another does it."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from app.core.clock import CITY_TIME
from app.core.ids import new_id
from app.core.said import Said
from app.domains.appointments.booking.bookings.errors import (
    BookingNotOpen,
    BookingUnknown,
    HoldExpired,
    TooLateToChange,
)
from app.domains.appointments.booking.bookings.model import BookingState
from app.domains.appointments.booking.diaries.errors import BookingLimitReached, BookingOverlaps, HoldExists
from app.domains.appointments.times.schedules.model import Schedule, Window
from app.domains.appointments.times.slots.errors import NotReleasedYet, SameSlot, SlotPast, SlotTaken, SlotUnknown
from tests.appointments.conftest import DESK, Hall


async def test_a_hold_that_is_confirmed_is_booked_and_told(hall: Hall) -> None:
    who = hall.citizen()
    booked = await hall.booked(who, hall.slots[0])
    assert (booked.state, booked.hold_until) == (BookingState.BOOKED, None)
    assert (await hall.slot(hall.slots[0])).free == 0
    assert await hall.events(who) == ["appointment.booked"]


async def test_a_repeat_under_the_same_key_gives_the_same_hold(hall: Hall) -> None:
    who, key = hall.citizen(), new_id()
    made = [await hall.rooms.bookings.hold(who, hall.service.id, hall.slots[0].id, key) for _ in range(2)]
    assert made[0] == made[1]


async def test_a_taken_time_names_the_next_three(hall: Hall) -> None:
    await hall.hold(hall.citizen(), hall.slots[0])
    with pytest.raises(SlotTaken) as taken:
        await hall.hold(hall.citizen(), hall.slots[0])
    assert [slot.id for slot in taken.value.alternatives] == [slot.id for slot in hall.slots[1:4]]


async def test_a_hold_that_is_over_makes_room_at_once_and_cannot_be_confirmed(hall: Hall) -> None:
    late, quick = hall.citizen(), hall.citizen()
    held = await hall.hold(late, hall.slots[0])
    hall.clock.advance(minutes=5, seconds=1)
    await hall.booked(quick, hall.slots[0])
    with pytest.raises(HoldExpired):
        await hall.rooms.payments.confirm(late, held.id, new_id())
    await hall.sweep()
    slot = await hall.slot(hall.slots[0])
    assert (slot.free, len(slot.seats)) == (0, 1)


async def test_the_sweep_gives_back_what_was_held_too_long(hall: Hall) -> None:
    who = hall.citizen()
    held = await hall.hold(who, hall.slots[0])
    hall.clock.advance(minutes=6)
    await hall.sweep()
    slot = await hall.slot(hall.slots[0])
    assert (slot.free, dict(slot.seats)) == (1, {})
    assert (await hall.rooms.bookings.one(who, held.id)).state is BookingState.EXPIRED


async def test_a_seat_given_up_is_kept_back_for_some_minutes(hall: Hall) -> None:
    who, other = hall.citizen(), hall.citizen()
    booked = await hall.booked(who, hall.slots[0])
    await hall.rooms.bookings.cancel(who, booked.id, new_id())
    hall.clock.advance(seconds=90)
    await hall.sweep()
    with pytest.raises(SlotTaken):
        await hall.hold(other, hall.slots[0])
    hall.clock.advance(minutes=8)
    await hall.sweep()
    assert (await hall.hold(other, hall.slots[0])).state is BookingState.HELD


async def test_a_move_takes_the_new_time_and_gives_up_the_old_one(hall: Hall) -> None:
    who = hall.citizen()
    booked = await hall.booked(who, hall.slots[0])
    moved = await hall.rooms.bookings.move(who, booked.id, hall.slots[3].id, new_id())
    assert (moved.slot, moved.sequence) == (hall.slots[3].id, 1)
    old, new = await hall.slot(hall.slots[0]), await hall.slot(hall.slots[3])
    assert [seat.kind.value for seat in old.seats.values()] == ["withheld"]
    assert list(new.seats) == [booked.id]
    assert await hall.events(who) == ["appointment.booked", "appointment.moved"]


async def test_a_move_to_a_taken_time_changes_nothing(hall: Hall) -> None:
    who = hall.citizen()
    booked = await hall.rooms.bookings.one(who, (await hall.booked(who, hall.slots[0])).id)
    await hall.hold(hall.citizen(), hall.slots[2])
    with pytest.raises(SlotTaken):
        await hall.rooms.bookings.move(who, booked.id, hall.slots[2].id, new_id())
    assert await hall.rooms.bookings.one(who, booked.id) == booked
    assert list((await hall.slot(hall.slots[0])).seats) == [booked.id]
    with pytest.raises(SameSlot):
        await hall.rooms.bookings.move(who, booked.id, hall.slots[0].id, new_id())


async def test_after_the_cut_off_nothing_is_moved_or_cancelled(hall: Hall) -> None:
    who = hall.citizen()
    booked = await hall.booked(who, hall.slots[0])
    hall.clock.ahead += booked.cut_off - hall.clock.now()
    hall.clock.advance(seconds=1)
    for act in (
        hall.rooms.bookings.cancel(who, booked.id, new_id()),
        hall.rooms.bookings.move(who, booked.id, hall.slots[3].id, new_id()),
    ):
        with pytest.raises(TooLateToChange):
            await act


async def test_what_cannot_be_had_is_named(hall: Hall) -> None:
    who, other = hall.citizen(), hall.citizen()
    held = await hall.hold(other, hall.slots[0])
    for booking in (held.id, new_id()):
        with pytest.raises(BookingUnknown):
            await hall.rooms.payments.confirm(who, booking, new_id())
        with pytest.raises(BookingUnknown):
            await hall.rooms.bookings.cancel(who, booking, new_id())
    with pytest.raises(SlotUnknown):
        await hall.rooms.bookings.hold(who, hall.service.id, "hall.c1/2020-01-01/0900", new_id())
    far = (await hall.city.db["appointment_slots"].find({}).sort("starts_at", -1).limit(1).to_list(None))[0]
    with pytest.raises(NotReleasedYet) as early:
        await hall.rooms.bookings.hold(who, hall.service.id, far["_id"], new_id())
    assert early.value.opens_at > hall.clock.now()
    hall.clock.advance(days=3)
    with pytest.raises(SlotPast):
        await hall.hold(who, hall.slots[0])


async def test_who_receives_nobody_any_more_cannot_be_booked_and_has_no_times(hall: Hall) -> None:
    (kept, free, *_), other = hall.of_counter(0), hall.of_counter(1)[0]
    booked = await hall.booked(who := hall.citizen(), kept)
    counter = hall.rooms.venues.directory.resources[hall.counters[0]]
    await hall.rooms.venues.save_resource(DESK, replace(counter, active=False), new_id())
    with pytest.raises(SlotUnknown):
        await hall.hold(hall.citizen(), free)
    await hall.rooms.slots.make_all()
    left = await hall.city.db["appointment_slots"].find({"resource": counter.id}).to_list(None)
    assert [(row["_id"], row["closed"]) for row in left] == [(kept.id, True)]
    assert (await hall.rooms.bookings.one(who, booked.id)).state is BookingState.BOOKED
    assert (await hall.hold(hall.citizen(), other)).state is BookingState.HELD


async def test_a_repeat_that_comes_late_does_not_undo_what_was_saved_since(hall: Hall) -> None:
    counter = hall.rooms.venues.directory.resources[hall.counters[0]]
    first, then = (Schedule(counter.id, (Window(2, time(9), time(n), 60),)) for n in (10, 11))
    once, again = new_id(), new_id()
    for schedule, key in ((first, once), (then, again), (first, once)):
        await hall.rooms.schedules.save(DESK, schedule, key)
    mine = await hall.city.db["appointment_slots"].find({"resource": counter.id}).to_list(None)
    assert {row["ends_at"].astimezone(CITY_TIME).hour for row in mine} == {10, 11}
    renamed = replace(counter, name=Said("新"))
    for thing, key in ((counter, once), (renamed, again), (counter, once)):
        await hall.rooms.venues.save_resource(DESK, thing, key)
    assert hall.rooms.venues.directory.resources[counter.id] == renamed


async def test_limits_hold_per_person(hall: Hall) -> None:
    who = hall.citizen()
    one = hall.of_counter(0)
    await hall.hold(who, one[0])
    with pytest.raises(HoldExists):
        await hall.hold(who, one[1])
    with pytest.raises(BookingOverlaps):
        await hall.hold(who, hall.of_counter(1)[0], hall.paid)
    other = hall.citizen()
    await hall.booked(other, one[1])
    await hall.booked(other, one[2])
    with pytest.raises(BookingLimitReached) as limit:
        await hall.hold(other, one[3])
    assert limit.value.most == 2


async def test_what_is_cancelled_cannot_be_cancelled_again(hall: Hall) -> None:
    who = hall.citizen()
    booked = await hall.booked(who, hall.slots[0])
    await hall.rooms.bookings.cancel(who, booked.id, new_id())
    with pytest.raises(BookingNotOpen):
        await hall.rooms.bookings.cancel(who, booked.id, new_id())
