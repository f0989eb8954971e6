"""An entry of the knowledge base in its versions, and what becomes of it: draft, published, reviewed, withdrawn."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from app.core.clock import CITY_TIME
from app.core.said import UNSAID, Said
from app.domains.government.answers.entries.errors import AnswerNotInState

REVIEWED_EVERY: Final = timedelta(days=365)
_STEPS = 20  # of a draft that is saved again and again, the last ones are kept


class AnswerState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class AnswerStep(StrEnum):
    DRAFTED = "drafted"
    PUBLISHED = "published"
    IMPORTED = "imported"
    REVIEWED = "reviewed"
    WITHDRAWN = "withdrawn"


class HandOver(StrEnum):
    """Where who was not helped enough goes on."""

    APPLICATION = "application"
    APPOINTMENT = "appointment"
    CASE = "case"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Link:
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Step:
    """`by` is who did it: an id of staff or client, `shell` or `seed`."""

    what: AnswerStep
    by: str
    at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One version of an entry.

    `questions` are the ways people ask it, the first is its title. `body` is Markdown. `unit` owns it and reviews it
    until `review_by`. `items` are codes of service items it is about. `revision` counts the writes of this version.
    """

    code: str
    version: int
    state: AnswerState
    unit: str
    questions: tuple[str, ...]
    body: Said
    title_en: str = ""
    steps: tuple[Said, ...] = ()
    links: tuple[Link, ...] = ()
    items: tuple[str, ...] = ()
    hand_over: HandOver = HandOver.NONE
    keywords: tuple[str, ...] = ()
    published_at: datetime | None = None
    reviewed_at: datetime | None = None
    review_by: date | None = None
    current: bool = False
    revision: int = 0
    history: tuple[Step, ...] = field(default=(), hash=False)

    @property
    def id(self) -> str:
        return f"{self.code}@{self.version}"

    @property
    def title(self) -> Said:
        return Said(self.questions[0], self.title_en) if self.questions else UNSAID

    @property
    def shown(self) -> bool:
        """Whether people are answered with it."""
        return self.current and self.state is AnswerState.PUBLISHED

    @property
    def content(self) -> Answer:
        """What it says, without what became of it: equal contents need no new version."""
        bare = {"state": AnswerState.DRAFT, "current": False, "history": (), "version": 0, "revision": 0}
        return replace(self, published_at=None, reviewed_at=None, review_by=None, **bare)  # type: ignore[arg-type]

    def drafted(self, newest: Answer | None, by: str, at: datetime) -> Answer:
        """This content as the draft that follows `newest`: its next version, or that draft anew. What was withdrawn
        may be written again.
        """
        step = Step(AnswerStep.DRAFTED, by, at)
        if newest is None:
            return replace(self.content, version=1, revision=1, history=(step,))
        if newest.state is AnswerState.DRAFT:
            history = (*newest.history[-_STEPS:], step)
            return replace(self.content, version=newest.version, revision=newest.revision + 1, history=history)
        return replace(self.content, version=newest.version + 1, revision=1, history=(step,))

    def published(self, by: str, at: datetime, what: AnswerStep = AnswerStep.PUBLISHED) -> Answer:
        """Raises AnswerNotInState (it is no draft)."""
        self.demand(AnswerState.DRAFT)
        fresh: dict[str, Any] = {"state": AnswerState.PUBLISHED, "current": True, "published_at": at}
        return self._stepped(what, by, at, **fresh, **_reviewed(at))

    def reviewed(self, by: str, at: datetime) -> Answer:
        """Somebody looked: it still holds, for another year. Raises AnswerNotInState."""
        self.demand(AnswerState.PUBLISHED)
        return self._stepped(AnswerStep.REVIEWED, by, at, **_reviewed(at))

    def withdrawn(self, by: str, at: datetime, reason: str) -> Answer:
        """Raises AnswerNotInState."""
        self.demand(AnswerState.PUBLISHED)
        return self._stepped(AnswerStep.WITHDRAWN, by, at, reason, state=AnswerState.WITHDRAWN)

    def overdue(self, today: date) -> bool:
        return self.shown and self.review_by is not None and self.review_by < today

    def demand(self, state: AnswerState) -> None:
        """Raises AnswerNotInState."""
        if self.state is not state:
            raise AnswerNotInState(self.code, self.state.value)

    def _stepped(self, what: AnswerStep, by: str, at: datetime, reason: str | None = None, **changed: Any) -> Answer:
        steps = (*self.history, Step(what, by, at, reason))
        return replace(self, revision=self.revision + 1, history=steps, **changed)


def _reviewed(at: datetime) -> dict[str, Any]:
    return {"reviewed_at": at, "review_by": (at + REVIEWED_EVERY).astimezone(CITY_TIME).date()}
