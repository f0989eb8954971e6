"""What whoever reported a case may do with it: add something, take it back, rate it."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from app.core.viewer import Viewer
from app.domains.voice.cases.errors import AlreadyRated
from app.domains.voice.cases.history.model import BEFORE_REPLY, OPEN, CaseState, Confirmation, Happened
from app.domains.voice.cases.ratings.model import CaseRating
from app.domains.voice.cases.record.model import MOST_ROUNDS, CaseRecord


class ReporterSteps(CaseRecord):
    __slots__ = ()

    def commented(self, text: str, files: tuple[str, ...], by: Viewer, at: datetime) -> Self:
        """Something is added. A comment never moves the clock. Raises CaseStateWrong."""
        self.demand(*OPEN)
        return self._stepped(Happened.COMMENTED, by, at, text=text, attached=files)

    @property
    def may_be_withdrawn(self) -> bool:
        return self.state in BEFORE_REPLY

    def withdrawn(self, by: Viewer, at: datetime) -> Self:
        """Raises CaseStateWrong: what is done already can be rated."""
        self.demand(*BEFORE_REPLY)
        return self._ended(Happened.WITHDRAWN, CaseState.WITHDRAWN, by, at)

    @property
    def may_be_rated(self) -> bool:
        late = self.state is CaseState.CLOSED and self.confirmation is Confirmation.UNCONFIRMED
        return (late or self.state is CaseState.REPLIED) and not self._is_rated

    @property
    def _is_rated(self) -> bool:
        return any(one.round == self.round for one in self.ratings)

    def rated(self, rating: CaseRating, by: Viewer) -> Self:
        """The citizen's word on this round: content closes it; not content reopens it, once. Raises CaseStateWrong,
        AlreadyRated (whoever was not heard in time may still say it, and it counts; it does not reopen).
        """
        if self._is_rated:
            raise AlreadyRated
        late = self.state is CaseState.CLOSED and self.confirmation is Confirmation.UNCONFIRMED
        if not late:
            self.demand(CaseState.REPLIED)
        mind = Confirmation.CONFIRMED if rating.content else Confirmation.CONTESTED
        heard = self._stepped(
            Happened.RATED,
            by,
            rating.at,
            text=rating.reason,
            detail=str(rating.grade),
            ratings=(*self.ratings, rating),
            confirmation=mind,
        )
        if late:
            return heard
        if rating.content or self.round >= MOST_ROUNDS:
            return heard._closed(by, rating.at)
        return heard._reopened(by, rating.at)
