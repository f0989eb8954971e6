"""A day before a vote closes, who may vote for a home that has not is told once: some hundred at a time, whatever
process is killed. How far it has come stands on the vote, and is moved when the events are written; written twice,
they are the same. A home that votes meanwhile hears nothing: it is looked at once more when the message is made.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.core.clock import Clock
from app.core.events import Event
from app.core.outbox import Outbox
from app.domains.community.residents.model import Residency, ResidencyState
from app.domains.community.residents.store import ResidentStore
from app.domains.community.votes.model import Vote, VoteState
from app.domains.community.votes.service import VoteService
from app.domains.community.votes.store import BallotStore, VoteStore

_AT_ONCE, _VOTES = 200, 50
_EVENT = "vote.closes_soon"


class VoteReminders:
    def __init__(
        self,
        votes: VoteStore,
        ballots: BallotStore,
        residents: ResidentStore,
        reading: VoteService,
        outbox: Outbox,
        clock: Clock,
    ) -> None:
        self._votes = votes
        self._ballots = ballots
        self._residents = residents
        self._reading = reading
        self._outbox = outbox
        self._clock = clock

    async def look(self) -> int:
        """How many people were told. Safe to run anywhere at any time."""
        told = 0
        for vote in await self._votes.to_remind(self._clock.now(), _VOTES):
            after: str | None = vote.reminded
            while after is not None:
                people, after = await self._reminded(vote, after)
                told += people
        return told

    async def still_true(self, citizen: str, vote: str) -> bool:
        """Whether a home of his can vote still, and by him."""
        found = await self._votes.get(vote)
        if found is None or found.state is not VoteState.OPEN or found.terms.closes_at <= self._clock.now():
            return False
        homes = await self._residents.of_citizen(citizen, {ResidencyState.RESIDENT})
        return bool(await self._silent(found, [one for one in homes if one.estate == found.estate]))

    async def _reminded(self, vote: Vote, after: str) -> tuple[int, str | None]:
        """The next ones; after whom it goes on, none when that were all."""
        homes = await self._residents.living_in(vote.estate, after, _AT_ONCE)
        following = homes[-1].id if len(homes) == _AT_ONCE else None
        late = vote.terms.closes_at <= self._clock.now()
        citizens = dict.fromkeys(() if late else [home.citizen for home in await self._silent(vote, homes)])
        for citizen in citizens:
            await self._tell(vote, citizen)
        if not await self._votes.reminded(vote, after, following):
            return 0, None  # another process goes on with it, or it has changed meanwhile
        return len(citizens), following

    async def _silent(self, vote: Vote, homes: Sequence[Residency]) -> list[Residency]:
        """Of the homes that have not voted, those by whom one may vote for them."""
        silent = await self._ballots.silent(vote.id, {home.household for home in homes})
        empowered = await self._ballots.empowered(vote.id, silent) if vote.terms.proxies else set()
        asked = [home for home in homes if home.household in silent and (home.owns or home.id in empowered)]
        return [home for home in asked if await self._reading.entitled(vote, home)]

    async def _tell(self, vote: Vote, citizen: str) -> None:
        now, facts = self._clock.now(), {"vote": vote.id, "estate": vote.estate}
        # The id says which it is: whoever has two homes there, or is told anew after a fall, hears it once.
        await self._outbox.later(Event(f"{vote.id}:closes_soon:{citizen}", _EVENT, citizen, facts, now), now)
