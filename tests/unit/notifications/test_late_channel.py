"""A channel that is made when it is needed: once, whoever asks first, and not at all when nobody does."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from notifications.channels.base import (
    Delivery,
    DeliveryOutcome,
    Push,
    PushChannel,
    PushMessage,
    PushTarget,
    TargetKind,
)
from notifications.channels.late import LatePush


class Recording:
    def __init__(self) -> None:
        self.sent: list[Push] = []
        self.closed = False

    async def send(self, pushes: Sequence[Push]) -> list[Delivery]:
        self.sent += pushes
        return [Delivery(DeliveryOutcome.ACCEPTED) for _ in pushes]

    async def aclose(self) -> None:
        self.closed = True


PUSH = Push(PushTarget(TargetKind.TOKEN, "t"), PushMessage("m", "title", "body"))


async def test_many_who_send_at_once_share_one_channel() -> None:
    made: list[Recording] = []

    def make() -> PushChannel:
        made.append(Recording())
        return made[-1]

    late = LatePush(make)
    await asyncio.gather(*(late.send([PUSH]) for _ in range(20)))
    await late.aclose()
    (only,) = made
    assert (len(only.sent), only.closed) == (20, True)


async def test_what_was_never_needed_is_neither_made_nor_closed() -> None:
    def make() -> PushChannel:
        raise AssertionError

    await LatePush(make).aclose()


async def test_credentials_that_cannot_be_read_are_told_to_who_asks_whether_it_is_ready() -> None:
    def make() -> PushChannel:
        raise ValueError("no such file")

    with pytest.raises(ValueError, match="no such file"):
        await LatePush(make).ready()
