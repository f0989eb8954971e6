"""Checking in by the card's code, and what becomes of the booking."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from app.core.ids import new_id
from app.domains.appointments.booking.bookings.model import BookingState, CancelledBy, PaymentState
from app.domains.appointments.hall.arrivals.errors import (
    AlreadyCheckedIn,
    CameTooEarly,
    CameTooLate,
    NoBookingToday,
    WrongVenue,
)
from app.domains.appointments.hall.queues.model import Hours, Lane
from app.domains.appointments.hall.tickets.model import Priority, TakenBy, TicketState
from app.domains.appointments.times.venues.errors import VenueUnknown
from app.domains.appointments.times.venues.model import VenueKind
from tests.queues.conftest import Hall, at, hall_of
from virtual_card.codes.errors import CodeForOtherPurpose, CodeUsed


async def _check_in(hall: Hall, code: str, key: str | None = None):  # type: ignore[no-untyped-def]
    return await hall.rooms.arrivals.check_in(hall.clerk, hall.venue.id, code, key or new_id())


async def test_who_booked_checks_in_and_goes_before_who_did_not(hall: Hall) -> None:
    await hall.paper()
    person = await hall.with_card(await hall.person())
    booking = await hall.book(person, at(hall, 10, 0))

    done = await _check_in(hall, await hall.code(person))
    counter = await hall.open()
    called = await hall.call(counter)

    assert (done.ticket.lane, done.ticket.taken_by, done.late) == (Lane.BOOKED, TakenBy.CHECK_IN, False)
    assert called.id == done.ticket.id
    assert (await hall.booking(booking)).state is BookingState.CALLED
    await hall.serve(counter)
    assert (await hall.booking(booking)).state is BookingState.SERVED


async def test_a_visit_is_counted_once_a_day_and_matter(hall: Hall) -> None:
    person = await hall.with_card(await hall.person())
    booking = await hall.book(person, at(hall, 10, 0))
    await _check_in(hall, await hall.code(person))
    counter = await hall.open()
    await hall.call(counter)
    await hall.serve(counter)

    (visit,) = await hall.events("visit.made")
    assert visit["facts"]["item"] == "ID-CARD"  # type: ignore[index]
    assert visit["facts"]["booking"] == booking.id  # type: ignore[index]


async def test_the_citizen_sees_who_looked(hall: Hall) -> None:
    person = await hall.with_card(await hall.person())
    await hall.book(person, at(hall, 10, 0))
    await _check_in(hall, await hall.code(person))

    rows = await hall.city.db["disclosures"].find({"citizen": person.subject}).to_list(None)
    assert [(row["organisation"], row["purpose"]) for row in rows] == [(hall.organisation, "service_hall")]


async def test_a_repeat_under_one_key_checks_in_once(hall: Hall) -> None:
    person = await hall.with_card(await hall.person())
    await hall.book(person, at(hall, 10, 0))
    code, key = await hall.code(person), new_id()

    assert await _check_in(hall, code, key) == await _check_in(hall, code, key)
    with pytest.raises(CodeUsed):
        await _check_in(hall, code)


async def test_checking_in_twice_tells_the_number(hall: Hall) -> None:
    person = await hall.with_card(await hall.person())
    await hall.book(person, at(hall, 10, 0))
    done = await _check_in(hall, await hall.code(person))

    with pytest.raises(AlreadyCheckedIn) as again:
        await _check_in(hall, await hall.code(person))
    assert again.value.number == done.ticket.number


async def test_more_than_an_hour_before_is_too_early(hall: Hall) -> None:
    person = await hall.with_card(await hall.person())
    booking = await hall.book(person, at(hall, 15, 0))

    with pytest.raises(CameTooEarly) as early:
        await _check_in(hall, await hall.code(person))
    assert early.value.opens_at == booking.starts_at - timedelta(hours=1)
    assert (await hall.booking(booking)).state is BookingState.BOOKED


async def test_who_is_late_stands_in_the_queue_like_one_without_a_booking(hall: Hall) -> None:
    person = await hall.with_card(await hall.person())
    booking = await hall.book(person, at(hall, 9, 0))

    done = await _check_in(hall, await hall.code(person))

    assert (done.late, done.ticket.lane) == (True, Lane.ORDINARY)
    assert (await hall.booking(booking)).state is BookingState.ARRIVED


async def test_who_is_late_at_a_closed_queue_is_too_late(hall: Hall) -> None:
    person = await hall.with_card(await hall.person())
    await hall.book(person, at(hall, 9, 0))
    await hall.rooms.queues.set_open(hall.clerk, hall.queues["A"].id, False, new_id())

    with pytest.raises(CameTooLate):
        await _check_in(hall, await hall.code(person))


async def test_who_booked_nothing_is_told_so(hall: Hall) -> None:
    person = await hall.with_card(await hall.person())
    await hall.book(person, at(hall, 10, 0) + timedelta(days=1))

    with pytest.raises(NoBookingToday):
        await _check_in(hall, await hall.code(person))


async def test_a_booking_at_another_venue_of_the_organisation_is_told_of_elsewhere_not(hall: Hall) -> None:
    from dataclasses import replace

    branch = replace(hall.venue, id=f"{hall.organisation}.branch")
    await hall.rooms.venues.save_venue(hall.clerk, branch, new_id())
    other = await hall_of(hall.city, hall.clock)
    person = await hall.with_card(await hall.person())
    elsewhere = await hall.book(person, at(hall, 10, 0), venue=other.venue.id)
    with pytest.raises(NoBookingToday):
        await _check_in(hall, await hall.code(person))

    await hall.book(person, at(hall, 10, 30), venue=branch.id)
    with pytest.raises(WrongVenue) as wrong:
        await _check_in(hall, await hall.code(person))
    assert wrong.value.venue == branch.id
    assert (await hall.booking(elsewhere)).state is BookingState.BOOKED


async def test_a_venue_of_somebody_else(hall: Hall) -> None:
    other = await hall_of(hall.city, hall.clock)
    with pytest.raises(VenueUnknown):
        await hall.rooms.arrivals.check_in(hall.clerk, other.venue.id, "x" * 20, new_id())


async def test_a_hospital_asks_for_the_code_of_its_purpose(hall: Hall) -> None:
    hospital = await hall_of(hall.city, hall.clock, VenueKind.HOSPITAL)
    person = await hospital.with_card(await hall.person())

    with pytest.raises(CodeForOtherPurpose):
        await _check_in(hospital, await hospital.code(person))


async def test_who_gives_the_number_back_is_booked_again(hall: Hall) -> None:
    person = await hall.with_card(await hall.person())
    booking = await hall.book(person, at(hall, 10, 0))
    done = await _check_in(hall, await hall.code(person))

    await hall.rooms.tickets.leave(person, done.ticket.id, new_id())

    assert (await hall.booking(booking)).state is BookingState.BOOKED


async def test_a_number_at_the_kiosk_is_the_holders(hall: Hall) -> None:
    person = await hall.with_card(await hall.person(date(1950, 1, 1)))
    code = await hall.code(person)
    drawn = await hall.rooms.arrivals.draw(hall.clerk, hall.queues["A"].id, code, None, None, new_id())

    assert (drawn.citizen, drawn.priority, drawn.taken_by) == (person.subject, Priority.AGE, TakenBy.KIOSK)


async def test_the_desk_attests_what_it_sees(hall: Hall) -> None:
    queue = hall.queues["A"].id
    drawn = await hall.rooms.arrivals.draw(hall.clerk, queue, None, Priority.DISABILITY, None, new_id())

    assert (drawn.citizen, drawn.lane) == (None, Lane.PRIORITY)


async def test_when_the_day_is_over_who_waited_is_refunded_and_who_missed_his_call_was_not_there(hall: Hall) -> None:
    waiting = await hall.with_card(await hall.person())
    missed = await hall.with_card(await hall.person())
    first = await hall.book(missed, at(hall, 9, 50))
    second = await hall.book(waiting, at(hall, 10, 0), fee=500, payment=PaymentState.PAID)
    for one in (missed, waiting):
        await _check_in(hall, await hall.code(one))
    counter = await hall.open()
    await hall.call(counter)
    await hall.rooms.calls.mark_absent(hall.clerk, counter, new_id())
    hall.clock.advance(days=1)

    closed = await hall.rooms.closings.close_what_is_over()
    again = await hall.rooms.closings.close_what_is_over()

    assert (closed, again) == (2, 0)
    assert (await hall.booking(first)).state is BookingState.NO_SHOW
    let_down = await hall.booking(second)
    assert (let_down.state, let_down.cancelled_by) == (BookingState.CANCELLED, CancelledBy.VENUE)
    assert let_down.payment is PaymentState.OWED_BACK
    assert {event["citizen"] for event in await hall.events("ticket.closed")} == {waiting.subject, missed.subject}


async def test_who_stands_at_a_counter_when_the_hall_closes_was_served(hall: Hall) -> None:
    person = await hall.with_card(await hall.person())
    booking = await hall.book(person, at(hall, 10, 0))
    await _check_in(hall, await hall.code(person))
    await hall.call(await hall.open())
    hall.clock.advance(days=1)

    assert await hall.rooms.closings.close_what_is_over() == 1
    assert (await hall.booking(booking)).state is BookingState.SERVED
    assert await hall.events("ticket.closed") == []


async def test_who_came_and_left_the_queue_has_missed_nothing(hall: Hall) -> None:
    person = await hall.with_card(await hall.person())
    booking = await hall.book(person, at(hall, 10, 0))
    done = await _check_in(hall, await hall.code(person))
    await hall.rooms.tickets.leave(person, done.ticket.id, new_id())
    hall.clock.advance(days=1)

    assert await hall.rooms.sweep.note_absent() == 0
    over = await hall.booking(booking)
    assert (over.state, over.cancelled_by) == (BookingState.CANCELLED, CancelledBy.CITIZEN)
    assert (await hall.rooms.blocks.standing(person)).missed == 0


async def test_a_number_that_nobody_settled_does_not_block_its_counter_the_next_day(hall: Hall) -> None:
    early = replace(hall.queues["A"], hours=Hours(time(0), time(14)))
    await hall.rooms.queues.save(hall.clerk, early, new_id())
    await hall.take(await hall.person())
    counter = await hall.open()
    await hall.call(counter)
    hall.clock.advance(hours=8)

    assert await hall.rooms.closings.close_what_is_over() == 1
    assert await hall.rooms.counters.open_at(hall.venue.id) == []
    hall.clock.advance(days=1)
    assert await hall.open() == counter


async def test_who_is_called_at_the_end_of_the_hours_is_served_still(hall: Hall) -> None:
    person = await hall.person()
    ticket = await hall.take(person)
    await hall.open()
    hall.clock.advance(hours=13, minutes=59, seconds=30)

    assert await hall.rooms.closings.close_what_is_over() == 0
    shown = await hall.rooms.tickets.one(person, ticket.id)
    assert shown is not None
    assert shown.ticket.state is TicketState.WAITING
