"""Telling people what happened: who hears it, when, over which channel; looked at again at the moment of sending.

At least once: every step may be repeated. A message is written once by its key, a step that is due later is written
once by its id, and what was handed to a channel is not handed over again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil

from app.core.clock import Clock
from app.core.events import Event
from app.core.messages import CHINESE
from app.core.messages import message as catalog_text
from app.core.outbox import Outbox
from notifications.deliveries.service import DeliveryService, Ring
from notifications.deliveries.store import DigestStore
from notifications.devices.model import PushDevice
from notifications.devices.store import PushDeviceStore
from notifications.dispatch.model import DIGEST_DUE, PUSH_DUE, SMS_DUE, Addressed, Reach, RetryLater, StillTrue
from notifications.messages.model import RULES, Message
from notifications.messages.service import Wording
from notifications.messages.store import InboxStore
from notifications.notices.store import NoticeStore
from notifications.preferences.model import How, Urgency
from notifications.preferences.service import PreferenceService
from notifications.templates.model import Texts
from notifications.templates.service import TemplateService


class Dispatcher:
    def __init__(
        self,
        inbox: InboxStore,
        digests: DigestStore,
        devices: PushDeviceStore,
        notices: NoticeStore,
        deliveries: DeliveryService,
        preferences: PreferenceService,
        templates: TemplateService,
        wording: Wording,
        reach: Reach,
        still_true: Mapping[str, StillTrue],
        outbox: Outbox,
        clock: Clock,
        city: str,
    ) -> None:
        self._inbox = inbox
        self._digests = digests
        self._devices = devices
        self._notices = notices
        self._deliveries = deliveries
        self._preferences = preferences
        self._templates = templates
        self._wording = wording
        self._reach = reach
        self._still_true = still_true
        self._outbox = outbox
        self._clock = clock
        self._city = city
        self._steps: Mapping[str, Callable[[Event], Awaitable[int]]] = {
            "session.ended": self._session_ended,
            "notice.sent": self._notice_sent,
            PUSH_DUE: self._push_due,
            SMS_DUE: self._sms_due,
            DIGEST_DUE: self._digest_due,
        }

    async def tell(self, event: Event) -> None:
        """Handle one event of the outbox. Raises RetryLater when a channel could not take something now."""
        wait = await self._steps.get(event.type, self._happened)(event)
        if wait:
            raise RetryLater(timedelta(seconds=wait))

    async def deliver(self, messages: Sequence[Message], *, leave: bool = False) -> int:
        """Write these messages into inboxes and send them, each by its readers' preferences; one message or hundreds.

        Seconds until the rest is to be tried again by the same call; 0 when all is settled, or left to the outbox
        (`leave`), which tries the rest person by person. Whoever is not there any more is passed over.
        """
        addressed = await self._addressed(messages)
        if not addressed:
            return 0
        by_message: dict[tuple[str, str], list[Addressed]] = {}
        for one in addressed:
            by_message.setdefault((one.message.citizen, one.message.key), []).append(one)
        kept = await self._inbox.add(
            [replace(ways[0].message, routings=tuple(way.routing for way in ways)) for ways in by_message.values()]
        )
        ways = [
            replace(way, message=first) for first, ways in zip(kept, by_message.values(), strict=True) for way in ways
        ]
        for way in ways:
            await self._schedule(way)
        unread = [way for way in ways if way.message.read_at is None]
        wait = await self._send(unread)
        if not wait or not leave:
            return wait
        for way in unread:
            await self._left(way, self._clock.now() + timedelta(seconds=wait))
        return 0

    async def _happened(self, event: Event) -> int:
        """What the city tells by itself, by the rule of the event."""
        if event.type not in RULES:
            return 0
        rule = RULES[event.type]
        template = await self._templates.current(rule.code)
        message = Message(
            id=event.id,  # so that the inbox has the order of what happened, whichever is told first
            key=event.id,
            citizen=event.citizen,
            event=event.type,
            source=rule.topic.value,
            urgency=rule.urgency,
            template=template.ref,
            facts=event.facts,
            at=event.at,
        )
        return await self.deliver([message]) if await self._holds(message) else 0

    async def _notice_sent(self, event: Event) -> int:
        """What a provider tells one citizen."""
        notice = await self._notices.message(event.facts["notice"])
        return await self.deliver([notice]) if notice is not None else 0

    async def _session_ended(self, event: Event) -> int:
        await self._devices.drop(event.facts["session"])
        return 0

    async def _push_due(self, event: Event) -> int:
        """The quiet hours are over."""
        message = await self._waiting(event)
        if message is None:
            return 0
        ways = [way for way in await self._addressed([message]) if way.recipient == event.facts["recipient"]]
        for way in ways:  # the person may have chosen anew meanwhile: another hour, the digest, or silence
            await self._schedule(way)
        return await self._send(ways)

    async def _sms_due(self, event: Event) -> int:
        """No phone confirmed the push in time, or there was none."""
        message, recipient = await self._waiting(event), event.facts["recipient"]
        if message is None or await self._deliveries.reached(message, recipient):
            return 0
        ways = [way for way in await self._addressed([message]) if way.recipient == recipient]
        return max([await self._text(way) for way in ways], default=0)

    async def _digest_due(self, event: Event) -> int:
        """One push for all that waited, as far as it is unread and still true."""
        found = await self._inbox.some(await self._digests.take(event.id))
        waiting = [message for message in found if message.read_at is None and await self._holds(message)]
        if not waiting:
            return 0
        recipient, template = event.citizen, await self._templates.current("TELL_DIGEST")
        digest = Message(
            id=event.id,
            key=event.id,
            citizen=recipient,
            event=event.type,
            source="digest",
            urgency=Urgency.NORMAL,
            template=template.ref,
            facts={"count": len(waiting)},
            at=event.at,
        )
        devices = (await self._devices.of([recipient], self._clock.now())).get(recipient, [])
        texts = [(device, await self._wording.of(digest, device.locale)) for device in devices]
        return await self._deliveries.ring(
            [Ring(digest, device, said.title, said.push, collapse_key="digest") for device, said in texts]
        )

    async def _waiting(self, event: Event) -> Message | None:
        """The message of a step that is due, unless it was read, or is true no more."""
        message = await self._inbox.get(event.citizen, event.facts["message"])
        return message if message and message.read_at is None and await self._holds(message) else None

    async def _holds(self, message: Message) -> bool:
        still_true = self._still_true.get(message.event)
        return still_true is None or await still_true(message)

    async def _addressed(self, messages: Sequence[Message]) -> list[Addressed]:
        """Each message with each of its recipients, and what is decided for him now."""
        guardians = await self._reach.guardians(sorted({message.citizen for message in messages}))
        pairs = [
            (message, recipient)
            for message in messages
            if message.citizen in guardians
            for recipient in _recipients(message, guardians[message.citizen])
        ]
        people, now = sorted({recipient for _, recipient in pairs}), self._clock.now()
        if not people:
            return []
        chosen, devices = await self._preferences.many(people), await self._devices.of(people, now)
        return [Addressed.of(message, chosen[one], devices.get(one, ()), now) for message, one in pairs]

    async def _schedule(self, way: Addressed) -> None:
        """What is due later is written for later."""
        message, push, sms = way.message, way.decision.push, way.decision.sms
        if push.how is How.AT and push.at:
            await self._later(way, PUSH_DUE, f"push:{push.at:%Y%m%d%H%M}", push.at)
        if push.how is How.DIGEST and push.at:
            await self._for_digest(message, way.recipient, push.at)
        if sms.how is not How.NOT:
            await self._later(way, SMS_DUE, "sms", sms.at or self._clock.now())

    async def _for_digest(self, message: Message, recipient: str, moment: datetime) -> None:
        """A digest that is being told already takes nothing more: then it is for the next one."""
        while (digest := await self._digests.put(recipient, moment, [(message.citizen, message.id)])) is None:
            moment = (await self._preferences.of(recipient)).next_digest(moment)
        await self._outbox.later(Event(digest, DIGEST_DUE, recipient, {}, message.at), moment)

    async def _left(self, way: Addressed, due_at: datetime) -> None:
        if way.devices and way.decision.push.how is How.NOW:
            await self._later(way, PUSH_DUE, "push:left", due_at)

    async def _later(self, way: Addressed, step: str, name: str, due_at: datetime) -> None:
        message = way.message
        facts = {"message": message.id, "recipient": way.recipient}
        id_ = f"{message.key}:{message.citizen}:{way.recipient}:{name}"
        await self._outbox.later(Event(id_, step, message.citizen, facts, message.at), due_at)

    async def _send(self, ways: Sequence[Addressed]) -> int:
        due = [way for way in ways if way.decision.push.how is How.NOW]
        return await self._deliveries.ring([ring for way in due for ring in await self._rings(way)])

    async def _rings(self, way: Addressed) -> list[Ring]:
        said = {locale: await self._wording.of(way.message, locale) for locale in {d.locale for d in way.devices}}
        return [_ring(way, device, said[device.locale]) for device in way.devices]

    async def _text(self, way: Addressed) -> int:
        push, sms = way.decision.push, way.decision.sms
        if sms.how is How.NOT:
            return 0
        if sms.at is not None and push.how is not How.NOW:  # in quiet hours, or the push it stands in for waits itself
            return ceil((sms.at - self._clock.now()).total_seconds())
        phone = await self._reach.phone(way.recipient)
        if phone is None:
            return 0
        locale = way.devices[0].locale if way.devices else CHINESE
        said = await self._wording.of(way.message, locale)
        text = catalog_text("SMS_NOTICE", locale, city=self._city, text=said.push)
        return await self._deliveries.text(way.message, way.recipient, phone, text)


def _recipients(message: Message, guardians: Sequence[str]) -> list[str]:
    return [message.citizen, *(guardians if message.for_guardians else ())]


def _ring(way: Addressed, device: PushDevice, said: Texts) -> Ring:
    body = said.body if way.personal and way.recipient == way.message.citizen else said.push
    return Ring(way.message, device, said.title, body)
