"""Numbers and calls under race, over four processes: no number twice, nobody called twice, nobody lost."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import time

import pytest

from app.core.ids import global_id, new_id
from app.core.said import Said
from app.core.viewer import Role, Viewer
from app.domains.appointments.hall.queues.model import Hours, Queue
from app.domains.appointments.times.venues.model import Place, Resource, ResourceKind, Venue, VenueKind
from tests.support.api import soon
from tests.support.remote import Door, Town, tally

WINDOWS = 4
PEOPLE = 40


@pytest.fixture
async def hall(town: Town, doors: list[Door], provider: str) -> str:
    """A venue of the provider with a queue and four windows; returns its id when every process knows it."""
    code = f"main-{new_id()[-12:]}"
    clerk = Viewer(role=Role.PROVIDER_CLIENT, actor="c", organisation="races", scopes=frozenset({"appointments"}))
    rooms = town.city.services.appointments
    venue = Venue(f"races.{code}", "races", VenueKind.HALL, Said("大厅"), Said("路"), Place(26, 119))
    await rooms.venues.save_venue(clerk, venue, new_id())
    for window in windows(venue.id):
        made = Resource(window, venue.id, "races", ResourceKind.COUNTER, Said("窗口"))
        await rooms.venues.save_resource(clerk, made, new_id())
    hours = Hours(time(0), time(23, 59, 59))
    queue = Queue(venue.id, "races", "A", Said("办证"), (), hours)
    await rooms.queues.save(clerk, queue, new_id())

    place = global_id("Venue", venue.id)

    async def known() -> bool:
        seen = [await one.data("QueueBoard", provider, "provider", venueId=place) for one in doors]
        return all(seen)

    await soon(known)
    return venue.id


def windows(venue: str) -> list[str]:
    return [f"{venue}-window-{n}" for n in range(WINDOWS)]


def _queue(venue: str) -> str:
    return global_id("ServiceQueue", f"{venue}:A")


async def _opened(doors: list[Door], provider: str, venue: str) -> list[str]:
    counters = [global_id("VenueResource", window) for window in windows(venue)]
    for counter in counters:
        opening = {"resourceId": counter, "queueIds": [_queue(venue)], "key": new_id()}
        opened = await doors[0].data("OpenCounter", provider, "provider", **opening)
        assert opened["__typename"] == "CounterOpened", opened
    return counters


async def _draw(door: Door, provider: str, venue: str) -> str:
    drawn = await door.data("DrawNumber", provider, "provider", queueId=_queue(venue), key=new_id())
    assert drawn["__typename"] == "NumberTaken", drawn
    return str(drawn["ticket"]["number"])


async def test_of_numbers_drawn_at_once_none_is_given_twice(doors: list[Door], provider: str, hall: str) -> None:
    numbers = await asyncio.gather(*(_draw(doors[n % 4], provider, hall) for n in range(PEOPLE)))

    assert sorted(numbers) == [f"A{n:03d}" for n in range(1, PEOPLE + 1)]


async def test_who_taps_at_once_on_all_phones_gets_one_number(town: Town, doors: list[Door], hall: str) -> None:
    person = await town.account()
    results = await asyncio.gather(
        *(doors[n % 4].data("TakeNumber", person.token, queueId=_queue(hall), key=new_id()) for n in range(12))
    )

    assert tally(results) == {"NumberTaken": 1, "TicketHeld": 11}


async def test_counters_that_call_at_once_never_call_the_same(doors: list[Door], provider: str, hall: str) -> None:
    drawn = [await _draw(doors[n % 4], provider, hall) for n in range(PEOPLE)]
    counters = await _opened(doors, provider, hall)

    async def works(door: Door, counter: str) -> list[str]:
        called = []
        while True:
            answer = await door.data("CallNext", provider, "provider", resourceId=counter, key=new_id())
            if answer["__typename"] == "NobodyWaiting":
                return called
            assert answer["__typename"] == "TicketCalled", answer
            called.append(str(answer["ticket"]["number"]))
            await door.data("MarkServed", provider, "provider", resourceId=counter, key=new_id())

    called = await asyncio.gather(*(works(doors[n], counters[n]) for n in range(WINDOWS)))

    everybody = [number for numbers in called for number in numbers]
    assert Counter(everybody) == Counter(drawn)
    for numbers in called:
        assert numbers == sorted(numbers)


async def test_one_counter_called_from_everywhere_has_one_at_it(doors: list[Door], provider: str, hall: str) -> None:
    for _ in range(8):
        await _draw(doors[0], provider, hall)
    counter = (await _opened(doors, provider, hall))[0]
    results = await asyncio.gather(
        *(doors[n % 4].data("CallNext", provider, "provider", resourceId=counter, key=new_id()) for n in range(8))
    )

    assert tally(results) == {"TicketCalled": 1, "CounterBusy": 7}
