"""Supporting, following and joining public cases, leaving them, and saying for oneself whether it was solved."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from pydantic import TypeAdapter

from app.core.clock import Clock
from app.core.events import Event
from app.core.idempotency import Call, Idempotency
from app.core.limits import Limits
from app.core.mongo import Database, Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.voice.cases.errors import CaseWordsTooLong
from app.domains.voice.cases.history.model import Happened
from app.domains.voice.cases.store import CaseStore
from app.domains.voice.public.following.errors import CaseOver, JoinRatedAlready, NotJoined, OwnCase
from app.domains.voice.public.following.model import LONGEST_REASON, PER_DAY, TOLD, Tie, Tied, demand_tieable
from app.domains.voice.public.following.store import TieStore
from app.domains.voice.public.publishing.errors import CaseNotPublic
from app.domains.voice.public.publishing.model import PublicCase
from app.domains.voice.public.publishing.service import CasePublishing
from app.domains.voice.public.publishing.store import Count, PublicationStore

_DONE = TypeAdapter(str)
_COUNTS: Final[Mapping[Tie, Count]] = {
    Tie.SUPPORT: Count.SUPPORTS,
    Tie.FOLLOW: Count.FOLLOWS,
    Tie.JOIN: Count.JOINS,
}
_AT_ONCE = 100
_TOLD = {f"case.{one.value}" for one in TOLD}
_MERGED = f"case.{Happened.MERGED.value}"
_ASKING = {f"case.{one.value}" for one in (Happened.REPLIED, Happened.ANSWERED)}


@dataclass(frozen=True, slots=True)
class MyTie:
    """`public` is None of a case that is public no longer."""

    tied: Tied
    public: PublicCase | None


class TieService:
    def __init__(
        self,
        db: Database,
        ties: TieStore,
        publications: PublicationStore,
        publishing: CasePublishing,
        cases: CaseStore,
        outbox: Outbox,
        limits: Limits,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._ties = ties
        self._publications = publications
        self._publishing = publishing
        self._cases = cases
        self._outbox = outbox
        self._limits = limits
        self._idempotency = idempotency
        self._clock = clock

    async def tie(self, viewer: Viewer, tie: Tie, case: str, key: str) -> PublicCase:
        """Once, however often it is asked for. Raises CaseNotPublic, OwnCase, CaseOver, RateLimited,
        IdempotencyConflict.
        """
        citizen = viewer.citizen()
        call = Call.of(viewer, f"{tie.value}Case", key, case)

        async def work(tx: Tx) -> str:
            if not await self._ties.has(tie, case, citizen, tx):
                await self._tie(Tied(tie, case, citizen, self._clock.now()), tx)
            return case

        async def attempt() -> str:
            await self._limits.take(PER_DAY, citizen)
            return await self._idempotency.once(call, _DONE, work)

        await self._idempotency.alike(call, _DONE, attempt)
        await self._count(tie, case)
        return await self._shown(case)

    async def untie(self, viewer: Viewer, tie: Tie, case: str, key: str) -> str:
        """Also of a case that is public no longer. Raises IdempotencyConflict."""
        citizen = viewer.citizen()

        async def work(tx: Tx) -> str:
            await self._ties.drop(tie, case, citizen, tx)
            return case

        done = await self._idempotency.once(Call.of(viewer, f"un{tie.value}Case", key, case), _DONE, work)
        await self._count(tie, case)
        return done

    async def rate(
        self, viewer: Viewer, case: str, solved: bool, grade: int, reason: str | None, key: str
    ) -> PublicCase | None:
        """The word of somebody who joined; None when the case is public no longer.

        Raises NotJoined, GradeInvalid, CaseStateWrong, CaseWordsTooLong, JoinRatedAlready, IdempotencyConflict.
        """
        citizen, said = viewer.citizen(), (reason or "").strip() or None
        if said is not None and len(said) > LONGEST_REASON:
            raise CaseWordsTooLong("reason", LONGEST_REASON)

        async def work(tx: Tx) -> str:
            was, found = await self._ties.joined(case, citizen, tx), await self._cases.bare(case, tx)
            if was is None or found is None:
                raise NotJoined
            now = was.rated(solved, grade, said, found, self._clock.now())
            if not await self._ties.rate(now, was, tx):
                raise JoinRatedAlready
            return case

        call = Call.of(viewer, "rateJoinedCase", key, case, solved, grade, said)
        await self._idempotency.once(call, _DONE, work)
        await self._count(Tie.JOIN, case)
        return await self._publishing.one(case)

    async def mine(self, viewer: Viewer, tie: Tie, request: PageRequest) -> Page[MyTie]:
        """The newest tie first."""
        page = await self._ties.of_citizen(tie, viewer.citizen(), request)
        public = await self._publishing.several([one.case for one in page.items])
        return Page(tuple(MyTie(one, public.get(one.case)) for one in page.items), page.has_next)

    async def among(self, viewer: Viewer, cases: Collection[str]) -> Mapping[Tie, set[str]]:
        """Of these cases, those he supports, follows and has joined."""
        citizen = viewer.citizen()
        return {tie: await self._ties.among(tie, cases, citizen) for tie in Tie}

    async def end_all(self, viewer: Viewer, citizen: str) -> None:
        """Who leaves the city counts nowhere any more. Safe to repeat."""
        for tie in Tie:
            while await self._end_some(tie, citizen):
                pass

    async def take(self, event: Event) -> None:
        """What happens to a case, told to those who joined it and, while it is public, to those who follow it. Each is
        told by an event of his own, named by this one: a repeat adds nothing. Whose case goes on in another has joined
        that one.
        """
        if event.type == _MERGED:
            await self._join_by_merger(event.facts["case"])
        if event.type not in _TOLD:
            return
        case = event.facts["case"]
        for tie in Tie:
            await self._count(tie, case)
        joined = "joined_case.replied" if event.type in _ASKING else "joined_case.moved"
        async for citizen in self._ties.citizens(Tie.JOIN, case):
            await self._tell(joined, citizen, event)
        if await self._publications.get(case) is not None:
            async for citizen in self._ties.citizens(Tie.FOLLOW, case):
                await self._tell("followed_case.moved", citizen, event)

    async def _join_by_merger(self, case: str) -> None:
        """When it goes on in somebody else's, and that one can be joined still."""
        merged = await self._cases.bare(case)
        if merged is None or merged.into is None or merged.citizen is None:
            return
        tied = Tied(Tie.JOIN, merged.into, merged.citizen, self._clock.now())

        async def work(tx: Tx) -> None:
            if not await self._ties.has(tied.tie, tied.case, tied.citizen, tx):
                await self._tie(tied, tx)

        with suppress(CaseNotPublic, CaseOver, OwnCase):
            await self._db.transaction(work)
            await self._count(Tie.JOIN, tied.case)

    async def _tell(self, type_: str, citizen: str, event: Event) -> None:
        facts = {"case": event.facts["case"], "number": event.facts["number"]}
        told = Event(f"{event.id}:{type_}:{citizen}", type_, citizen, facts, event.at)
        await self._outbox.later(told, self._clock.now())

    async def _tie(self, tied: Tied, tx: Tx) -> None:
        found = await self._cases.bare(tied.case, tx)
        if found is None:
            raise CaseNotPublic
        demand_tieable(tied.tie, found, tied.citizen)
        if await self._publications.get(tied.case, tx) is None:
            raise CaseNotPublic
        await self._ties.add(tied, tx)

    async def _count(self, tie: Tie, case: str) -> None:
        """Anew from the ties, after they are kept: in their transactions this row would be everybody's who cares, and
        of forty at once some would wait too long. What a killed process left uncounted is counted with the next tie,
        or the case's next step. When two others wrote it since this began, the second of them saw what is counted here.
        """
        what = _COUNTS[tie]
        first = was = await self._publications.counted(case, what)
        while first is not None and was is not None and was < first + 2:
            heard = await self._ties.heard(case) if tie is Tie.JOIN else None
            if await self._publications.count(case, what, await self._ties.count(tie, case), was, heard):
                return
            was = await self._publications.counted(case, what)

    async def _end_some(self, tie: Tie, citizen: str) -> int:
        cases = await self._ties.some_of(tie, citizen, _AT_ONCE)
        for case in cases:
            await self._ties.drop(tie, case, citizen)
            await self._count(tie, case)
        return len(cases)

    async def _shown(self, case: str) -> PublicCase:
        found = (await self._publishing.several([case])).get(case)
        if found is None:
            raise CaseNotPublic
        return found
