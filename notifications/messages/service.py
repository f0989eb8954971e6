"""The inbox as the citizen reads it: in words, page by page, live; what was read; and why a message came."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from app.core.changes import Changes
from app.core.clock import Clock
from app.core.messages import message as catalog_text
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKeys
from app.core.said import Said
from app.core.viewer import Viewer
from notifications.deliveries.model import Delivery
from notifications.deliveries.service import DeliveryService
from notifications.messages.errors import MessageUnknown
from notifications.messages.model import Message
from notifications.messages.store import InboxStore, message_of
from notifications.templates.model import Texts
from notifications.templates.service import TemplateService

MOST_CONFIRMED = 100
_READ_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Told:
    """A message and its words in one language."""

    message: Message
    texts: Texts


@dataclass(frozen=True, slots=True)
class Why:
    """From what a message came, and what became of it: for its reader, and for whoever answers his question."""

    message: Message
    deliveries: tuple[Delivery, ...]


class Wording:
    """The words of a message, by the very version of the template it was sent with."""

    def __init__(
        self, templates: TemplateService, persons: PersonKeys, organisation_name: Callable[[str], Said | None]
    ) -> None:
        self._templates = templates
        self._persons = persons
        self._organisation_name = organisation_name

    async def of(self, message: Message, locale: str) -> Texts:
        return (await self.many([message], locale))[0]

    async def many(self, messages: Sequence[Message], locale: str) -> list[Texts]:
        """In their order; what they were written with is read at once."""
        templates = await self._templates.versions(one.template for one in messages)
        return [
            templates[one.template].render(locale, {**self._spoken(one.facts, locale), **await self._values(one)})
            for one in messages
        ]

    async def _values(self, message: Message) -> dict[str, str]:
        """What a provider wrote about the person. Raises PersonErased."""
        if message.sealed is None:
            return {}
        key = await self._persons.of(message.citizen)
        values: dict[str, str] = json.loads(key.open(message.sealed, record=message.key, field="values"))
        return values

    def _spoken(self, facts: Mapping[str, Any], locale: str) -> dict[str, Any]:
        """Codes among the facts in words: `purpose: transit` is 乘车, or `public transport`. Of names in two languages
        (`{"zh": …, "en": …}`) the one.
        """
        said = {name: Said(**one).within(locale) if isinstance(one, Mapping) else one for name, one in facts.items()}
        if "purpose" in said:
            said["purpose"] = catalog_text(f"PURPOSE_{str(said['purpose']).upper()}", locale)
        if "organisation" in said:
            name = self._organisation_name(str(said["organisation"]))
            said["organisation"] = name.within(locale) if name else catalog_text("THE_CITY", locale)
        return said


class MessageService:
    def __init__(
        self, inbox: InboxStore, deliveries: DeliveryService, wording: Wording, changes: Changes, clock: Clock
    ) -> None:
        self._inbox = inbox
        self._deliveries = deliveries
        self._wording = wording
        self._changes = changes
        self._clock = clock

    async def of(self, citizen: str, request: PageRequest) -> Page[Message]:
        """For the desk: what this citizen was told of and when, newest first; the words are opened for him alone."""
        return await self._inbox.page(citizen, request)

    async def inbox(self, viewer: Viewer, request: PageRequest, locale: str) -> Page[Told]:
        """Newest first."""
        page = await self._inbox.page(viewer.citizen(), request)
        texts = await self._wording.many(page.items, locale)
        return Page(tuple(map(Told, page.items, texts)), page.has_next)

    async def one(self, viewer: Viewer, message: str, locale: str) -> Told | None:
        found = await self._inbox.get(viewer.citizen(), message)
        return await self._told(found, locale) if found else None

    async def unread(self, viewer: Viewer) -> int:
        """Counted up to 99."""
        return await self._inbox.unread(viewer.citizen())

    async def mark_read(self, viewer: Viewer, message: str, locale: str) -> Told:
        """Reading twice keeps the first time. Raises MessageUnknown."""
        citizen, now = viewer.citizen(), self._clock.now()
        found = await self._inbox.get(citizen, message)
        if found is None:
            raise MessageUnknown
        if found.read_at is None:
            await self._deliveries.read(citizen, [found.id], now)  # first: a repeat sees by the inbox what is done
            await self._inbox.mark_read(citizen, found.id, now)
        return await self._told(replace(found, read_at=found.read_at or now), locale)

    async def mark_all_read(self, viewer: Viewer) -> int:
        """All that are there now, the oldest first; how many were unread. Repeating is safe."""
        citizen, now, read = viewer.citizen(), self._clock.now(), 0
        while ids := await self._inbox.unread_ids(citizen, _READ_AT_ONCE):
            await self._deliveries.read(citizen, ids, now)
            read += await self._inbox.mark_all_read(citizen, ids[-1], now)
            if len(ids) < _READ_AT_ONCE:
                break
        return read

    async def confirm(self, viewer: Viewer, messages: Sequence[str]) -> int:
        """This phone has shown these pushes: they need no SMS any more. How many that was news of; repeating is safe.

        At most a hundred; what is not the subject's is passed over.
        """
        citizen = viewer.citizen()
        found = await self._inbox.some([(citizen, message) for message in messages[:MOST_CONFIRMED]])
        return await self._deliveries.confirm(viewer, found)

    async def why(self, viewer: Viewer, message: str) -> Why | None:
        """None when there is no such message, or it is not the subject's."""
        found = await self._inbox.get(viewer.citizen(), message)
        return Why(found, tuple(await self._deliveries.of(found))) if found else None

    @asynccontextmanager
    async def live(self, viewer: Viewer, locale: str) -> AsyncIterator[AsyncIterator[Told]]:
        """Messages of the subject from now on, in whichever process they are written."""
        async with self._changes.of("inbox", viewer.citizen()) as rows:
            yield self._new(rows, locale)

    @asynccontextmanager
    async def live_unread(self, viewer: Viewer) -> AsyncIterator[AsyncIterator[int]]:
        """How many are unread: now, and after each change."""
        citizen = viewer.citizen()
        async with self._changes.of("inbox", citizen) as rows:
            yield self._counted(rows, citizen)

    async def _new(self, rows: AsyncIterator[dict[str, object]], locale: str) -> AsyncIterator[Told]:
        async for row in rows:
            message = message_of(row)
            if message.read_at is None:
                yield await self._told(message, locale)

    async def _counted(self, rows: AsyncIterator[dict[str, object]], citizen: str) -> AsyncIterator[int]:
        said = await self._inbox.unread(citizen)
        yield said
        async for _ in rows:
            count = await self._inbox.unread(citizen)
            if count != said:
                said = count
                yield count

    async def _told(self, message: Message, locale: str) -> Told:
        return Told(message, await self._wording.of(message, locale))
