"""Answering surveys: once a verified person, and nobody can say which answer was his."""

from __future__ import annotations

from collections.abc import Collection

from pydantic import TypeAdapter

from app.core.clock import Clock, civil_day
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Role, Viewer
from app.domains.identity.citizens.store import CitizenStore
from app.domains.voice.conversations.moderation.speaking.service import SpeakerService
from app.domains.voice.conversations.surveys.errors import SurveyAnswered, SurveyUnknown
from app.domains.voice.conversations.surveys.model import Answered, Phase, Results, Survey, SurveyState, answered_of
from app.domains.voice.conversations.surveys.results.model import NOTHING, UNKNOWN, SurveyResults, moved_enough, shown
from app.domains.voice.conversations.surveys.store import SurveyStore

_ID = TypeAdapter(str)
_DISTRICT = 6


class SurveyService:
    def __init__(
        self,
        surveys: SurveyStore,
        speakers: SpeakerService,
        citizens: CitizenStore,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._surveys = surveys
        self._speakers = speakers
        self._citizens = citizens
        self._idempotency = idempotency
        self._clock = clock

    async def listed(self, request: PageRequest) -> Page[Survey]:
        """Announced, open and over; those that close last come first."""
        return await self._surveys.listed(request)

    async def one(self, survey: str) -> Survey | None:
        found = await self._surveys.get(survey)
        return found if found is not None and found.state is not SurveyState.DRAFT else None

    def phase(self, survey: Survey) -> Phase:
        return survey.phase(self._clock.now())

    async def has_answered(self, viewer: Viewer, survey: str) -> bool | None:
        """None for whom nobody knows."""
        if viewer.role is not Role.CITIZEN or viewer.is_guardian:
            return None
        return await self._surveys.has_answered(survey, viewer.citizen())

    async def results(self, survey: Survey) -> SurveyResults | None:
        """None while they are not to be shown. Of a survey that runs they are some minutes old."""
        phase = survey.phase(self._clock.now())
        if phase is Phase.OVER:
            return shown(await self._surveys.counts(survey.id))
        if phase is Phase.OPEN and survey.results is Results.OPEN:
            return await self._surveys.live(survey.id) or NOTHING
        return None

    async def answer(self, viewer: Viewer, survey: str, given: Collection[Answered], key: str) -> Survey:
        """Raises SurveyUnknown, SurveyNotOpen, SurveyAnswered, SurveyNotForYou, SurveyAnswersUnfit, SpeakerUnverified,
        OnlyRealPeople, IdempotencyConflict.
        """
        # What was answered is no part of the call: a kept reply would tie it to a time.
        call = Call.of(viewer, "answerSurvey", key, survey)
        await self._idempotency.alike(call, _ID, lambda: self._answer(viewer, survey, given, call))
        found = await self.one(survey)
        if found is None:
            raise SurveyUnknown
        return found

    async def _answer(self, viewer: Viewer, survey: str, given: Collection[Answered], call: Call) -> str:
        found = await self.one(survey)
        if found is None:
            raise SurveyUnknown
        found.demand_open(self._clock.now())
        citizen, district = await self._asked(viewer, found)
        answers = answered_of(given)
        found.demand_fits(answers)

        async def work(tx: Tx) -> str:
            if await self._surveys.has_answered(survey, citizen, tx):
                raise SurveyAnswered
            await self._surveys.tear(survey, citizen, tx)
            await self._surveys.pour(survey, district, tuple(answers.values()), tx)
            return survey

        return await self._idempotency.once(call, _ID, work)

    async def refresh(self) -> int:
        """Results that are shown while their survey runs move on, when enough have answered since. How many did."""
        moved = 0
        for survey in await self._surveys.open_ones(self._clock.now()):
            now = shown(await self._surveys.counts(survey.id))
            if moved_enough(await self._surveys.live(survey.id) or NOTHING, now):
                await self._surveys.show(survey.id, now)
                moved += 1
        return moved

    async def _asked(self, viewer: Viewer, survey: Survey) -> tuple[str, str]:
        """The citizen and his district, when the survey asks him."""
        speaker = await self._speakers.of(viewer)
        district = speaker.division[:_DISTRICT] if speaker.division else None
        of_age = survey.least_age is None
        if survey.least_age is not None:
            person = await self._citizens.get(speaker.citizen)
            of_age = person is not None and person.has_reached(survey.least_age, civil_day(self._clock.now()))
        survey.demand_asks(district, of_age)
        return speaker.citizen, district or UNKNOWN
