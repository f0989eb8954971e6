"""Opening votes, reading them, taking them back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.community.estates.service import EstateService
from app.domains.community.residents.model import Relation, Residency
from app.domains.community.residents.service import ResidentService
from app.domains.community.votes.errors import AreasMissing, VoteNotOpen, VoteUnknown
from app.domains.community.votes.model import Share, Vote, VoteRule, VoteState, VoteTerms
from app.domains.community.votes.rolls.store import RollStore
from app.domains.community.votes.store import BallotStore, VoteStore

_ID = TypeAdapter(str)


@dataclass(frozen=True, slots=True)
class MyVoice:
    """Of one home of the citizen: whether it has voted, what it said (of an open vote), whether he may vote for it."""

    residency: str
    label: str
    voted: bool
    option: int | None
    entitled: bool


@dataclass(frozen=True, slots=True)
class SeenVote:
    """`voted`: how many homes have."""

    vote: Vote
    voted: int
    mine: tuple[MyVoice, ...] = ()


class VoteService:
    def __init__(
        self,
        votes: VoteStore,
        ballots: BallotStore,
        rolls: RollStore,
        estates: EstateService,
        residents: ResidentService,
        audit: Audit,
        once: Idempotency,
        clock: Clock,
    ) -> None:
        self._votes = votes
        self._ballots = ballots
        self._rolls = rolls
        self._estates = estates
        self._residents = residents
        self._audit = audit
        self._once = once
        self._clock = clock

    # Residents

    async def mine(self, viewer: Viewer, request: PageRequest) -> Page[Vote]:
        """Of the estates where one lives, the newest first."""
        homes = await self._residents.living(viewer.self_only())
        return await self._votes.of_estates({one.estate for one in homes}, request) if homes else Page((), False)

    async def one(self, viewer: Viewer, vote: str) -> SeenVote | None:
        """With what one's homes have said; None where one does not live."""
        citizen, found = viewer.self_only(), await self._votes.get(vote)
        if found is None:
            return None
        homes = [one for one in await self._residents.living(citizen) if one.estate == found.estate]
        if not homes:
            return None
        mine = []
        for home in homes:
            row = await self._ballots.turnout(vote, home.household)
            option = row.get("option") if row else None
            mine.append(MyVoice(home.id, home.label, row is not None, option, await self.entitled(found, home)))
        return SeenVote(found, await self._voted(found), tuple(mine))

    async def entitled(self, vote: Vote, home: Residency, tx: Tx | None = None) -> bool:
        """Whether one votes for the home: an owner, or whom he empowered who is one still."""
        if home.relation is Relation.OWNER:
            return True
        proxy = await self._ballots.proxy(vote.id, home.household, tx) if vote.terms.proxies else None
        if proxy is None or proxy[0] != home.id:
            return False
        there = await self._residents.living(proxy[1], tx)
        return any(one.household == home.household and one.relation is Relation.OWNER for one in there)

    async def named(self, viewer: Viewer, vote: str, request: PageRequest) -> Page[tuple[str, str, int]]:
        """How each home voted, when a vote by name is over: for who lives there."""
        found = await self._votes.get(vote)
        if found is None or found.terms.secret or found.state is not VoteState.CLOSED:
            return Page((), False)
        homes = await self._residents.living(viewer.self_only())
        if not any(home.estate == found.estate for home in homes):
            return Page((), False)
        return await self._ballots.named(vote, request)

    # Whoever keeps the estate

    async def kept(self, viewer: Viewer, estate: str, request: PageRequest) -> Page[SeenVote]:
        if not await self._estates.keeps(viewer, estate):
            return Page((), False)
        page = await self._votes.of_estates({estate}, request)
        return Page(tuple([SeenVote(one, await self._voted(one)) for one in page.items]), page.has_next)

    async def of_city(self, request: PageRequest, state: VoteState | None = None) -> Page[Vote]:
        """For the desk: newest first, of all states when none is named."""
        return await self._votes.page(request, state)

    async def any(self, vote: str) -> SeenVote | None:
        """For the desk."""
        found = await self._votes.get(vote)
        return SeenVote(found, await self._voted(found)) if found else None

    async def open(self, viewer: Viewer, estate: str, terms: VoteTerms, key: str) -> SeenVote:
        """Raises EstateUnknown, VoteInvalid, AreasMissing, IdempotencyConflict."""
        id_, now = new_id(), self._clock.now()
        tidy = terms.checked(now)

        async def work(tx: Tx) -> str:
            await self._estates.managed(viewer, estate, tx=tx)
            vote = Vote.opened(id_, estate, tidy, await self._whole(estate, tidy, tx), now)
            await self._votes.add(vote, tx)
            await self._rolls.count(estate, 1, tx)
            await self._audit.record(viewer, "vote.opened", id_, tx, estate=estate, rule=tidy.rule.value)
            return id_

        done = await self._once.once(Call.of(viewer, "openVote", key, estate, terms), _ID, work)
        return SeenVote(await self._known(done), 0)

    async def enter_held(self, viewer: Viewer, vote: Vote, options: Sequence[Share], key: str) -> Vote:
        """One that was held on paper, with what was counted for each option; its id is none yet. Raises EstateUnknown,
        VoteInvalid, IdempotencyConflict.
        """
        made = replace(vote, id=new_id(), terms=vote.terms.worded()).held_on_paper(options, self._clock.now())

        async def work(tx: Tx) -> str:
            await self._estates.managed(viewer, made.estate, tx=tx)
            await self._votes.add(made, tx)
            await self._audit.record(viewer, "vote.entered", made.id, tx, estate=made.estate)
            return made.id

        call = Call.of(viewer, "enterHeldVote", key, replace(vote, id=""), tuple(options))
        return await self._known(await self._once.once(call, _ID, work))

    async def withdraw(self, viewer: Viewer, vote: str, reason: str, key: str) -> SeenVote:
        """Raises VoteUnknown, VoteNotOpen, VoteInvalid, IdempotencyConflict."""

        async def work(tx: Tx) -> str:
            was = await self._votes.get(vote, tx)
            if was is None or not await self._estates.keeps(viewer, was.estate):
                raise VoteUnknown
            now = was.withdrawn(reason, self._clock.now())
            if not await self._votes.save(now, tx):
                raise VoteNotOpen(was.state.value)
            await self._rolls.count(was.estate, -1, tx)
            await self._audit.record(viewer, "vote.withdrawn", vote, tx, estate=was.estate)
            return vote

        await self._once.once(Call.of(viewer, "withdrawVote", key, vote, reason), _ID, work)
        found = await self._known(vote)
        return SeenVote(found, await self._voted(found))

    async def _whole(self, estate: str, terms: VoteTerms, tx: Tx) -> Share:
        """Raises AreasMissing."""
        homes, known = await self._estates.homes_of(estate), await self._rolls.total(estate, tx)
        if terms.rule is not VoteRule.ADVISORY and (known.homes < homes or not homes):
            raise AreasMissing(max(1, homes - known.homes))
        return Share(homes, known.area)

    async def _voted(self, vote: Vote) -> int:
        return vote.result.took_part.homes if vote.result else await self._ballots.count(vote.id)

    async def _known(self, vote: str) -> Vote:
        found = await self._votes.get(vote)
        assert found is not None
        return found
