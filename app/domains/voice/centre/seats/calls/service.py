"""Calling back (回访): whether somebody answered, and what he said of it. By phone he rates as he would in the app."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.core.errors import BadInput
from app.core.viewer import Viewer
from app.domains.voice.cases.errors import GradeInvalid
from app.domains.voice.cases.filing.model import said
from app.domains.voice.cases.model import Case
from app.domains.voice.cases.ratings.model import CallBack, CaseRating
from app.domains.voice.centre.seats.steps.service import SeatSteps

_GRADES = range(1, 6)


@dataclass(frozen=True, slots=True)
class Spoken:
    """`solved` and `grade` (1 to 5) together, or neither: he would not say, or had rated it before."""

    reached: bool
    words: str | None = None
    solved: bool | None = None
    grade: int | None = None

    @property
    def rates(self) -> bool:
        return self.solved is not None

    def parsed(self) -> Spoken:
        """Raises BadInput, GradeInvalid, CaseWordsMissing, CaseWordsTooLong."""
        if (self.solved is None) != (self.grade is None) or (self.rates and not self.reached):
            raise BadInput(field="grade")
        if self.grade is not None and self.grade not in _GRADES:
            raise GradeInvalid
        return Spoken(self.reached, said(self.words, "words") if self.words else None, self.solved, self.grade)

    def rating(self, round_: int, by: str, at: datetime) -> CaseRating | None:
        if self.solved is None or self.grade is None:
            return None
        return CaseRating(self.solved, self.grade, at, by, round_, self.words)


class CallBackService:
    def __init__(self, seat: SeatSteps) -> None:
        self._seat = seat

    async def call_back(self, viewer: Viewer, case: str, spoken: Spoken, key: str) -> Case:
        """Not solved, or not content: it is opened anew, once. Raises CaseUnknown, CaseStateWrong, GradeInvalid,
        CaseWordsMissing, CaseWordsTooLong, AlreadyRated, CalledEnough, CaseChanged, IdempotencyConflict.
        """
        heard = spoken.parsed()

        def change(was: Case, at: datetime) -> Case:
            call = CallBack(at, viewer.acting(), heard.reached, heard.words)
            return was.called_back(call, heard.rating(was.round, viewer.acting(), at), viewer)

        return await self._seat.do(viewer, "callBack", key, case, change, heard)
