"""Handing messages over to phones and carriers, once for each target, and learning what became of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from app.core.clock import Clock
from app.core.ids import global_id
from app.core.mongo import Database, Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.sealed import KeyRing
from app.core.tallies import Counting, uncounted
from app.core.viewer import Viewer
from notifications.channels.base import Delivery as Handed
from notifications.channels.base import (
    DeliveryOutcome,
    Push,
    PushChannel,
    PushMessage,
    SmsChannel,
    SmsState,
)
from notifications.deliveries.model import ChannelName, Delivery, Fact, channel_of, push_id, sms_id
from notifications.deliveries.store import DeliveryStore
from notifications.devices.model import PushDevice
from notifications.devices.store import PushDeviceStore
from notifications.messages.model import Message
from notifications.preferences.model import Urgency

# What is not settled by these: the next attempt asks again.
_TRY_AGAIN: Final = frozenset({DeliveryOutcome.RETRY, DeliveryOutcome.BLOCKED})
_SHORTEST_WAIT: Final = 5
_AT_ONCE: Final = 100  # what a killed worker may have sent and not noted
# With the title, the data and three bytes a character this is within the 4,096 bytes that FCM takes.
_LONGEST_RUNG: Final = 500
_LEARNED: Final = {
    SmsState.DELIVERED: Fact.DELIVERED,
    SmsState.UNDELIVERABLE: Fact.BOUNCED,
    SmsState.EXPIRED: Fact.BOUNCED,
}


@dataclass(frozen=True, slots=True)
class Ring:
    """One phone to be rung with these words."""

    message: Message
    device: PushDevice
    title: str
    body: str
    collapse_key: str | None = None

    @property
    def id(self) -> str:
        return push_id(self.message.key, self.message.citizen, self.device.session)

    def push(self) -> Push:
        """Its data are ids as the app knows them: whom it is about (`Rong-Subject`), and what to confirm."""
        message = self.message
        about = {"subject": global_id("Citizen", message.citizen), "inbox_id": global_id("Message", message.id)}
        data = {"event": message.event, **about}
        urgent = message.urgency is not Urgency.NORMAL
        shown = self.body if len(self.body) <= _LONGEST_RUNG else self.body[: _LONGEST_RUNG - 1] + "…"
        # By the line of the inbox, not by its key: a guardian and his wards have a line each of one broadcast.
        words = PushMessage(message.id, self.title, shown, data, self.collapse_key, urgent)
        return Push(self.device.target, words)


class DeliveryService:
    """Also the `Receipts` of the SMS gateway."""

    def __init__(
        self,
        db: Database,
        deliveries: DeliveryStore,
        devices: PushDeviceStore,
        push: PushChannel,
        sms: SmsChannel,
        ring: KeyRing,
        outbox: Outbox,
        clock: Clock,
        count: Counting = uncounted,
    ) -> None:
        self._db = db
        self._deliveries = deliveries
        self._devices = devices
        self._push = push
        self._sms = sms
        self._hashed = partial(ring.keyed_hash, kind="sms message")
        self._outbox = outbox
        self._clock = clock
        self._count = count

    async def ring(self, rings: Sequence[Ring]) -> int:
        """Ring phones that were not rung for this yet; seconds until the rest is to be tried again (0: all settled)."""
        settled = await self._settled([ring.id for ring in rings]) if rings else set()
        due = [ring for ring in rings if ring.id not in settled]
        waits = [await self._rung(due[start : start + _AT_ONCE]) for start in range(0, len(due), _AT_ONCE)]
        return max(waits, default=0)

    async def _rung(self, due: Sequence[Ring]) -> int:
        answers = await self._push.send([ring.push() for ring in due])
        pairs = list(zip(due, answers, strict=True))
        gone = [ring.device for ring, answer in pairs if answer.outcome is DeliveryOutcome.UNREGISTERED]
        if gone:
            await self._devices.drop_many(gone)
        await self._record([self._made_of(*pair) for pair in pairs if pair[1].outcome not in _TRY_AGAIN])
        return max((_wait(answer) for _, answer in pairs if answer.outcome in _TRY_AGAIN), default=0)

    async def text(self, message: Message, recipient: str, phone: str, text: str) -> int:
        """Send one SMS, once; seconds until it is to be tried again (0: settled)."""
        id_ = sms_id(message.key, message.citizen, recipient, self._hashed)
        if await self._settled([id_]):
            return 0
        answer = await self._sms.send(phone, text, id_)
        if answer.outcome in _TRY_AGAIN:
            return _wait(answer)
        await self._record([self._made(id_, message, recipient, ChannelName.SMS, recipient, answer)])
        return 0

    async def reached(self, message: Message, recipient: str) -> bool:
        """Whether a phone of this recipient confirmed the message, or it was read."""
        known = await self._deliveries.of_message(message.citizen, message.id)
        return any(one.recipient == recipient and (one.delivered_at or one.read_at) for one in known)

    async def of(self, message: Message) -> list[Delivery]:
        return await self._deliveries.of_message(message.citizen, message.id)

    async def newest(self, request: PageRequest, outcome: DeliveryOutcome | None = None) -> Page[Delivery]:
        """For the desk, by the time of handing over."""
        return await self._deliveries.newest(request, outcome)

    async def confirm(self, viewer: Viewer, messages: Sequence[Message]) -> int:
        """This phone has shown these messages; how many deliveries that settles. Repeating is safe."""
        now, session = self._clock.now(), viewer.session or ""
        ids = [push_id(m.key, m.citizen, session) for m in messages]
        return sum([await self._reported(one, Fact.DELIVERED, now, None) for one in ids])

    async def read(self, citizen: str, messages: Sequence[str], at: datetime) -> None:
        """Read in the app: a fact of every delivery of these messages, and news to the providers who sent them."""
        await self._deliveries.read_of_city(citizen, messages, at)
        for delivery in await self._deliveries.unread_of_providers(citizen, messages):
            await self._learn(delivery, Fact.READ, at, None)

    async def sms_report(self, message_id: str, state: SmsState, code: str | None, at: datetime) -> None:
        fact = _LEARNED.get(state)
        if fact is not None:
            await self._reported(message_id, fact, at, code)

    async def _reported(self, delivery: str, fact: Fact, at: datetime, why: str | None) -> bool:
        """A report may overtake the note that the message was handed over: then it waits for that. Both sides write
        first and look at the other's afterwards, so that one of them sees both."""
        if not await self._deliveries.settled([delivery]):
            await self._deliveries.park(delivery, fact, at, why, self._clock.now())
            if not await self._deliveries.settled([delivery]):
                return False
        return await self._learn(delivery, fact, at, why)

    async def _settled(self, ids: Sequence[str]) -> set[str]:
        """Those that need no sending; whoever noted them may have died before he looked at what was reported."""
        settled = await self._deliveries.settled(ids)
        await self._catch_up(settled)
        return settled

    async def _record(self, deliveries: Sequence[Delivery]) -> None:
        await self._deliveries.record(deliveries)
        for one in deliveries:
            self._count("deliveries", channel=one.channel.value, outcome=one.outcome.value)
        await self._catch_up([one.id for one in deliveries])

    async def _catch_up(self, ids: Collection[str]) -> None:
        for report in await self._deliveries.parked(ids) if ids else ():
            await self._learn(*report)

    async def _learn(self, delivery: str, fact: Fact, at: datetime, why: str | None) -> bool:
        async def work(tx: Tx) -> bool:
            if not await self._deliveries.learn(delivery, fact, at, why, tx):
                return False
            await self._tell_sender(delivery, fact, tx)
            return True

        learnt = await self._db.transaction(work)
        if learnt and fact is not Fact.READ:  # most are read in one stroke, for all deliveries of a message
            self._count("deliveries", channel=channel_of(delivery).value, outcome=fact.value)
        return learnt

    async def _tell_sender(self, delivery: str, fact: Fact, tx: Tx) -> None:
        known = await self._deliveries.get(delivery, tx)
        if known is None or known.sender is None:
            return
        if known.is_news(fact, await self._deliveries.of_message(known.citizen, known.message, tx)):
            facts = {"organisation": known.sender, "message": known.key, "channel": known.channel.value}
            await self._outbox.add(f"message.{fact.value}", known.citizen, tx, **facts, test=known.test)

    def _made_of(self, ring: Ring, answer: Handed) -> Delivery:
        device = ring.device
        return self._made(ring.id, ring.message, device.citizen, ChannelName.PUSH, device.session, answer)

    def _made(
        self, id_: str, message: Message, recipient: str, channel: ChannelName, target: str, answer: Handed
    ) -> Delivery:
        return Delivery(
            id=id_,
            key=message.key,
            message=message.id,
            citizen=message.citizen,
            recipient=recipient,
            channel=channel,
            target=target,
            outcome=answer.outcome,
            at=self._clock.now(),
            sender=message.template.owner,
            provider_id=answer.provider_id,
            why=answer.code,
            test=message.test,
        )


def _wait(answer: Handed) -> int:
    return answer.retry_after or _SHORTEST_WAIT
