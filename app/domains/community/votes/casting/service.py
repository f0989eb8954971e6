"""Giving a home its voice, by an owner or whom he empowered.

That the home has voted is one row with the home's key: of fifty who vote for one home at a time, one does.
"""

from __future__ import annotations

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Document, DuplicateKey, Tx
from app.core.viewer import Assurance, Viewer
from app.domains.community.residents.errors import NotResident, ResidentNeedsRealName
from app.domains.community.residents.model import Relation, Residency
from app.domains.community.residents.service import ResidentService
from app.domains.community.residents.store import ResidentStore
from app.domains.community.votes.errors import AlreadyVoted, NotEntitled, VoteInvalid, VoteUnknown
from app.domains.community.votes.model import Voice, Vote
from app.domains.community.votes.rolls.store import RollStore
from app.domains.community.votes.service import SeenVote, VoteService
from app.domains.community.votes.store import BallotStore, VoteStore

_ID = TypeAdapter(str)


class CastingService:
    def __init__(
        self,
        votes: VoteStore,
        ballots: BallotStore,
        rolls: RollStore,
        residents: ResidentService,
        resident_store: ResidentStore,
        reading: VoteService,
        audit: Audit,
        once: Idempotency,
        clock: Clock,
    ) -> None:
        self._votes = votes
        self._ballots = ballots
        self._rolls = rolls
        self._residents = residents
        self._resident_store = resident_store
        self._reading = reading
        self._audit = audit
        self._once = once
        self._clock = clock

    async def cast(self, viewer: Viewer, vote: str, residency: str, option: int, key: str) -> SeenVote:
        """Raises ResidentNeedsRealName, NotResident, VoteUnknown, VoteNotOpen, VoteInvalid, NotEntitled, AlreadyVoted,
        IdempotencyConflict.
        """
        citizen = _by_name(viewer)

        async def work(tx: Tx) -> str:
            found, home = await self._of_home(citizen, vote, residency, tx)
            found.demand_option(option)
            if not await self._reading.entitled(found, home, tx):
                raise NotEntitled
            before = await self._ballots.turnout(vote, home.household, tx)
            if before is None:
                await self._add(found, home, option, tx)
            else:
                await self._change(found, home, before, option, tx)
            # What was chosen is none of the trail's business, and in a secret vote nor is who it was.
            who = "" if found.terms.secret else citizen
            if who:
                await self._audit.record(viewer, "vote.cast", vote, tx, subject=who)
            return vote

        await self._once.once(Call.of(viewer, "castVote", key, vote, residency, option), _ID, work)
        return await self._seen(viewer, vote)

    async def empower(self, viewer: Viewer, vote: str, residency: str, to: str, key: str, *, agreed: bool) -> SeenVote:
        """An owner's written consent that somebody else of his home votes. Raises ResidentNeedsRealName, NotResident,
        VoteUnknown, VoteNotOpen, VoteInvalid, NotEntitled, AlreadyVoted, IdempotencyConflict.
        """
        citizen = _by_name(viewer)

        async def work(tx: Tx) -> str:
            found, home = await self._of_home(citizen, vote, residency, tx)
            if not found.terms.proxies or not agreed:
                raise VoteInvalid("agreed" if not agreed else "proxies")
            other = await self._resident_store.any(to, tx)
            if home.relation is not Relation.OWNER:
                raise NotEntitled
            if other is None or not other.lives or other.household != home.household:
                raise NotResident
            if await self._ballots.turnout(vote, home.household, tx) is not None:
                raise AlreadyVoted
            await self._ballots.empower(vote, home.household, citizen, to, self._clock.now(), tx)
            await self._audit.record(viewer, "vote.empowered", vote, tx, subject=citizen)
            return vote

        await self._once.once(Call.of(viewer, "empowerVoter", key, vote, residency, to, agreed), _ID, work)
        return await self._seen(viewer, vote)

    async def _of_home(self, citizen: str, vote: str, residency: str, tx: Tx) -> tuple[Vote, Residency]:
        home = await self._residents.resident(citizen, residency, tx)
        found = await self._votes.get(vote, tx)
        if found is None or found.estate != home.estate:
            raise VoteUnknown
        found.demand_open(self._clock.now())
        return found, home

    async def _add(self, vote: Vote, home: Residency, option: int, tx: Tx) -> None:
        voice = Voice(option, await self._rolls.area(home.household, tx))
        if vote.terms.secret:
            await self._ballots.add_secret(vote.id, home.household, voice, tx)
        else:
            await self._ballots.add_open(vote.id, home.household, home.citizen, home.label, voice, tx)

    async def _change(self, vote: Vote, home: Residency, before: Document, option: int, tx: Tx) -> None:
        if not vote.terms.changeable:
            raise AlreadyVoted
        if not await self._ballots.change_open(vote.id, home.household, before["option"], option, tx):
            raise DuplicateKey("changed meanwhile")  # looked at once more, by the rules of repeats

    async def _seen(self, viewer: Viewer, vote: str) -> SeenVote:
        found = await self._reading.one(viewer, vote)
        assert found is not None
        return found


def _by_name(viewer: Viewer) -> str:
    citizen = viewer.self_only()
    if viewer.assurance is not Assurance.REAL_NAME:
        raise ResidentNeedsRealName
    return citizen
