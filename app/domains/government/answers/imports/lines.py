"""A line of a file of answers: JSON Lines, or CSV with the same names (lists with `|` between, English in `answer_en`).

Texts in two languages are `[zh, en]`, or one text in Chinese.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, TypeVar

import orjson

from app.core.imports.errors import BadRow, LineFault
from app.core.imports.lines import Bad, csv_rows
from app.core.imports.model import Line
from app.core.said import UNSAID, Said
from app.domains.government.answers.entries import checks
from app.domains.government.answers.entries.errors import AnswerFault, AnswerMisfit
from app.domains.government.answers.entries.model import Answer, AnswerState, HandOver, Link

NEEDED = frozenset({"code", "questions", "answer"})
KNOWN = NEEDED | {"unit", "title_en", "steps", "links", "items", "hand_over", "keywords"}
T = TypeVar("T")
_LISTS = frozenset({"questions", "items", "keywords"})
_JSON = frozenset({"steps", "links"})
_HAND_OVERS = [one.value for one in HandOver]


def read_answer(said: Mapping[str, Any], unit: str) -> tuple[Answer | None, tuple[AnswerFault, ...]]:
    """The content of an entry, as a draft of nobody yet; or what is wrong with it. `unit` when it names none."""
    reader = _Reader(said)
    answer = reader.answer(unit)
    if reader.faults:
        return None, tuple(reader.faults)
    faults = tuple(checks.unfit(answer))
    return (None, faults) if faults else (answer, ())


def csv_lines(opened: BinaryIO, bad: Bad) -> Iterator[Line]:
    rows = csv_rows(opened, bad)
    _, head = next(rows, (0, []))
    columns = [name.strip() for name in head]
    if not (NEEDED <= set(columns) <= KNOWN | {"answer_en"}) or len(set(columns)) != len(columns):
        bad(BadRow(1, LineFault.COLUMNS))
        return
    for number, row in rows:
        if len(row) != len(columns):
            bad(BadRow(number, LineFault.COLUMNS))
        else:
            yield Line(number, _as_json(dict(zip(columns, row, strict=True))))


def _as_json(row: dict[str, str]) -> dict[str, Any]:
    """As JSON Lines would have it; what cannot be read so stays text, and is refused as such."""
    said: dict[str, Any] = {name: _value(name, text.strip()) for name, text in row.items() if text.strip()}
    english = said.pop("answer_en", None)
    if english is not None:
        said["answer"] = [said.get("answer", ""), english]
    return said


def _value(name: str, text: str) -> Any:
    if name in _LISTS:
        return [one.strip() for one in text.split("|")]
    if name in _JSON:
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            return text
    return text


@dataclass(slots=True)
class _Reader:
    """Reads one row; what cannot be read is noted, and something harmless stands in its place."""

    said: Mapping[str, Any]
    faults: list[AnswerFault] = field(default_factory=list)

    def answer(self, unit: str) -> Answer:
        for name in sorted(NEEDED - self.said.keys()):
            self.bad(name, AnswerMisfit.MISSING)
        for name in sorted(str(name) for name in self.said.keys() - KNOWN):
            self.bad(name[:60], AnswerMisfit.UNKNOWN)
        return Answer(
            code=self.text("code"),
            version=0,
            state=AnswerState.DRAFT,
            unit=self.text("unit", unit),
            questions=self.texts("questions"),
            body=self.pair("answer", self.said.get("answer", "")),
            title_en=self.text("title_en"),
            steps=tuple(self.pair(f"steps.{n}", one) for n, one in enumerate(self.listed("steps"))),
            links=tuple(self.link(f"links.{n}", one) for n, one in enumerate(self.listed("links"))),
            items=self.texts("items"),
            hand_over=self.hand_over(),
            keywords=self.texts("keywords"),
        )

    def bad(self, place: str, misfit: AnswerMisfit) -> None:
        self.faults.append(AnswerFault(place, misfit))

    def text(self, name: str, otherwise: str = "") -> str:
        return self._is(str, name, self.said.get(name, otherwise), otherwise)

    def listed(self, name: str) -> list[Any]:
        return self._is(list, name, self.said.get(name, []), [])

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(self._is(str, f"{name}.{n}", one, "").strip() for n, one in enumerate(self.listed(name)))

    def pair(self, place: str, value: Any) -> Said:
        both = [value] if isinstance(value, str) else value
        if isinstance(both, list) and 1 <= len(both) <= 2 and all(isinstance(one, str) for one in both):
            return Said(*(one.strip() for one in both))
        self.bad(place, AnswerMisfit.FORM)
        return UNSAID

    def link(self, place: str, value: Any) -> Link:
        if isinstance(value, list) and len(value) == 2 and all(isinstance(one, str) for one in value):
            return Link(value[0].strip(), value[1].strip())
        self.bad(place, AnswerMisfit.FORM)
        return Link("-", "https://example.org")

    def hand_over(self) -> HandOver:
        value = self.said.get("hand_over", HandOver.NONE.value)
        if value in _HAND_OVERS:
            return HandOver(value)
        self.bad("hand_over", AnswerMisfit.CHOICE)
        return HandOver.NONE

    def _is(self, kind: type[T], place: str, value: object, otherwise: T) -> T:
        if isinstance(value, kind):
            return value
        self.bad(place, AnswerMisfit.FORM)
        return otherwise
