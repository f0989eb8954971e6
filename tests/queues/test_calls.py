"""Numbers are taken, called and settled, and those who wait are told."""

from __future__ import annotations

from datetime import date

import pytest

from app.core.ids import new_id
from app.domains.appointments.hall.counters.errors import (
    CounterBusy,
    CounterClosed,
    CounterUnknown,
    NobodyCalled,
    NobodyWaiting,
)
from app.domains.appointments.hall.queues.errors import QueueClosed, QueueFull, QueueUnknown
from app.domains.appointments.hall.queues.model import Lane
from app.domains.appointments.hall.tickets.errors import (
    AlreadyReturned,
    TicketHeld,
    TicketNotOpen,
    TicketOfAnotherDay,
    TicketUnknown,
    TooManyNumbers,
)
from app.domains.appointments.hall.tickets.model import Priority, TicketState
from tests.queues.conftest import Hall, hall_of

ELDER = date(1950, 1, 1)


async def test_numbers_of_a_day_count_up_by_letter(hall: Hall) -> None:
    taken = [await hall.take(await hall.person()) for _ in range(3)]
    other = await hall.take(await hall.person(), "B")

    assert [one.number for one in taken] == ["A001", "A002", "A003"]
    assert other.number == "B001"


async def test_a_new_day_starts_anew(hall: Hall) -> None:
    await hall.take(await hall.person())
    hall.clock.advance(days=1)

    assert (await hall.take(await hall.person())).number == "A001"


async def test_who_waits_is_called_told_and_served(hall: Hall) -> None:
    person = await hall.person()
    ticket = await hall.take(person)
    counter = await hall.open()

    called = await hall.call(counter)
    served = await hall.serve(counter)

    assert (called.id, called.state, called.counter) == (ticket.id, TicketState.CALLED, counter)
    assert served.state is TicketState.SERVED
    (told,) = await hall.events("ticket.called")
    assert told["citizen"] == person.subject
    assert told["facts"]["counter"] == {"zh": "1号窗口", "en": "Window 1"}  # type: ignore[index]


async def test_elders_go_before_but_two_in_a_row_only(hall: Hall) -> None:
    ordinary = [(await hall.take(await hall.person())).number for _ in range(2)]
    elders = [(await hall.take(await hall.person(ELDER))).number for _ in range(3)]
    counter = await hall.open()

    order = []
    for _ in range(5):
        order.append((await hall.call(counter)).number)
        await hall.serve(counter)

    assert order == [elders[0], elders[1], ordinary[0], elders[2], ordinary[1]]


async def test_what_gives_priority(hall: Hall) -> None:
    elder = await hall.take(await hall.person(ELDER))
    veteran = await hall.take(await hall.person(tags=("veteran",)))
    disabled = await hall.take(await hall.person(tags=("disabled",)))
    neither = await hall.take(await hall.person())

    assert [one.priority for one in (elder, veteran, disabled, neither)] == [
        Priority.AGE,
        Priority.MILITARY,
        Priority.DISABILITY,
        None,
    ]
    assert [one.lane for one in (elder, neither)] == [Lane.PRIORITY, Lane.ORDINARY]


async def test_one_waits_once_in_a_queue(hall: Hall) -> None:
    person = await hall.person()
    first = await hall.take(person)

    with pytest.raises(TicketHeld) as held:
        await hall.take(person)
    assert held.value.number == first.number


async def test_taking_and_giving_back_is_bounded(hall: Hall) -> None:
    person = await hall.person()
    for _ in range(5):
        ticket = await hall.take(person)
        await hall.rooms.tickets.leave(person, ticket.id, new_id())

    with pytest.raises(TooManyNumbers):
        await hall.take(person)


async def test_a_repeat_under_one_key_takes_one_number(hall: Hall) -> None:
    person, key = await hall.person(), new_id()
    once = await hall.rooms.tickets.take(person, hall.queues["A"].id, None, key)
    again = await hall.rooms.tickets.take(person, hall.queues["A"].id, None, key)

    assert once == again


async def test_a_queue_gives_no_more_than_its_quota(hall: Hall) -> None:
    from dataclasses import replace

    await hall.rooms.queues.save(hall.clerk, replace(hall.queues["A"], quota=2), new_id())
    await hall.paper()
    await hall.paper()

    with pytest.raises(QueueFull):
        await hall.paper()


async def test_a_queue_that_was_closed_gives_none_and_goes_on_calling(hall: Hall) -> None:
    await hall.paper()
    await hall.rooms.queues.set_open(hall.clerk, hall.queues["A"].id, False, new_id())
    counter = await hall.open()

    with pytest.raises(QueueClosed):
        await hall.paper()
    assert (await hall.call(counter)).number == "A001"


async def test_a_queue_nobody_knows(hall: Hall) -> None:
    with pytest.raises(QueueUnknown):
        await hall.rooms.tickets.take(await hall.person(), "nowhere:A", None, new_id())


async def test_somebody_elses_number_is_unknown(hall: Hall) -> None:
    ticket = await hall.take(await hall.person())
    stranger = await hall.person()

    with pytest.raises(TicketUnknown):
        await hall.rooms.tickets.leave(stranger, ticket.id, new_id())
    assert await hall.rooms.tickets.one(stranger, ticket.id) is None


async def test_at_a_counter_there_is_one_at_a_time(hall: Hall) -> None:
    await hall.paper()
    await hall.paper()
    counter = await hall.open()
    await hall.call(counter)

    with pytest.raises(CounterBusy) as busy:
        await hall.call(counter)
    assert busy.value.number == "A001"


async def test_what_a_counter_cannot_do(hall: Hall) -> None:
    counter = await hall.open()
    with pytest.raises(NobodyWaiting):
        await hall.call(counter)
    with pytest.raises(NobodyCalled):
        await hall.serve(counter)
    with pytest.raises(CounterUnknown):
        await hall.call("nobody.window-9")
    await hall.rooms.counters.close(hall.clerk, counter, new_id())
    with pytest.raises(CounterClosed):
        await hall.call(counter)


async def test_another_organisations_counter_is_unknown(hall: Hall) -> None:
    other = await hall_of(hall.city, hall.clock)
    counter = await other.open()

    with pytest.raises(CounterUnknown):
        await hall.call(counter)


async def test_who_missed_the_call_comes_back_behind_three_once(hall: Hall) -> None:
    person, counter = await hall.person(), await hall.open()
    missed = await hall.take(person)
    for _ in range(5):
        await hall.paper()
    await hall.call(counter)
    await hall.rooms.calls.mark_absent(hall.clerk, counter, new_id())

    back = await hall.rooms.tickets.come_back(person, missed.id, new_id())
    order = []
    for _ in range(4):
        order.append((await hall.call(counter)).number)
        if order[-1] != missed.number:
            await hall.serve(counter)
    await hall.rooms.calls.mark_absent(hall.clerk, counter, new_id())

    assert back.state is TicketState.WAITING
    assert order == ["A002", "A003", "A004", "A001"]
    with pytest.raises(AlreadyReturned):
        await hall.rooms.tickets.come_back(person, missed.id, new_id())


async def test_who_comes_back_to_an_empty_queue_is_called_at_once(hall: Hall) -> None:
    person, counter = await hall.person(), await hall.open()
    missed = await hall.take(person)
    await hall.call(counter)
    await hall.rooms.calls.mark_absent(hall.clerk, counter, new_id())
    await hall.rooms.calls.put_back(hall.clerk, missed.id, new_id())

    assert (await hall.call(counter)).id == missed.id


async def test_yesterdays_number_does_not_come_back(hall: Hall) -> None:
    person, counter = await hall.person(), await hall.open()
    missed = await hall.take(person)
    await hall.call(counter)
    await hall.rooms.calls.mark_absent(hall.clerk, counter, new_id())
    hall.clock.advance(days=1)

    with pytest.raises(TicketOfAnotherDay):
        await hall.rooms.tickets.come_back(person, missed.id, new_id())


async def test_a_number_that_waits_is_not_absent(hall: Hall) -> None:
    person = await hall.person()
    ticket = await hall.take(person)

    with pytest.raises(TicketNotOpen):
        await hall.rooms.tickets.come_back(person, ticket.id, new_id())


async def test_a_recall_tells_once_more(hall: Hall) -> None:
    await hall.take(await hall.person())
    counter = await hall.open()
    await hall.call(counter)
    recalled = await hall.rooms.calls.recall(hall.clerk, counter, new_id())

    assert recalled.recalls == 1
    assert len(await hall.events("ticket.called")) == 2


async def test_whoever_is_sent_to_another_counter_is_its_next(hall: Hall) -> None:
    sent = await hall.take(await hall.person())
    await hall.paper()
    first, second = await hall.open(1), await hall.open(2)
    await hall.call(first)

    await hall.rooms.calls.send_to_counter(hall.clerk, first, second, new_id())

    assert (await hall.call(first)).number == "A002"
    assert (await hall.call(second)).id == sent.id


async def test_a_counter_that_closes_gives_back_whom_it_was_sent(hall: Hall) -> None:
    sent = await hall.take(await hall.person())
    first, second = await hall.open(1), await hall.open(2)
    await hall.call(first)
    await hall.rooms.calls.send_to_counter(hall.clerk, first, second, new_id())
    await hall.rooms.counters.close(hall.clerk, second, new_id())

    assert (await hall.call(first)).id == sent.id


async def test_whoever_goes_on_in_another_queue_keeps_his_rank(hall: Hall) -> None:
    early = await hall.take(await hall.person())
    hall.clock.advance(minutes=5)
    await hall.paper("B")
    first, second = await hall.open(1), await hall.open(2, "B")
    await hall.call(first)

    await hall.rooms.calls.send_to_queue(hall.clerk, first, hall.queues["B"].id, new_id())

    assert (await hall.call(second)).id == early.id


async def test_a_counter_of_two_queues_calls_whoever_waits_longest(hall: Hall) -> None:
    await hall.paper("B")
    hall.clock.advance(minutes=1)
    await hall.paper("A")
    counter = await hall.open(1, "A", "B")

    assert (await hall.call(counter)).number == "B001"


async def test_the_turn_that_is_near_is_told_once(hall: Hall) -> None:
    people = [await hall.person() for _ in range(5)]
    for person in people:
        await hall.take(person)
    counter = await hall.open()
    for _ in range(3):
        await hall.call(counter)
        await hall.serve(counter)

    told = [event["citizen"] for event in await hall.events("ticket.near")]
    assert told == [person.subject for person in people[1:]]
