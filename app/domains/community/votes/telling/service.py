"""A vote that is opened, over or taken back is told to everybody who lives there: some hundred at a time, each once,
whatever process is killed. How far it has come stands on the vote, and is moved when the events are written; written
twice, they are the same.
"""

from __future__ import annotations

from app.core.clock import Clock
from app.core.events import Event
from app.core.outbox import Outbox
from app.domains.community.residents.store import ResidentStore
from app.domains.community.votes.model import Vote
from app.domains.community.votes.store import VoteStore

_AT_ONCE, _VOTES = 200, 50


class VoteTelling:
    def __init__(self, votes: VoteStore, residents: ResidentStore, outbox: Outbox, clock: Clock) -> None:
        self._votes = votes
        self._residents = residents
        self._outbox = outbox
        self._clock = clock

    async def look(self) -> int:
        """How many people were told."""
        told = 0
        for vote in await self._votes.to_tell(_VOTES):
            after = vote.after
            while after is not None:
                people, after = await self._told(vote, after)
                told += people
        return told

    async def _told(self, vote: Vote, after: str) -> tuple[int, str | None]:
        """The next ones; after whom it goes on, none when that were all."""
        rows = await self._residents.citizens_of({"estate": vote.estate}, after, _AT_ONCE)
        following = rows[-1][0] if len(rows) == _AT_ONCE else None
        now = self._clock.now()
        citizens = dict.fromkeys(citizen for _, citizen in rows)
        for citizen in citizens:
            facts = {"vote": vote.id, "estate": vote.estate}
            # The id says which it is: whoever has two homes there, or is told anew after a fall, hears it once.
            event = Event(f"{vote.id}:{vote.state.value}:{citizen}", f"vote.{vote.state.value}", citizen, facts, now)
            await self._outbox.later(event, now)
        if not await self._votes.told(vote, after, following):
            return 0, None  # another process goes on with it, or it has changed meanwhile
        return len(citizens), following
