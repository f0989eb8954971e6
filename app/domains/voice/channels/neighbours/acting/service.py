"""Makes true here what a neighbouring city says: it is the unit that has the case, and these are the unit's steps.

Its words are sealed with the case as a unit's are. A step that cannot be (somebody took the case away, or asks the
centre something) is not forced: the row is apart then, and somebody looks.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import TypeVar

from app.core.clock import Clock
from app.core.errors import Outcome
from app.core.mongo import Database, Tx
from app.domains.voice.cases.errors import CaseChanged
from app.domains.voice.cases.history.model import AT_UNIT, CaseState, Happened
from app.domains.voice.cases.model import Case
from app.domains.voice.cases.service import CaseSteps
from app.domains.voice.cases.store import CaseStore
from app.domains.voice.channels.neighbours.model import Neighbour, SentCase, SentState
from app.domains.voice.channels.neighbours.sending.model import Letter, Remote
from app.domains.voice.channels.neighbours.store import NeighbourStore, SentCaseStore
from app.domains.voice.public.publishing.striking.model import struck

T = TypeVar("T")
_RIVALS = 4


class _Overtaken(Exception):
    """Another worker has heard of it meanwhile: nothing of this is kept."""


class NeighbourSteps:
    """Fulfils `sending.service.Cases` and `sending.service.Listening`."""

    def __init__(
        self,
        db: Database,
        neighbours: NeighbourStore,
        sent: SentCaseStore,
        cases: CaseStore,
        steps: CaseSteps,
        clock: Clock,
    ) -> None:
        self._db = db
        self._neighbours = neighbours
        self._sent = sent
        self._cases = cases
        self._steps = steps
        self._clock = clock

    async def letter(self, sent: SentCase) -> Letter | None:
        """Without who reported it; personal data in what he wrote is struck out."""
        case, city = await self._cases.get(sent.case), await self._neighbours.get(sent.neighbour)
        if case is None or city is None or not _is_theirs(case, city) or not case.words.text:
            return None
        point = case.place.point
        return Letter(
            category=case.category,
            title=struck(case.words.title).text,
            text=struck(case.words.text).text,
            latitude=point.latitude if point else None,
            longitude=point.longitude if point else None,
            address=struck(case.place.address).text,
        )

    async def taken(self, sent: SentCase, by: Neighbour) -> bool:
        viewer = by.viewer(sent.time)

        def step(was: Case, at: datetime) -> Case:
            return was.claimed(viewer, at) if was.state is CaseState.DISPATCHED else was

        async def work(tx: Tx) -> bool:
            was = await self._cases.get(sent.case, tx=tx)
            if was is None or not _is_theirs(was, by):
                return False
            await self._steps.keep(viewer, step(was, self._clock.now()), was, tx)
            return True

        return await self._among_rivals(work)

    async def say(self, sent: SentCase, remote: Remote, by: Neighbour) -> SentCase | None:
        viewer = by.viewer(sent.time)

        async def work(tx: Tx) -> SentCase:
            now, was = self._clock.now(), await self._cases.get(sent.case, tx=tx)
            if was is None or not _is_theirs(was, by):
                # Somebody else has it, or it is over: what they say is theirs alone.
                known = sent.heard(remote.said, now)
                changed = known.settled(now, "elsewhere") if remote.closed else known
            else:
                await self._steps.keep(viewer, self._moved(was, remote, by, sent.time, now), was, tx)
                known = sent.heard(remote.said, now)
                changed = known.settled(now) if remote.closed else known
            if not await self._sent.move(changed, sent, tx):
                raise _Overtaken
            return changed

        try:
            return await self._among_rivals(work)
        except _Overtaken:
            return None
        except Outcome as refused:
            await self._apart(sent, refused.code.lower())
            return None

    async def lost(self, sent: SentCase) -> None:
        await self._apart(sent, "lost_there")

    def _moved(self, was: Case, remote: Remote, by: Neighbour, time: int, at: datetime) -> Case:
        viewer = by.viewer(time)
        case = was.claimed(viewer, at) if was.state is CaseState.DISPATCHED else was
        words = remote.words
        if not remote.closed:
            return case.noted(Happened.NOTED, words, (), viewer, at, True) if words else case
        done = words or f"{by.name}已办结。"
        handled = case.handled(done, (), viewer, at) if case.state is CaseState.HANDLING else case
        return handled.replied(done, viewer, at)

    async def _apart(self, sent: SentCase, why: str) -> None:
        if sent.state is not SentState.TAKEN:
            return

        async def work(tx: Tx) -> bool:
            return await self._sent.move(sent.apart(why), sent, tx)

        await self._db.transaction(work)

    async def _among_rivals(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Somebody else may take a step of the case in the same moment: then it is looked at anew.

        Raises CaseChanged.
        """
        for _ in range(_RIVALS):
            with suppress(CaseChanged):
                return await self._db.transaction(work)
        return await self._db.transaction(work)


def _is_theirs(case: Case, city: Neighbour) -> bool:
    return case.state in AT_UNIT and case.unit == city.unit
