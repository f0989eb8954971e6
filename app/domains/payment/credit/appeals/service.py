"""Appealing against a score, and the desk's answer: counted again, points for a time, or no."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock, civil_day
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import Database, Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.payment.credit.appeals.errors import CreditAppealInvalid, CreditAppealSettled, CreditAppealUnknown
from app.domains.payment.credit.appeals.model import Appeal, AppealState, parsed_text
from app.domains.payment.credit.appeals.store import CreditAppealStore
from app.domains.payment.credit.rules.model import FactorCode
from app.domains.payment.credit.score.errors import CreditNotJoined
from app.domains.payment.credit.score.model import Adjustment
from app.domains.payment.credit.score.service import ScoreService
from app.domains.payment.credit.score.store import ScoreStore

_APPEAL = TypeAdapter(Appeal)
_ANSWERS = frozenset({AppealState.RECOUNTED, AppealState.ADJUSTED, AppealState.REFUSED})


@dataclass(frozen=True, slots=True)
class Answer:
    """`points` until the end of a day when it is adjusted."""

    state: AppealState
    words: str
    points: int = 0
    until: date | None = None


class CreditAppealService:
    def __init__(
        self,
        db: Database,
        appeals: CreditAppealStore,
        scores: ScoreStore,
        counting: ScoreService,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._appeals = appeals
        self._scores = scores
        self._counting = counting
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def mine(self, viewer: Viewer, request: PageRequest) -> Page[Appeal]:
        """Newest first."""
        return await self._appeals.of(viewer.self_only(), request)

    async def appeal(self, viewer: Viewer, factor: FactorCode | None, reason: str, key: str) -> Appeal:
        """Raises CreditNotJoined, CreditAppealExists, CreditAppealInvalid, IdempotencyConflict."""
        citizen, why = viewer.self_only(), parsed_text(reason, "reason")

        async def work(tx: Tx) -> Appeal:
            score = await self._scores.get(citizen, tx)
            if score is None:
                raise CreditNotJoined
            now = self._clock.now()
            made = Appeal(new_id(), citizen, AppealState.OPEN, now, score.value, factor, why)
            await self._appeals.add(made, tx)
            await self._audit.record(viewer, "credit_appeal.made", made.id, tx, subject=citizen)
            return made

        call = Call.of(viewer, "appealCredit", key, factor, why)
        return await self._idempotency.once(call, _APPEAL, work)

    async def waiting(self, state: AppealState, request: PageRequest) -> Page[Appeal]:
        """For the desk, without the words. Newest first."""
        return await self._appeals.page(state, request)

    async def one(self, appeal: str) -> Appeal:
        """For the desk, with the words. Raises CreditAppealUnknown."""
        found = await self._appeals.get(appeal)
        if found is None:
            raise CreditAppealUnknown
        return found

    async def answer(self, viewer: Viewer, appeal: str, answer: Answer, key: str) -> Appeal:
        """For the desk. The citizen is told. Raises CreditAppealUnknown, CreditAppealSettled, CreditAppealInvalid,
        CreditNotJoined (he has left), IdempotencyConflict.
        """
        said = parsed_text(answer.words, "answer")
        if answer.state not in _ANSWERS:
            raise CreditAppealInvalid("state")

        async def work(tx: Tx) -> Appeal:
            was = await self._appeals.get(appeal, tx)
            if was is None:
                raise CreditAppealUnknown
            settled = was.settled(answer.state, said, self._clock.now(), viewer.acting())
            if answer.state is not AppealState.REFUSED:
                settled = await self._counted_again(settled, answer, tx)
            await self._keep(viewer, settled, tx)
            await self._outbox.add("credit.appeal_answered", was.citizen, tx, appeal=appeal)
            return settled

        call = Call.of(viewer, "answerCreditAppeal", key, appeal, answer)
        return await self._idempotency.once(call, _APPEAL, work)

    async def end_all(self, by: Viewer, citizen: str) -> None:
        """Who leaves the city waits for no answer. Safe to repeat."""

        async def work(tx: Tx) -> None:
            was = await self._appeals.open_of(citizen, tx)
            if was is not None:
                await self._keep(by, was.settled(AppealState.WITHDRAWN, None, self._clock.now(), citizen), tx)

        await self._db.transaction(work)

    async def _counted_again(self, settled: Appeal, answer: Answer, tx: Tx) -> Appeal:
        adjustment: Adjustment | None = None
        if answer.state is AppealState.ADJUSTED:
            today = civil_day(self._clock.now())
            settled, adjustment = settled.granted(answer.points, answer.until or today, today)
        score = await self._counting.adjust(settled.citizen, adjustment, tx)
        return replace(settled, after=score.value)

    async def _keep(self, viewer: Viewer, settled: Appeal, tx: Tx) -> None:
        if not await self._appeals.settle(settled, tx):
            raise CreditAppealSettled
        action, whose = f"credit_appeal.{settled.state.value}", settled.citizen
        await self._audit.record(viewer, action, settled.id, tx, subject=whose, points=settled.points)
