"""From an event to the inbox and the phones; and the inbox as the citizen reads it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from app.core.changes import Changes
from app.core.clock import Clock
from app.core.outbox import Event
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from notifications.channels.base import (
    Delivery,
    DeliveryOutcome,
    Push,
    PushChannel,
    PushMessage,
    PushTarget,
    TargetKind,
)
from notifications.errors import MessageUnknown, PushTokenInvalid
from notifications.model import RULES, Message, PushDevice, RetryLater
from notifications.store import DeliveryStore, InboxStore, PushDeviceStore, message_of


class NotificationService:
    def __init__(
        self,
        inbox: InboxStore,
        devices: PushDeviceStore,
        deliveries: DeliveryStore,
        push: PushChannel,
        changes: Changes,
        clock: Clock,
    ) -> None:
        self._inbox = inbox
        self._devices = devices
        self._deliveries = deliveries
        self._push = push
        self._changes = changes
        self._clock = clock

    async def tell(self, event: Event) -> None:
        """Handle one event; safe to repeat. Raises RetryLater when a phone could not be reached now."""
        if event.type == "session.ended":
            await self._devices.drop(event.facts["session"])
        if event.type not in RULES:
            return
        message = await self._inbox.add(event)
        if message.read_at is None:  # read in the app meanwhile: no need to ring
            await self._ring(event.id, message)

    async def inbox(self, viewer: Viewer, request: PageRequest) -> Page[Message]:
        return await self._inbox.page(viewer.citizen(), request)

    async def one(self, viewer: Viewer, message: str) -> Message | None:
        return await self._inbox.get(viewer.citizen(), message)

    async def unread(self, viewer: Viewer) -> int:
        return await self._inbox.unread(viewer.citizen())

    async def mark_read(self, viewer: Viewer, message: str) -> Message:
        """Reading twice keeps the first time. Raises MessageUnknown."""
        citizen = viewer.citizen()
        await self._inbox.mark_read(citizen, message, self._clock.now())
        found = await self._inbox.get(citizen, message)
        if found is None:
            raise MessageUnknown
        return found

    async def register_device(self, viewer: Viewer, token: str, locale: str) -> PushDevice:
        """This session's phone is reached under this token from now on. Raises PushTokenInvalid."""
        if not 20 <= len(token) <= 4096 or not token.isascii() or not token.isprintable():
            raise PushTokenInvalid
        citizen = viewer.self_only()
        device = PushDevice(viewer.session or citizen, citizen, token, locale)
        await self._devices.put(device, self._clock.now())
        return device

    @asynccontextmanager
    async def live(self, viewer: Viewer) -> AsyncIterator[AsyncIterator[Message]]:
        """Messages of the subject from now on, in whichever process they are written."""
        async with self._changes.of("inbox", viewer.citizen()) as rows:
            yield _unread(rows)

    async def _ring(self, message_id: str, message: Message) -> None:
        devices = await self._devices.of(message.citizen, self._clock.now())
        settled = await self._deliveries.settled(message_id, devices)
        by_locale: dict[str, list[PushDevice]] = defaultdict(list)
        for device in devices:
            if device.session not in settled:
                by_locale[device.locale].append(device)
        waits = [await self._send(message_id, message, locale, some) for locale, some in by_locale.items()]
        if longest := max(waits, default=0):
            raise RetryLater(timedelta(seconds=longest))

    async def _send(self, message_id: str, message: Message, locale: str, devices: Sequence[PushDevice]) -> int:
        """Send to phones of one language; how many seconds to wait before the rest is tried again (0: all settled)."""
        pushed = self._pushed(message_id, message, locale)
        targets = [PushTarget(TargetKind.TOKEN, device.token) for device in devices]
        deliveries = await self._push.send([Push(target, pushed) for target in targets])
        for device, delivery in zip(devices, deliveries, strict=True):
            await self._settle(message_id, device, delivery)
        return max((d.retry_after or 5 for d in deliveries if d.outcome in _TRY_AGAIN), default=0)

    async def _settle(self, message_id: str, device: PushDevice, delivery: Delivery) -> None:
        if delivery.outcome is DeliveryOutcome.UNREGISTERED:
            await self._devices.drop(device.session)
        if delivery.outcome not in _TRY_AGAIN:
            await self._deliveries.record(message_id, device, delivery, self._clock.now())

    def _pushed(self, message_id: str, message: Message, locale: str) -> PushMessage:
        text, rule = message.text(locale), RULES[message.event]
        return PushMessage(message_id, text.title, text.push, {"event": message.event}, urgent=rule.urgent)


_TRY_AGAIN = frozenset({DeliveryOutcome.RETRY, DeliveryOutcome.BLOCKED})


async def _unread(rows: AsyncIterator[dict[str, object]]) -> AsyncIterator[Message]:
    async for row in rows:
        message = message_of(row)
        if message.read_at is None:
            yield message
