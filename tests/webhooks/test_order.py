"""The order of a subject's events, with several workers, receivers that fail, and events taken in any order."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from dataclasses import dataclass, field

import pytest

from app.core.events import Event
from notifications.webhooks.deliveries.model import DeliveryState
from notifications.webhooks.sending.service import LEASE
from tests.webhooks.conftest import Provider, answer

SUBJECTS, EVENTS = 4, 40


@dataclass
class Model:
    """What must hold: of each address and subject, an event is never sent while an earlier one is neither accepted
    nor given up; and what was accepted is not sent again."""

    subject_of: dict[str, str]
    accepted: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))

    def check(self, got: list[tuple[str, str, bool]]) -> None:
        for url, event, good in got:
            told = self.accepted[url, self.subject_of[event]]
            assert event not in told, "sent again after it was accepted"
            assert not told or told[-1] < event, "sent before an earlier one of its subject"
            if good:
                told.append(event)

    def complete(self, urls: list[str], events: list[Event]) -> None:
        for url in urls:
            for subject in set(self.subject_of.values()):
                wanted = [event.id for event in events if self.subject_of[event.id] == subject]
                assert self.accepted[url, subject] == wanted


@pytest.mark.parametrize("seed", range(6))
async def test_events_of_a_subject_arrive_in_their_order_and_each_once(provider: Provider, seed: int) -> None:
    rng = random.Random(seed)
    provider.receivers.rng, provider.receivers.failing = rng, 0.3
    shown = [await provider.endpoint(f"https://{n}.test/") for n in range(2)]
    events = [await provider.event(subject=f"d{rng.randrange(SUBJECTS)}") for _ in range(EVENTS)]
    model = Model({event.id: str(event.facts["disclosure"]) for event in events})
    couriers = [provider.city.courier, provider.another_courier(), provider.another_courier()]

    taken = asyncio.gather(*(_take_later(provider, event, rng.uniform(0, 0.5)) for event in events))
    while not taken.done() or await _waiting(provider):
        await asyncio.gather(*(courier.round() for courier in couriers))
        await asyncio.sleep(rng.uniform(0, 0.01))
        if rng.random() < 0.3:  # retries come due, but no lease ends while its holder is at work
            provider.clock.advance(seconds=rng.choice((1, 5, 20)))
        if taken.done():
            await asyncio.gather(*(courier.finish() for courier in couriers))
            provider.clock.advance(minutes=10)
    await taken

    model.check(provider.receivers.got)
    model.complete([one.endpoint.url for one in shown], events)


async def _take_later(provider: Provider, event: Event, after: float) -> None:
    await asyncio.sleep(after)
    await provider.city.services.webhook_deliveries.take(event)


async def _waiting(provider: Provider) -> int:
    return int(await provider.city.db["webhook_deliveries"].count_documents({"state": "waiting"}))


async def test_a_later_event_waits_for_an_earlier_one_and_another_subject_does_not(provider: Provider) -> None:
    await provider.endpoint()
    provider.receivers.says["https://one.test/"] = answer(500)
    first = await provider.happened(subject="d1")
    await provider.send()
    provider.receivers.says.clear()
    second, other = await provider.happened(subject="d1"), await provider.happened(subject="d2")
    await provider.send()
    assert [event for _, event in provider.receivers.begun] == [first.id, other.id]
    provider.clock.advance(minutes=1)
    await provider.send()
    assert [event for _, event in provider.receivers.begun] == [first.id, other.id, first.id, second.id]


async def test_an_event_whose_earlier_one_still_lies_in_the_outbox_takes_it_along(provider: Provider) -> None:
    shown = await provider.endpoint()
    first = await provider.event(subject="d1")
    elsewhere = await provider.event(subject="d2")
    second = await provider.happened(subject="d1", type_="disclosure.disputed")
    await provider.send()
    await provider.city.services.webhook_deliveries.take(first)
    await provider.city.services.webhook_deliveries.take(elsewhere)
    await provider.send()
    assert [event for _, event in provider.receivers.begun] == [first.id, second.id, elsewhere.id]
    assert len(await provider.log(shown.endpoint)) == 3


async def test_what_follows_goes_on_when_the_earlier_one_was_given_up(provider: Provider) -> None:
    shown = await provider.endpoint()
    provider.receivers.says["https://one.test/"] = answer(500)
    await provider.happened(subject="d1")
    for _ in range(30):
        await provider.send()
        provider.clock.advance(hours=1)
    provider.receivers.says.clear()
    await provider.happened(subject="d1")
    await provider.send()
    assert [row.state for row in await provider.log(shown.endpoint)] == [DeliveryState.DEAD, DeliveryState.DELIVERED]


async def test_what_a_vanished_worker_had_begun_is_sent_again_under_the_same_id_before_what_follows(
    provider: Provider,
) -> None:
    shown = await provider.endpoint()
    first, second = await provider.happened(subject="d1"), await provider.happened(subject="d1")
    vanished = provider.another_courier()
    (lease,) = await vanished._endpoints.claim(provider.clock.now(), 1, LEASE)
    (sent, *_) = await vanished._batch(lease.endpoint)
    await provider.receivers.send(shown.endpoint.url, {"webhook-id": sent.event}, sent.body.encode())

    await provider.send()
    assert [event for _, event in provider.receivers.begun] == [first.id]
    provider.clock.advance(seconds=LEASE.total_seconds())
    await provider.send()
    assert [event for _, event in provider.receivers.begun] == [first.id, first.id, second.id]


async def test_a_worker_whose_lease_ended_settles_nothing_and_sends_nothing_more(provider: Provider) -> None:
    shown = await provider.endpoint()
    await provider.happened(subject="d1")
    late = provider.another_courier()
    (lease,) = await late._endpoints.claim(provider.clock.now(), 1, LEASE)
    provider.clock.advance(seconds=LEASE.total_seconds())
    await provider.send()
    settled = await provider.log(shown.endpoint)
    await late._serve(lease)
    assert await provider.log(shown.endpoint) == settled
    assert len(provider.receivers.begun) == 1
    await provider.happened(subject="d1")
    await provider.send()
    assert len(provider.receivers.begun) == 2


async def test_what_is_queued_while_an_endpoint_is_laid_down_is_not_forgotten(provider: Provider) -> None:
    await provider.endpoint()
    events = []
    for _ in range(25):
        events.append(await provider.happened())
        await provider.city.courier.round()
        events.append(await provider.happened())
    await provider.city.courier.finish()
    await provider.send()
    assert sorted(event for _, event in provider.receivers.begun) == sorted(event.id for event in events)


async def test_many_that_wait_behind_one_that_is_due_do_not_hide_it(provider: Provider) -> None:
    await provider.endpoint()
    provider.receivers.says["https://one.test/"] = answer(500)
    first = await provider.happened(subject="d1")
    for _ in range(4):
        provider.clock.advance(minutes=3)
        await provider.send()
    provider.receivers.begun.clear()
    later = [await provider.happened(subject="d1") for _ in range(70)]
    provider.clock.advance(minutes=11)  # nobody looked meanwhile: it is due, after those that must wait for it
    provider.receivers.says.clear()
    for _ in range(200):
        await provider.city.courier.round()
        await provider.city.courier.finish()
        provider.clock.advance(seconds=0.2)
        if len(provider.receivers.begun) > len(later):
            break
    assert [event for _, event in provider.receivers.begun] == [first.id, *(one.id for one in later)]


async def test_much_else_that_a_citizen_waits_for_does_not_hide_an_earlier_event(provider: Provider) -> None:
    await provider.endpoint()
    for n in range(200):
        quiet = Event(f"0{n:03}", "delivery.push", "citizen-1", {}, provider.clock.now())
        await provider.city.outbox.later(quiet, provider.clock.now())
    first = await provider.event(subject="d1")
    second = await provider.happened(subject="d1", type_="disclosure.disputed")
    await provider.send()
    assert [event for _, event in provider.receivers.begun] == [first.id, second.id]
