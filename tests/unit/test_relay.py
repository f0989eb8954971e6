"""The relay: how long it waits before it tries again, and that one event in trouble holds up no other."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from app.core.events import Event
from app.core.outbox import Claim, Outbox
from app.jobs.relay import Relay
from notifications.dispatch.model import RetryLater

SUSPENDED = Event("e1", "card.suspended", "c", {"card": "card-1"}, datetime(2026, 3, 2, 8, 0, tzinfo=UTC))


class Rows:
    """An outbox of claims made ready; keeps what became of each."""

    def __init__(self, *attempts: int) -> None:
        self.claims = [Claim(replace(SUSPENDED, id=f"e{n}"), "fence", n) for n in attempts]
        self.settled: list[tuple[str, timedelta | None, str]] = []

    async def claim(self, most: int = 50, lease: timedelta | None = None) -> list[Claim]:
        claims, self.claims = self.claims, []
        return claims

    async def done(self, claim: Claim) -> bool:
        self.settled.append((claim.event.id, None, ""))
        return True

    async def again(self, claim: Claim, after: timedelta, reason: str) -> bool:
        self.settled.append((claim.event.id, after, reason))
        return True


async def relayed(rows: Rows, tell: Any) -> list[tuple[str, timedelta | None, str]]:
    relay = Relay(cast(Outbox, rows), tell)
    assert await relay.round() > 0
    await relay.finish()
    return rows.settled


async def test_the_relay_waits_longer_each_time_and_an_hour_at_most() -> None:
    async def fails(event: Event) -> None:
        raise RuntimeError("the text of this is for nobody")

    settled = await relayed(Rows(1, 2, 3, 6, 11, 12, 19), fails)
    assert [wait.total_seconds() for _, wait, _ in settled if wait] == [2, 4, 8, 64, 2048, 3600, 3600]
    assert {reason for _, _, reason in settled} == {"RuntimeError"}


async def test_the_relay_keeps_to_what_a_channel_asks_for() -> None:
    async def busy(event: Event) -> None:
        raise RetryLater(timedelta(seconds=30))

    settled = await relayed(Rows(1, 8), busy)
    assert [wait for _, wait, _ in settled] == [timedelta(seconds=30), timedelta(seconds=256)]


async def test_one_event_in_trouble_does_not_hold_up_the_others() -> None:
    async def fussy(event: Event) -> None:
        if event.id == "e2":
            raise RuntimeError

    settled = await relayed(Rows(1, 2, 3), fussy)
    assert sorted((id_, wait is None) for id_, wait, _ in settled) == [("e1", True), ("e2", False), ("e3", True)]


async def test_the_relay_goes_on_while_a_slow_channel_takes_its_time() -> None:
    told, slow = [], asyncio.Event()

    async def slow_for_one(event: Event) -> None:
        if event.id == "e1":
            await slow.wait()
        told.append(event.id)

    rows = Rows(1)
    relay = Relay(cast(Outbox, rows), slow_for_one)
    await relay.round()
    rows.claims = Rows(2, 3).claims
    assert await relay.round() == 2
    await asyncio.sleep(0)
    assert told == ["e2", "e3"]
    slow.set()
    await relay.finish()
    assert told == ["e2", "e3", "e1"]


async def test_who_is_not_done_before_the_lease_ends_is_stopped_and_tried_again() -> None:
    ended = []

    async def hangs(event: Event) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(event.id)

    rows = Rows(1)
    relay = Relay(cast(Outbox, rows), hangs, within=0.01)
    assert await relay.round() == 1
    await relay.finish()
    assert rows.settled == [("e1", timedelta(seconds=2), "TimeoutError")]
    assert ended == ["e1"]
