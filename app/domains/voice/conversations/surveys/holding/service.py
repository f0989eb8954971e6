"""A department holds a survey: writing, publishing, ending it, and taking the results away as a sheet."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.paging import Page, PageRequest
from app.core.spreadsheets import csv_text
from app.core.viewer import Viewer
from app.domains.voice.conversations.surveys.errors import SurveyChanged, SurveyStateWrong, SurveyUnfit, SurveyUnknown
from app.domains.voice.conversations.surveys.model import Phase, Survey, SurveyState
from app.domains.voice.conversations.surveys.results.model import shown, table
from app.domains.voice.conversations.surveys.store import SurveyStore
from app.domains.voice.conversations.threads.official.service import office

_ID = TypeAdapter(str)
_FEWEST_TEXTS = 5


class HoldingService:
    def __init__(self, surveys: SurveyStore, audit: Audit, idempotency: Idempotency, clock: Clock) -> None:
        self._surveys = surveys
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def mine(self, viewer: Viewer, request: PageRequest) -> Page[Survey]:
        """Of the office, newest first; drafts too."""
        return await self._surveys.of_unit(office(viewer), request)

    async def one(self, viewer: Viewer, survey: str) -> Survey | None:
        found = await self._surveys.get(survey)
        return found if found is not None and found.unit == office(viewer) else None

    async def in_state(self, state: SurveyState, request: PageRequest) -> Page[Survey]:
        """For the desk, of all."""
        return await self._surveys.in_state(state, request)

    async def any(self, survey: str) -> Survey | None:
        """For the desk."""
        return await self._surveys.get(survey)

    async def save(self, viewer: Viewer, survey: str | None, written: Survey, key: str) -> Survey:
        """A new draft, or one as it is written now. Raises SurveyUnknown, SurveyStateWrong, SurveyUnfit,
        SurveyChanged, IdempotencyConflict.
        """
        unit, id_ = office(viewer), new_id()
        if faults := written.faults(self._clock.now()):
            raise SurveyUnfit(faults)

        async def work(tx: Tx) -> str:
            if survey is None:
                await self._surveys.add(replace(written, id=id_, unit=unit, by=viewer.acting()), tx)
                return id_
            was = await self._own(viewer, survey, tx)
            was.demand(SurveyState.DRAFT)
            await self._save(replace(written, id=survey, unit=unit, by=viewer.acting(), rev=was.rev + 1), was, tx)
            return survey

        return await self._done(Call.of(viewer, "saveSurvey", key, survey, replace(written, id="")), work)

    async def publish(self, viewer: Viewer, survey: str, key: str) -> Survey:
        """From now on nothing of it changes. Raises SurveyUnknown, SurveyStateWrong, SurveyUnfit, SurveyChanged,
        IdempotencyConflict.
        """

        async def work(tx: Tx) -> str:
            was = await self._own(viewer, survey, tx)
            now = was.published()
            if faults := was.faults(self._clock.now()):
                raise SurveyUnfit(faults)
            await self._save(now, was, tx)
            await self._surveys.prepare(survey, tx)
            await self._audit.record(viewer, "survey.published", survey, tx)
            return survey

        return await self._done(Call.of(viewer, "publishSurvey", key, survey), work)

    async def end(self, viewer: Viewer, survey: str, key: str) -> Survey:
        """Before its time. Raises SurveyUnknown, SurveyStateWrong, SurveyChanged, IdempotencyConflict."""

        async def work(tx: Tx) -> str:
            was = await self._own(viewer, survey, tx)
            if was.phase(self._clock.now()) is Phase.OVER:
                raise SurveyStateWrong(was.state.value)
            await self._save(was.ended(self._clock.now()), was, tx)
            await self._audit.record(viewer, "survey.ended", survey, tx)
            return survey

        return await self._done(Call.of(viewer, "endSurvey", key, survey), work)

    async def own_sheet(self, viewer: Viewer, survey: str) -> str | None:
        """As `sheet`; None while it runs, and when it is another's."""
        found = await self.one(viewer, survey)
        return await self.sheet(found) if found and found.phase(self._clock.now()) is Phase.OVER else None

    async def sheet(self, survey: Survey) -> str:
        """Its results as CSV for spreadsheets (UTF-8 with a byte order mark); of one that is not over, the header.
        The same is withheld as everywhere. What people wrote follows, when five or more wrote something.
        """
        over = survey.phase(self._clock.now()) is Phase.OVER
        lines = table(survey, shown(await self._surveys.counts(survey.id) if over else {}))
        texts = await self._surveys.texts(survey.id) if over else []
        if len(texts) >= _FEWEST_TEXTS:
            words = {question.key: question.words.zh for question in survey.questions}
            lines += [["*", "", question, words.get(question, ""), "", text, ""] for question, text in texts]
        return csv_text(lines)

    async def _own(self, viewer: Viewer, survey: str, tx: Tx) -> Survey:
        found = await self._surveys.get(survey, tx)
        if found is None or found.unit != office(viewer):
            raise SurveyUnknown
        return found

    async def _save(self, now: Survey, was: Survey, tx: Tx) -> None:
        if not await self._surveys.save(now, was, tx):
            raise SurveyChanged

    async def _done(self, call: Call, work: Callable[[Tx], Awaitable[str]]) -> Survey:
        done = await self._surveys.get(await self._idempotency.once(call, _ID, work))
        if done is None:
            raise SurveyUnknown
        return done
