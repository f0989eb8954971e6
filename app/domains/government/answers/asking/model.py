"""A thread of questions and answers, and what is passed on of it when an answer was not enough."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from app.core.messages import ENGLISH
from app.core.said import Said
from app.domains.government.answers.alarms.model import Alarm
from app.domains.government.answers.asking.errors import AnswerNotOffered, AskSessionFull
from app.domains.government.answers.entries.model import HandOver

MOST_TURNS: Final = 30
KEPT: Final = timedelta(days=180)  # a citizen's thread, after its last turn
KEPT_PASSING: Final = timedelta(hours=24)  # a thread of somebody who is not signed in
KEPT_PASSED_ON: Final = timedelta(days=365)
_SUMMARY = 2_000


class Reply(StrEnum):
    """ITEMS: no entry fits, and these service items do."""

    ANSWERED = "answered"
    CLARIFYING = "clarifying"
    ITEMS = "items"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class Asker:
    """Whose the thread is: a citizen in person; or whoever holds a device, which is known by its keyed hash."""

    citizen: str | None
    device: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """`question` is masked. `answer` is the id of the version that was told, with its `confidence` (0 to 1).
    `offered` are codes of entries to choose from, `items` codes of service items.
    """

    number: int
    at: datetime
    question: str
    reply: Reply
    answer: str | None = None
    confidence: float | None = None
    offered: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    hand_over: HandOver = HandOver.NONE
    alarm: Alarm | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """`revision` counts its writes."""

    id: str
    asker: Asker
    begun_at: datetime
    turns: tuple[Turn, ...] = ()
    revision: int = 0

    @property
    def last(self) -> Turn | None:
        return self.turns[-1] if self.turns else None

    @property
    def clarifying(self) -> tuple[str, ...]:
        """The codes that were offered last, when that was the last word."""
        return self.last.offered if self.last is not None and self.last.reply is Reply.CLARIFYING else ()

    @property
    def leads_to(self) -> tuple[HandOver, ...]:
        """Where its last answer leads; a case is always open."""
        told = self.last.hand_over if self.last is not None else HandOver.NONE
        return tuple(dict.fromkeys(one for one in (told, HandOver.CASE) if one is not HandOver.NONE))

    def demand_room(self) -> None:
        """Raises AskSessionFull."""
        if len(self.turns) >= MOST_TURNS:
            raise AskSessionFull(MOST_TURNS)

    def demand_offered(self, code: str) -> None:
        """Raises AnswerNotOffered."""
        if code not in self.clarifying:
            raise AnswerNotOffered

    def further(self, turn: Turn) -> Thread:
        return replace(self, turns=(*self.turns, turn), revision=self.revision + 1)

    def expires_at(self, now: datetime) -> datetime:
        return now + (KEPT if self.asker.citizen is not None else KEPT_PASSING)


@dataclass(frozen=True, slots=True)
class PassedOn:
    """What an application, an appointment or a case begins with. `item` is the service item it is about, if it is
    about one; `summary` says in plain text what was asked and answered.
    """

    id: str
    thread: str
    citizen: str
    to: HandOver
    item: str | None
    summary: str
    at: datetime


_ASKED = Said("问", "Asked")
_TOLD = Said("答", "Answered")
_NOT_TOLD = Said("没有找到答案", "no answer was found")
_CLARIFIED = Said("请其说明", "asked which is meant")
_ITEMS = Said("列出了相关办事事项", "services were named that may fit")


def summary_of(thread: Thread, titles: dict[str, Said], locale: str) -> str:
    """What was asked and answered, oldest first; the newest turns when it is too long. `titles` by version's id."""
    colon = ": " if locale == ENGLISH else "："
    lines: list[str] = []
    for turn in thread.turns:
        title = titles.get(turn.answer or "")
        told = (title or _without_answer(turn)).within(locale)
        lines += [f"{_ASKED.within(locale)}{colon}{turn.question}", f"{_TOLD.within(locale)}{colon}{told}"]
    while len(lines) > 2 and sum(map(len, lines)) + len(lines) > _SUMMARY:
        del lines[:2]
    return "\n".join(lines)


def _without_answer(turn: Turn) -> Said:
    if turn.offered:
        return _CLARIFIED
    return _ITEMS if turn.items else _NOT_TOLD
