"""Proposals before those who moderate: fulfils `moderation.service.Board`. Shown for the first time, one collects."""

from __future__ import annotations

from datetime import datetime

from app.core.calendar import CalendarService
from app.core.mongo import Tx
from app.core.outbox import Outbox
from app.domains.voice.conversations.moderation.model import Subject, Visibility
from app.domains.voice.conversations.proposals.errors import ProposalChanged
from app.domains.voice.conversations.proposals.model import ProposalState
from app.domains.voice.conversations.proposals.store import ProposalStore


class ProposalBoard:
    def __init__(self, proposals: ProposalStore, calendar: CalendarService, outbox: Outbox) -> None:
        self._proposals = proposals
        self._calendar = calendar
        self._outbox = outbox

    async def subject(self, post: str, tx: Tx | None = None) -> Subject | None:
        one = await self._proposals.get(post, tx)
        if one is None or one.left:
            return None
        return Subject(one.author, one.name, one.visibility, f"{one.title}\n\n{one.text}", one.at)

    async def turn(self, post: str, to: Visibility, at: datetime, tx: Tx) -> None:
        was = await self._proposals.get(post, tx)
        if was is None:
            return
        now = was.turned(to, at)
        if not await self._proposals.save(now, was, self._calendar.current, tx):
            raise ProposalChanged
        begun = now.state is ProposalState.COLLECTING and was.state is ProposalState.MODERATED
        if begun and now.author is not None:
            await self._outbox.add("proposal.opened", now.author, tx, proposal=now.id)
