"""The end of votes: counted a minute after the deadline, so that who voted at the last moment is among them."""

from __future__ import annotations

import structlog

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.mongo import Database, Tx
from app.core.viewer import Role, Viewer
from app.domains.community.votes.model import COUNTED_AFTER, Vote, VoteResult, VoteState
from app.domains.community.votes.rolls.store import RollStore
from app.domains.community.votes.store import BallotStore, VoteStore

log = structlog.get_logger()
_MOST_STUCK = 1_000
_WORKER = Viewer(role=Role.OPS, actor="worker")


class ClosingService:
    def __init__(
        self, db: Database, votes: VoteStore, ballots: BallotStore, rolls: RollStore, audit: Audit, clock: Clock
    ) -> None:
        self._db = db
        self._votes = votes
        self._ballots = ballots
        self._rolls = rolls
        self._audit = audit
        self._clock = clock

    async def sweep(self) -> int:
        """Safe to run anywhere at any time; how many were counted."""
        done, stuck = 0, set[str]()
        while len(stuck) < _MOST_STUCK and (due := await self._votes.due(self._clock.now() - COUNTED_AFTER, stuck)):
            for one in due:
                if await self._closed(one):
                    done += 1
                else:
                    stuck.add(one)
        return done

    async def _closed(self, vote: str) -> bool:
        """One that cannot be counted does not keep the others from it."""
        try:
            return await self._db.transaction(lambda tx: self._close(vote, tx))
        except Exception:
            log.exception("vote not counted", vote=vote)
            return False

    async def recount(self, vote: str) -> tuple[Vote, VoteResult] | None:
        """A closed vote, counted once more from its ballots: the desk compares."""
        found = await self._votes.get(vote)
        if found is None or found.state is not VoteState.CLOSED:
            return None
        return found, found.counted(await self._ballots.voices(found))

    async def _close(self, vote: str, tx: Tx) -> bool:
        was = await self._votes.get(vote, tx)
        if was is None or was.state is not VoteState.OPEN:
            return False
        now = was.closed(await self._ballots.voices(was, tx))
        if not await self._votes.save(now, tx):
            return False
        await self._rolls.count(was.estate, -1, tx)
        await self._audit.record(_WORKER, "vote.closed", vote, tx, estate=was.estate)
        return True
