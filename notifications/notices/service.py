"""What providers tell single citizens: written with the event that has it told, and looked at again before it goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.limits import Limits
from app.core.mongo import Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from notifications.deliveries.store import DeliveryStore
from notifications.messages.model import Message
from notifications.notices.errors import NoticeUnknown, RecipientUnknown
from notifications.notices.model import BY_NUMBER, PER_PERSON, SCOPES, WRONG_NUMBERS, Notice, Reached, Recipient
from notifications.notices.store import NoticeStore
from notifications.preferences.model import Urgency
from notifications.templates.service import TemplateService

_NOTICE = TypeAdapter(Notice)


class Addressees(Protocol):
    """What the card's room knows of whom a provider deals with."""

    async def by_verification(self, viewer: Viewer, verification: str) -> str | None:
        """The citizen of a look-up of the viewer's own organisation, not older than the city allows."""
        ...

    async def by_card_number(self, viewer: Viewer, number: str) -> str | None:
        """The holder of the live card with this number."""
        ...


@dataclass(frozen=True, slots=True)
class Sent:
    """A notice, and what became of it over each channel: none when nobody could be or wanted to be rung."""

    notice: Notice
    reached: tuple[Reached, ...] = ()


class NoticeService:
    def __init__(
        self,
        notices: NoticeStore,
        deliveries: DeliveryStore,
        templates: TemplateService,
        addressees: Addressees,
        limits: Limits,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._notices = notices
        self._deliveries = deliveries
        self._templates = templates
        self._addressees = addressees
        self._limits = limits
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def send(
        self, viewer: Viewer, to: Recipient, template: str, values: Mapping[str, str], urgency: Urgency, key: str
    ) -> Notice:
        """Tell one citizen. Raises Forbidden (scope), RecipientUnknown, TemplateUnknown, TemplateNotApproved,
        FactUnknown, FactMissing, FactUnfit, RateLimited, IdempotencyConflict.
        """
        organisation = viewer.provider(SCOPES[urgency])
        call = Call.of(viewer, "sendNotice", key, to, template, sorted(values.items()), urgency)
        before = await self._idempotency.replay(call, _NOTICE)
        if before is not None:
            return before
        words = await self._templates.current(template, organisation, test=viewer.test_mode)
        words.check_facts(values)
        citizen = await self._citizen(viewer, to)
        await self._limits.take(PER_PERSON, f"{organisation}/{citizen}")
        notice = Notice(
            new_id(), organisation, viewer.acting(), citizen, words.ref, urgency, self._clock.now(), viewer.test_mode
        )

        async def work(tx: Tx) -> Notice:
            await self._notices.add(notice, values, tx)
            await self._outbox.add("notice.sent", citizen, tx, notice=notice.id, organisation=organisation)
            await self._audit.record(viewer, "notice.sent", notice.id, tx, subject=citizen, template=words.code)
            return notice

        return await self._idempotency.once(call, _NOTICE, work)

    async def withdraw(self, viewer: Viewer, notice: str, key: str) -> Notice:
        """What was not sent yet is not sent any more; what was, stays in the inbox. Raises NoticeUnknown."""
        organisation = viewer.provider("notify")
        call = Call.of(viewer, "withdrawNotice", key, notice)

        async def work(tx: Tx) -> Notice:
            if await self._notices.withdraw(notice, organisation, viewer.test_mode, self._clock.now(), tx):
                await self._audit.record(viewer, "notice.withdrawn", notice, tx)
            found = await self._notices.get(notice, organisation, viewer.test_mode, tx)
            if found is None:
                raise NoticeUnknown
            return found

        return await self._idempotency.once(call, _NOTICE, work)

    async def one(self, viewer: Viewer, notice: str) -> Sent | None:
        """None when there is none, or it is another's."""
        organisation = viewer.provider("notify")
        found = await self._notices.get(notice, organisation, viewer.test_mode)
        if found is None:
            return None
        return Sent(found, Reached.by_channel(await self._deliveries.of_sender(organisation, notice)))

    async def mine(self, viewer: Viewer, request: PageRequest) -> Page[Notice]:
        """What the viewer's organisation sent in the viewer's mode, newest first."""
        return await self._notices.of_organisation(viewer.provider("notify"), viewer.test_mode, request)

    async def still_stands(self, message: Message) -> bool:
        return await self._notices.stands(message.key)

    async def _citizen(self, viewer: Viewer, to: Recipient) -> str:
        found = None
        if to.verification is not None:
            found = await self._addressees.by_verification(viewer, to.verification)
        elif to.card_number is not None:
            found = await self._by_number(viewer, to.card_number)
        if found is None:
            raise RecipientUnknown
        return found

    async def _by_number(self, viewer: Viewer, number: str) -> str | None:
        """Counted as wrong before it is looked up, so that no crowd of tries slips past the limit. Raises
        RateLimited, for right numbers too as long as too many were wrong: which this one is, is not said.
        """
        organisation = viewer.organisation or ""
        await self._limits.take(BY_NUMBER, organisation)
        await self._limits.take(WRONG_NUMBERS, organisation)
        found = await self._addressees.by_card_number(viewer, number)
        if found is not None:
            await self._limits.give_back(WRONG_NUMBERS, organisation)
        return found
