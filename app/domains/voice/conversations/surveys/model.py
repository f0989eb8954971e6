"""A survey: its questions, whom it asks and when, and whether an answer fits.

draft ── published ──> published (announced, open, closed by its times) ── ended early ──> ended
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from app.core.said import Said
from app.domains.voice.conversations.moderation.words.model import personal
from app.domains.voice.conversations.surveys.errors import (
    SurveyAnswersUnfit,
    SurveyFault,
    SurveyMisfit,
    SurveyNotForYou,
    SurveyNotOpen,
    SurveyStateWrong,
)

MOST_QUESTIONS, MOST_OPTIONS, MOST_TEXT = 40, 20, 500
LONGEST = timedelta(days=366)
_KEY = re.compile(r"[a-z][a-z0-9_]{0,19}")
_DISTRICT = re.compile(r"[0-9]{6}")
_SCALES = range(3, 12)


class QuestionKind(StrEnum):
    SINGLE = "single"
    MULTIPLE = "multiple"
    SCALE = "scale"  # 1 to `most`
    TEXT = "text"


class SurveyState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    ENDED = "ended"  # before its time


class Results(StrEnum):
    OPEN = "open"  # shown while it runs
    CLOSED = "closed"  # shown when it is over


class Phase(StrEnum):
    """Where its times put it."""

    DRAFT = "draft"
    ANNOUNCED = "announced"
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Option:
    key: str
    words: Said


@dataclass(frozen=True, slots=True)
class Question:
    """`least` and `most`: how many options of MULTIPLE; the highest step of SCALE is `most`."""

    key: str
    kind: QuestionKind
    words: Said
    options: tuple[Option, ...] = ()
    required: bool = True
    least: int = 1
    most: int = 1

    @property
    def choices(self) -> tuple[str, ...]:
        """What is counted of it."""
        if self.kind is QuestionKind.SCALE:
            return tuple(str(step) for step in range(1, self.most + 1))
        return tuple(option.key for option in self.options)

    def misfit(self, given: Answered | None) -> SurveyMisfit | None:
        """What is wrong with an answer to it."""
        if given is None or given.is_empty:
            return SurveyMisfit.MISSING if self.required else None
        if self.kind is QuestionKind.TEXT:
            return _of_text(given)
        if given.text or len(set(given.chosen)) != len(given.chosen):
            return SurveyMisfit.FORM if given.text else SurveyMisfit.REPEATED
        if not set(given.chosen) <= set(self.choices):
            return SurveyMisfit.UNKNOWN
        least, most = (self.least, self.most) if self.kind is QuestionKind.MULTIPLE else (1, 1)
        if len(given.chosen) > most:
            return SurveyMisfit.TOO_MANY
        return SurveyMisfit.TOO_FEW if len(given.chosen) < least else None


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer to one question: options by key (steps of a scale as figures), or a text."""

    question: str
    chosen: tuple[str, ...] = ()
    text: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.chosen and not self.text.strip()


@dataclass(frozen=True, slots=True)
class Survey:
    """`unit` holds it. `districts`: whom it asks, by six digits of where they live; empty: everybody. `rev` counts the
    changes.
    """

    id: str
    unit: str
    title: Said
    lead: Said
    questions: tuple[Question, ...]
    opens_at: datetime
    closes_at: datetime
    results: Results
    districts: tuple[str, ...] = ()
    least_age: int | None = None
    state: SurveyState = SurveyState.DRAFT
    by: str = ""
    ended_at: datetime | None = None
    rev: int = 1

    def demand(self, *states: SurveyState) -> None:
        """Raises SurveyStateWrong."""
        if self.state not in states:
            raise SurveyStateWrong(self.state.value)

    def phase(self, now: datetime) -> Phase:
        if self.state is SurveyState.DRAFT:
            return Phase.DRAFT
        if self.state is SurveyState.ENDED or now >= self.closes_at:
            return Phase.OVER
        return Phase.OPEN if now >= self.opens_at else Phase.ANNOUNCED

    def published(self) -> Survey:
        """Raises SurveyStateWrong."""
        self.demand(SurveyState.DRAFT)
        return replace(self, state=SurveyState.PUBLISHED, rev=self.rev + 1)

    def ended(self, at: datetime) -> Survey:
        """Before its time; what was answered counts. Raises SurveyStateWrong."""
        self.demand(SurveyState.PUBLISHED)
        return replace(self, state=SurveyState.ENDED, ended_at=at, rev=self.rev + 1)

    def demand_open(self, now: datetime) -> None:
        """Raises SurveyNotOpen."""
        if self.phase(now) is not Phase.OPEN:
            raise SurveyNotOpen(self.opens_at, self.ended_at or self.closes_at)

    def demand_asks(self, district: str | None, of_age: bool) -> None:
        """Raises SurveyNotForYou."""
        if self.districts and district not in self.districts:
            raise SurveyNotForYou("district")
        if not of_age:
            raise SurveyNotForYou("age")

    def demand_fits(self, given: Mapping[str, Answered]) -> None:
        """All faults at once. Raises SurveyAnswersUnfit."""
        known = {question.key for question in self.questions}
        faults = [SurveyFault(key[:20], SurveyMisfit.UNKNOWN) for key in sorted(given.keys() - known)]
        for question in self.questions:
            if (why := question.misfit(given.get(question.key))) is not None:
                faults.append(SurveyFault(question.key, why))
        if faults:
            raise SurveyAnswersUnfit(tuple(faults))

    def faults(self, now: datetime) -> tuple[SurveyFault, ...]:
        """What stands in the way of holding it as it is written."""
        found = [*_of_said("title", self.title, 60), *_of_said("lead", self.lead, 600)]
        times = self.opens_at < self.closes_at <= self.opens_at + LONGEST and self.closes_at > now
        found += [] if times else [SurveyFault("closes_at", SurveyMisfit.FORM)]
        if not 1 <= len(self.questions) <= MOST_QUESTIONS:
            many = SurveyMisfit.TOO_MANY if self.questions else SurveyMisfit.MISSING
            found.append(SurveyFault("questions", many))
        if any(not _DISTRICT.fullmatch(one) for one in self.districts):
            found.append(SurveyFault("districts", SurveyMisfit.FORM))
        if self.least_age is not None and not 14 <= self.least_age <= 100:
            found.append(SurveyFault("least_age", SurveyMisfit.FORM))
        found += _repeated("questions", (question.key for question in self.questions))
        return tuple(found + [fault for n, one in enumerate(self.questions) for fault in _of_question(n, one)])


def _of_text(given: Answered) -> SurveyMisfit | None:
    if given.chosen:
        return SurveyMisfit.FORM
    if len(given.text) > MOST_TEXT:
        return SurveyMisfit.TOO_LONG
    # Nobody is to be known by what he wrote: numbers of people have no place in an anonymous answer.
    return SurveyMisfit.PERSONAL if personal(given.text) else None


def _of_question(n: int, one: Question) -> list[SurveyFault]:
    place = f"questions.{n}"
    found = [] if _KEY.fullmatch(one.key) else [SurveyFault(f"{place}.key", SurveyMisfit.FORM)]
    found += _of_said(f"{place}.words", one.words, 200)
    if one.kind in (QuestionKind.SINGLE, QuestionKind.MULTIPLE):
        if not 2 <= len(one.options) <= MOST_OPTIONS:
            found.append(SurveyFault(f"{place}.options", SurveyMisfit.FORM))
        if any(not _KEY.fullmatch(option.key) for option in one.options):
            found.append(SurveyFault(f"{place}.options", SurveyMisfit.FORM))
        found += _repeated(f"{place}.options", (option.key for option in one.options))
        found += [
            fault
            for o, option in enumerate(one.options)
            for fault in _of_said(f"{place}.options.{o}", option.words, 100)
        ]
    elif one.options:
        found.append(SurveyFault(f"{place}.options", SurveyMisfit.UNKNOWN))
    several = one.kind is QuestionKind.MULTIPLE and not 1 <= one.least <= one.most <= len(one.options)
    if several or (one.kind is QuestionKind.SCALE and one.most not in _SCALES):
        found.append(SurveyFault(f"{place}.most", SurveyMisfit.FORM))
    return found


def _of_said(place: str, said: Said, most: int) -> list[SurveyFault]:
    if not said.zh.strip():
        return [SurveyFault(place, SurveyMisfit.MISSING)]
    return [SurveyFault(place, SurveyMisfit.TOO_LONG)] if max(len(said.zh), len(said.en) // 3) > most else []


def _repeated(place: str, keys: Iterable[str]) -> list[SurveyFault]:
    listed = list(keys)
    return [SurveyFault(place, SurveyMisfit.REPEATED)] if len(set(listed)) != len(listed) else []


def answered_of(raw: Iterable[Any]) -> dict[str, Answered]:
    """By question; of two answers to one, the later counts for nothing: it is a fault. Raises SurveyAnswersUnfit."""
    given: dict[str, Answered] = {}
    for one in raw:
        if one.question in given:
            raise SurveyAnswersUnfit((SurveyFault(one.question[:20], SurveyMisfit.REPEATED),))
        given[one.question] = one
    return given
