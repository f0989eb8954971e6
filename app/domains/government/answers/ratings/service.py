"""Citizens say whether an answer helped: once a version, and they may change their mind."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from pydantic import TypeAdapter

from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.limit import Limit
from app.core.limits import Limits
from app.core.mongo import Tx
from app.core.viewer import Viewer
from app.domains.government.answers.asking.service import AskService
from app.domains.government.answers.entries.errors import AnswerUnknown
from app.domains.government.answers.entries.service import EntryService
from app.domains.government.answers.ratings.model import Complaint, Rating, Score
from app.domains.government.answers.ratings.store import RatingStore

RATED = Limit("answer_rated", 200, timedelta(days=1))
_HELPFUL: TypeAdapter[bool] = TypeAdapter(bool)


class RatingService:
    def __init__(
        self,
        ratings: RatingStore,
        entries: EntryService,
        ask: AskService,
        limits: Limits,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._ratings = ratings
        self._entries = entries
        self._ask = ask
        self._limits = limits
        self._idempotency = idempotency
        self._clock = clock

    async def rate(
        self,
        viewer: Viewer,
        code: str,
        version: int,
        helpful: bool,
        complaint: Complaint | None,
        thread: str | None,
        key: str,
    ) -> Score:
        """How it stands then. With `thread`, what was asked there last is listed when the answer did not help.

        Raises AnswerUnknown, AnswerReasonNotFitting, RateLimited, IdempotencyConflict."""
        citizen = viewer.self_only()
        answer = await self._entries.found(code, version)
        if answer is None:
            raise AnswerUnknown(code[:60])
        rating = Rating(citizen, answer.id, helpful, complaint, self._clock.now())
        await self._limits.take(RATED, citizen)

        async def work(tx: Tx) -> bool:
            was = await self._ratings.get(citizen, answer.id, tx)
            if not rating.same_as(was):
                await self._ratings.put(rating, was, tx)
            return helpful

        call, fresh = Call.of(viewer, "rateAnswer", key, code, version, helpful, complaint, thread), list[bool]()
        await self._idempotency.once(call, _HELPFUL, work, after=fresh.append)
        if fresh and not helpful and thread is not None:
            await self._ask.unhelpful(viewer, thread, answer.id)
        return (await self._ratings.scores([answer.id])).get(answer.id, Score())

    async def scores(self, answers: Collection[str]) -> dict[str, Score]:
        """Of these versions (by id), in one query."""
        return await self._ratings.scores(answers)
