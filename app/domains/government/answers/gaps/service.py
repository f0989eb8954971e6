"""Questions nobody could answer, for ops: counted as they come, then made an answer of, or dismissed."""

from __future__ import annotations

from dataclasses import replace

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.mongo import DuplicateKey, Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.government.answers.entries.model import Answer, AnswerState, HandOver
from app.domains.government.answers.entries.service import EntryService
from app.domains.government.answers.finding.service import KnowledgeBase
from app.domains.government.answers.gaps.errors import GapUnknown
from app.domains.government.answers.gaps.model import Draft, Gap, GapState, Why
from app.domains.government.answers.gaps.store import GapStore

_ID: TypeAdapter[str] = TypeAdapter(str)


class GapService:
    def __init__(
        self,
        gaps: GapStore,
        entries: EntryService,
        knowledge: KnowledgeBase,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._gaps = gaps
        self._entries = entries
        self._knowledge = knowledge
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def note(self, question: str, why: Why) -> None:
        """`question` is masked already."""
        id_ = self._gaps.id_of(await self._knowledge.words(question))
        try:
            await self._gaps.note(id_, question, why, self._clock.now())
        except DuplicateKey:  # two asked it first in the same moment
            await self._gaps.note(id_, question, why, self._clock.now())

    async def listed(self, state: GapState, request: PageRequest) -> Page[Gap]:
        """The most asked first; the cursor is `rank`. Raises BadInput."""
        return await self._gaps.in_state(state, request)

    async def one(self, id_: str) -> Gap | None:
        return await self._gaps.get(id_)

    async def open_count(self) -> int:
        return await self._gaps.open_count()

    async def dismiss(self, viewer: Viewer, id_: str, key: str) -> Gap:
        """Nothing the city answers. Raises GapUnknown, IdempotencyConflict."""
        return await self._settled(viewer, id_, GapState.DISMISSED, None, Call.of(viewer, "dismissGap", key, id_))

    async def answer(self, viewer: Viewer, id_: str, draft: Draft, key: str) -> Gap:
        """An entry is drafted of it, which leads to a case where it does not help, and the question is settled.

        Raises GapUnknown, IdempotencyConflict, and as saving an entry does.
        """
        gap = await self._gaps.get(id_)
        if gap is None or gap.state is GapState.DISMISSED:
            raise GapUnknown
        said = Answer(draft.code, 0, AnswerState.DRAFT, draft.unit, (draft.question.strip(),), draft.body)
        made = await self._entries.save(viewer, replace(said, hand_over=HandOver.CASE), key)
        call = Call.of(viewer, "answerGap", key, id_, made.code)
        return await self._settled(viewer, id_, GapState.ANSWERED, made.code, call)

    async def _settled(self, viewer: Viewer, id_: str, state: GapState, answer: str | None, call: Call) -> Gap:
        async def work(tx: Tx) -> str:
            if not await self._gaps.settle(id_, state, answer, viewer.acting(), tx):
                raise GapUnknown
            await self._audit.record(viewer, f"answer_gap.{state.value}", id_[:40], tx, answer=answer or "-")
            return id_

        await self._idempotency.once(call, _ID, work)
        found = await self._gaps.get(id_)
        if found is None:  # its time ran out in this moment
            raise GapUnknown
        return found
