"""What is said in the seeded city: threads with their replies, surveys, proposals, read from their file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

Both = tuple[str, str]


@dataclass(frozen=True, slots=True)
class SeededThread:
    """`by` is a person, or `topic` a department. `replies`: (person or department, words). `waits`: for a moderator."""

    title: str
    text: str
    by: str | None = None
    topic: str | None = None
    unit: str | None = None
    pinned: bool = False
    waits: bool = False
    follows: tuple[str, ...] = ()
    replies: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SeededQuestion:
    key: str
    kind: str
    words: Both
    options: tuple[tuple[str, str, str], ...] = ()
    required: bool = True
    most: int = 1


@dataclass(frozen=True, slots=True)
class SeededSurvey:
    """`over`: it was ended, and its results are shown."""

    unit: str
    title: Both
    lead: Both
    days: int
    results: str
    questions: tuple[SeededQuestion, ...]
    over: bool = False


@dataclass(frozen=True, slots=True)
class SeededProposal:
    """`stage`: how far it has come. `unit` owes the reply."""

    by: str
    level: str
    area: str
    title: str
    text: str
    stage: str
    unit: str | None = None
    reply: str | None = None


@dataclass(frozen=True, slots=True)
class SeededConversations:
    offices: tuple[str, ...]
    threads: tuple[SeededThread, ...]
    surveys: tuple[SeededSurvey, ...]
    proposals: tuple[SeededProposal, ...]


def conversations() -> SeededConversations:
    said = tomllib.loads(files("mocks").joinpath("data", "voice", "conversations.toml").read_text(encoding="utf-8"))
    return SeededConversations(
        offices=tuple(said["offices"]),
        threads=tuple(_thread(one) for one in said["thread"]),
        surveys=tuple(_survey(one) for one in said["survey"]),
        proposals=tuple(SeededProposal(**one) for one in said["proposal"]),
    )


def _thread(one: Mapping[str, Any]) -> SeededThread:
    replies = tuple((by, words) for by, words in one.get("replies", ()))
    return SeededThread(**{**one, "follows": tuple(one.get("follows", ())), "replies": replies})


def _survey(one: Mapping[str, Any]) -> SeededSurvey:
    rest = {name: value for name, value in one.items() if name != "question"}
    asked = tuple(_question(question) for question in one["question"])
    return SeededSurvey(**{**rest, "title": tuple(one["title"]), "lead": tuple(one["lead"]), "questions": asked})


def _question(one: Mapping[str, Any]) -> SeededQuestion:
    options = tuple((key, zh, en) for key, zh, en in one.get("options", ()))
    return SeededQuestion(**{**one, "words": tuple(one["words"]), "options": options})
