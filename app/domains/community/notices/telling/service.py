"""An urgent notice is told to everybody it is for: some hundred at a time, each once, whatever process is killed.

How far it has come stands on the notice, and is moved when the events are written; written twice, they are the same.
"""

from __future__ import annotations

from app.core.clock import Clock
from app.core.events import Event
from app.core.mongo import Document
from app.core.outbox import Outbox
from app.domains.community.notices.model import EstateNotice
from app.domains.community.notices.store import EstateNoticeStore
from app.domains.community.residents.store import ResidentStore

_AT_ONCE, _NOTICES = 200, 50


class TellingService:
    def __init__(self, notices: EstateNoticeStore, residents: ResidentStore, outbox: Outbox, clock: Clock) -> None:
        self._notices = notices
        self._residents = residents
        self._outbox = outbox
        self._clock = clock

    async def look(self) -> int:
        """How many people were told."""
        told = 0
        for notice in await self._notices.to_tell(_NOTICES):
            after = notice.after
            while after is not None:
                people, after = await self._told(notice, after)
                told += people
        return told

    async def _told(self, notice: EstateNotice, after: str) -> tuple[int, str | None]:
        """The next ones; after whom it goes on, none when that were all."""
        rows = await self._residents.citizens_of(_lives(notice), after, _AT_ONCE)
        following = rows[-1][0] if len(rows) == _AT_ONCE else None
        now = self._clock.now()
        citizens = dict.fromkeys(citizen for _, citizen in rows)
        for citizen in citizens:
            facts = {"notice": notice.id, "estate": notice.estate}
            # The id says which it is: whoever has two homes there, or is told anew after a fall, hears it once.
            event = Event(f"{notice.id}:{citizen}", "estate_notice.urgent", citizen, facts, notice.published_at)
            await self._outbox.later(event, now)
        if not await self._notices.told(notice.id, after, following):
            return 0, None  # another process goes on with it
        return len(citizens), following


def _lives(notice: EstateNotice) -> Document:
    if notice.to_all:
        return {"estate": notice.estate}
    audience = list(notice.audience)
    return {"$or": [{"court": {"$in": audience}}, {"household": {"$in": audience}}]}
