"""Payments, reminders, absences, closed days, and leaving the city."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from app.core.errors import Unavailable
from app.core.ids import new_id
from app.core.paging import PageRequest
from app.core.said import Said
from app.core.viewer import Role, Viewer
from app.domains.appointments.booking.blocks.errors import AppealExists, AppealSettled, NotBlocked
from app.domains.appointments.booking.blocks.model import AppealState
from app.domains.appointments.booking.bookings.errors import HoldExpired, PaymentDeskAway
from app.domains.appointments.booking.bookings.model import BookingState, CancelledBy, PaymentState
from app.domains.appointments.booking.diaries.errors import BookingBlocked
from app.domains.appointments.hall.queues.model import Queue
from app.domains.appointments.times.schedules.model import DayException, Window
from app.domains.appointments.times.slots.errors import SlotTaken
from app.rights import BookingsEnd
from tests.appointments.conftest import DESK, Hall

OPS = Viewer(role=Role.OPS, actor="ops")


async def test_a_fee_is_paid_before_the_booking_stands(hall: Hall) -> None:
    who = hall.citizen()
    held = await hall.hold(who, hall.slots[0], hall.paid)
    to_pay = await hall.rooms.payments.confirm(who, held.id, key := new_id())
    assert (to_pay.state, to_pay.payment, to_pay.pay_at) == (
        BookingState.HELD,
        PaymentState.DUE,
        f"http://pay.test/{held.id}",
    )
    hall.charges.pay(held.id)
    booked = await hall.rooms.payments.confirm(who, held.id, key)
    assert (booked.state, booked.payment) == (BookingState.BOOKED, PaymentState.PAID)


async def test_who_paid_and_went_away_is_booked_by_the_sweep(hall: Hall) -> None:
    who = hall.citizen()
    held = await hall.hold(who, hall.slots[0], hall.paid)
    await hall.rooms.payments.confirm(who, held.id, new_id())
    hall.charges.pay(held.id)
    assert await hall.rooms.payments.settle_due() == 1
    assert (await hall.rooms.bookings.one(who, held.id)).state is BookingState.BOOKED


async def test_what_is_paid_too_late_is_given_back_even_when_the_desk_was_away(hall: Hall) -> None:
    who = hall.citizen()
    held = await hall.hold(who, hall.slots[0], hall.paid)
    await hall.rooms.payments.confirm(who, held.id, new_id())
    hall.clock.advance(minutes=6)
    await hall.sweep()
    hall.charges.pay(held.id)
    with pytest.raises(HoldExpired):
        await hall.rooms.payments.confirm(who, held.id, new_id())
    hall.charges.down = True
    assert await hall.rooms.payments.give_back_owed() == 0
    hall.charges.down = False
    assert await hall.rooms.payments.give_back_owed() == 1
    assert hall.charges.given_back == [held.id]
    assert (await hall.rooms.bookings.one(who, held.id)).payment is PaymentState.REFUNDED


async def test_what_was_paid_in_the_last_minute_is_booked_though_the_hold_is_over(hall: Hall) -> None:
    who, slot = hall.citizen(), hall.slots[0]
    held = await hall.hold(who, slot, hall.paid)
    await hall.rooms.payments.confirm(who, held.id, new_id())
    hall.charges.pay(held.id)
    hall.clock.advance(minutes=5, seconds=1)
    with pytest.raises(SlotTaken):
        await hall.hold(hall.citizen(), slot)
    hall.charges.down = True
    await hall.sweep()
    assert list((await hall.slot(slot)).seats) == [held.id], "the desk is away: the next round asks again"
    hall.charges.down = False
    await hall.sweep()
    booked = await hall.rooms.bookings.one(who, held.id)
    assert (booked.state, booked.payment, booked.hold_until) == (BookingState.BOOKED, PaymentState.PAID, None)


async def test_a_payment_desk_that_stays_away_keeps_no_seat_for_ever(hall: Hall) -> None:
    who, slot = hall.citizen(), hall.slots[0]
    held = await hall.hold(who, slot, hall.paid)
    await hall.rooms.payments.confirm(who, held.id, new_id())
    hall.charges.down = True
    hall.clock.advance(minutes=15, seconds=1)
    await hall.sweep()
    found = await hall.rooms.bookings.one(who, held.id)
    assert (found.state, found.payment) == (BookingState.EXPIRED, PaymentState.OWED_BACK)


async def test_a_payment_desk_that_is_away_leaves_the_hold(hall: Hall) -> None:
    who = hall.citizen()
    held = await hall.hold(who, hall.slots[0], hall.paid)
    hall.charges.down = True
    with pytest.raises(PaymentDeskAway):
        await hall.rooms.payments.confirm(who, held.id, new_id())
    assert (await hall.rooms.bookings.one(who, held.id)).state is BookingState.HELD


async def test_one_is_reminded_the_day_before_and_two_hours_before_once_each(hall: Hall) -> None:
    who = hall.citizen()
    booked = await hall.booked(who, hall.slots[0])
    for before in (timedelta(days=1), timedelta(hours=2)):
        hall.clock.ahead += booked.starts_at - before + timedelta(seconds=1) - hall.clock.now()
        assert [await hall.rooms.sweep.remind() for _ in range(2)] == [1, 0]
    assert await hall.events(who) == ["appointment.booked", "appointment.reminder", "appointment.reminder"]


async def test_where_nobody_can_check_in_nobody_is_said_to_have_missed(hall: Hall) -> None:
    who, slot = hall.citizen(), hall.slots[0]
    booked = await hall.booked(who, slot)
    hall.clock.ahead += slot.ends_at + timedelta(minutes=16) - hall.clock.now()
    assert await hall.rooms.sweep.note_absent() == 0
    assert (await hall.rooms.bookings.one(who, booked.id)).state is BookingState.SERVED
    assert (await hall.rooms.blocks.standing(who)).missed == 0


async def test_three_absences_block_and_an_appeal_lifts_it(hall: Hall) -> None:
    await hall.rooms.queues.save(DESK, Queue(hall.venue.id, "hall", "A", Said("办证"), (hall.service.id,)), new_id())
    who = hall.citizen()
    with pytest.raises(NotBlocked):
        await hall.rooms.blocks.appeal(who, "no reason", new_id())
    for n in range(3):
        day = hall.day + timedelta(days=n)
        (slot, *_) = await hall.rooms.slots.of_service(hall.service, day, day)
        await hall.booked(who, slot)
        hall.clock.ahead += slot.ends_at + timedelta(minutes=16) - hall.clock.now()
        assert await hall.rooms.sweep.note_absent() == 1
        assert await hall.rooms.sweep.note_absent() == 0
    assert [event for event in await hall.events(who) if "booked" not in event] == [
        "appointment.missed",
        "appointment.missed",
        "appointment.blocked",
    ]
    day = hall.day + timedelta(days=4)
    (slot, *_) = await hall.rooms.slots.of_service(hall.service, day, day)
    with pytest.raises(BookingBlocked):
        await hall.hold(who, slot)
    appeal = await hall.rooms.blocks.appeal(who, "I was in hospital", new_id())
    with pytest.raises(AppealExists):
        await hall.rooms.blocks.appeal(who, "again", new_id())
    assert (await hall.rooms.blocks.one(appeal.id)).reason == "I was in hospital"
    await hall.rooms.blocks.answer(OPS, appeal.id, AppealState.GRANTED, "get well", new_id())
    with pytest.raises(AppealSettled):
        await hall.rooms.blocks.answer(OPS, appeal.id, AppealState.REFUSED, "no", new_id())
    assert (await hall.hold(who, slot)).state is BookingState.HELD


async def test_a_closed_day_cancels_or_moves_those_who_are_booked(hall: Hall) -> None:
    people = [(who := hall.citizen(), await hall.booked(who, slot)) for slot in hall.of_counter(0)[:2]]
    closed = DayException(hall.counters[0], hall.day, (), Said("停电", "No power"), move=True)
    shown = await hall.rooms.schedules.preview(DESK, closed)
    assert (shown.slots, shown.bookings) == (4, 2)
    await hall.rooms.schedules.except_day(DESK, closed, new_id())
    while await hall.rooms.schedules.settle():
        pass
    for who, booking in people:
        found = await hall.rooms.bookings.one(who, booking.id)
        assert (found.state, found.resource) == (BookingState.BOOKED, hall.counters[1])
        assert (await hall.events(who))[-1] == "appointment.moved_by_venue"
    everything = DayException(hall.venue.id, hall.day, (), Said("停电", "No power"))
    await hall.rooms.schedules.except_day(DESK, everything, new_id())
    while await hall.rooms.schedules.settle():
        pass
    for who, booking in people:
        found = await hall.rooms.bookings.one(who, booking.id)
        assert (found.state, found.cancelled_by) == (BookingState.CANCELLED, CancelledBy.VENUE)
        assert (found.reason, found.reason_en) == ("停电", "No power")
    assert await hall.rooms.slots.of_service(hall.service, hall.day, hall.day) == []


async def test_who_cannot_be_moved_to_the_nearest_time_is_moved_to_the_next_one(hall: Hall) -> None:
    who, (first, second, third, _), (same, other, *_) = hall.citizen(), hall.of_counter(0), hall.of_counter(1)
    booked = await hall.booked(who, first)
    await hall.booked(who, other)
    await hall.booked(hall.citizen(), same)
    later = Window(1, time(9, 30), time(11), 30)
    await hall.rooms.schedules.except_day(DESK, DayException(hall.counters[0], hall.day, (later,), move=True), new_id())
    while await hall.rooms.schedules.settle():
        pass
    assert second.starts_at == other.starts_at, "he is elsewhere at the nearest free time"
    assert (await hall.rooms.bookings.one(who, booked.id)).slot == third.id


async def test_a_day_that_is_restored_has_its_times_again(hall: Hall) -> None:
    closed = DayException(hall.venue.id, hall.day)
    await hall.booked(hall.citizen(), hall.slots[0])
    await hall.rooms.schedules.except_day(DESK, closed, new_id())
    await hall.rooms.schedules.settle()
    await hall.rooms.schedules.drop_exception(DESK, hall.venue.id, hall.day, new_id())
    hall.clock.advance(minutes=1)
    await hall.sweep()
    slots = await hall.rooms.slots.of_service(hall.service, hall.day, hall.day)
    assert [(slot.id, slot.free) for slot in slots] == [(slot.id, 1) for slot in hall.slots]


async def test_making_slots_again_makes_none(hall: Hall) -> None:
    assert await hall.rooms.slots.make_all() == 0
    hall.clock.advance(days=1)
    assert await hall.rooms.slots.make_all() == 8


async def test_who_leaves_the_city_is_given_back_what_he_paid_before_his_rows_go(hall: Hall) -> None:
    who, payments = hall.citizen(), hall.rooms.payments
    held = await hall.hold(who, hall.slots[0], hall.paid)
    await payments.confirm(who, held.id, new_id())
    hall.charges.pay(held.id)
    assert await payments.settle_due() == 1
    assert (await payments.confirm(who, held.id, new_id())).state is BookingState.BOOKED, "the app says so afterwards"
    parting = BookingsEnd(hall.rooms.bookings, payments, hall.rooms.waiting, hall.rooms.blocks)
    hall.charges.down = True
    with pytest.raises(Unavailable):
        await parting.part(str(who.subject))
    hall.charges.down = False
    await parting.part(str(who.subject))
    await parting.part(str(who.subject))
    assert hall.charges.given_back == [held.id]
    assert (await hall.rooms.bookings.one(who, held.id)).payment is PaymentState.REFUNDED


async def test_who_leaves_the_city_leaves_no_seat_taken(hall: Hall) -> None:
    who = hall.citizen()
    await hall.booked(who, hall.slots[0])
    await hall.hold(who, hall.of_counter(0)[2], hall.paid)
    await hall.rooms.bookings.end_all(OPS, str(who.subject))
    hall.clock.advance(minutes=9)
    await hall.sweep()
    assert [(await hall.slot(slot)).free for slot in hall.slots] == [1] * 8
    page = await hall.rooms.bookings.mine(who, PageRequest(10))
    assert [one.state for one in page.items] == [BookingState.CANCELLED]
