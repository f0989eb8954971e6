"""The index of how well the city answers: four groups, eleven headings, 24 indicators, one figure from 0 to 100.

Drawn up as published evaluations of such lines are: each indicator is scored from 0 (`worst`) to 100 (`best`), in a
straight line between them; the figure is the mean by the weights that ops set. An indicator without a denominator
in the period has no score, and its weight goes to the others of its group in their proportion; a group without any
leaves its weight to the other groups.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.core.said import Said
from app.domains.voice.figures.index.errors import WeightsInvalid
from app.domains.voice.figures.indicators.cells.model import Sums
from app.domains.voice.figures.indicators.definitions import DEFINITIONS
from app.domains.voice.figures.indicators.model import Figure

WHOLE = 100


@dataclass(frozen=True, slots=True)
class Scored:
    """An indicator of the index: the code of its definition, what is scored 0 and 100, and its weight at first."""

    code: str
    worst: float
    best: float
    weight: int

    def score(self, value: float) -> float:
        return 100.0 * min(max((value - self.worst) / (self.best - self.worst), 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class Heading:
    code: str
    name: Said
    indicators: tuple[Scored, ...]


@dataclass(frozen=True, slots=True)
class Group:
    code: str
    name: Said
    headings: tuple[Heading, ...]

    @property
    def indicators(self) -> tuple[Scored, ...]:
        return tuple(one for heading in self.headings for one in heading.indicators)


INDEX = (
    Group(
        "reach",
        Said("接得快", "Heard"),
        (
            Heading(
                "acceptance",
                Said("受理时效", "Acceptance"),
                (Scored("acceptance_time", 240, 10, 5), Scored("accepted_in_hour", 0.5, 1.0, 4)),
            ),
            Heading(
                "answers",
                Said("即问即答", "Answers at once"),
                (Scored("answered_at_once", 0.0, 0.3, 3), Scored("refused", 0.1, 0.0, 2)),
            ),
            Heading("leaving", Said("市民撤回", "Taken back"), (Scored("withdrawn", 0.1, 0.0, 1),)),
        ),
    ),
    Group(
        "passing",
        Said("派得准", "Passed on"),
        (
            Heading(
                "dispatch",
                Said("派单时效", "Dispatch"),
                (Scored("dispatch_time", 480, 30, 5), Scored("transferred", 0.2, 0.0, 2)),
            ),
            Heading(
                "ownership",
                Said("权责清晰", "Whose matter it is"),
                (Scored("returned", 0.15, 0.0, 5), Scored("fallback", 0.05, 0.0, 3)),
            ),
        ),
    ),
    Group(
        "doing",
        Said("办得实", "Done"),
        (
            Heading(
                "time",
                Said("办理时效", "Time"),
                (Scored("on_time", 0.9, 1.0, 12), Scored("first_reply_time", 14_400, 1_440, 5)),
            ),
            Heading(
                "site",
                Said("现场办理", "On site"),
                (Scored("on_site_time", 2_880, 120, 3), Scored("verified_ok", 0.7, 1.0, 3)),
            ),
            Heading(
                "discipline",
                Said("办理纪律", "Discipline"),
                (
                    Scored("extended", 0.2, 0.0, 2),
                    Scored("paused", 0.2, 0.0, 2),
                    Scored("escalated", 0.2, 0.0, 3),
                ),
            ),
        ),
    ),
    Group(
        "minds",
        Said("评得好", "Well done"),
        (
            Heading(
                "solution",
                Said("问题解决", "Solved"),
                (Scored("solved", 0.7, 1.0, 10), Scored("reopened", 0.15, 0.0, 5)),
            ),
            Heading(
                "satisfaction",
                Said("群众满意", "Content"),
                (Scored("satisfied", 0.7, 1.0, 10), Scored("grade", 2.5, 5.0, 4)),
            ),
            Heading(
                "loop",
                Said("闭环管理", "The loop is closed"),
                (
                    Scored("handled_not_closed", 0.3, 0.0, 3),
                    Scored("rated", 0.3, 0.9, 3),
                    Scored("closed_unconfirmed", 0.7, 0.1, 3),
                    Scored("closed_contested", 0.2, 0.0, 2),
                ),
            ),
        ),
    ),
)
SCORED: Mapping[str, Scored] = {one.code: one for group in INDEX for one in group.indicators}


@dataclass(frozen=True, slots=True)
class Weights:
    """Of each indicator, whole numbers that make 100. `version` counts from 1; the first are the program's own."""

    version: int
    values: Mapping[str, int]
    by: str = ""
    at: datetime | None = None
    reason: str = ""


FIRST = Weights(1, {code: one.weight for code, one in SCORED.items()})


def checked(values: Mapping[str, int]) -> dict[str, int]:
    """Raises WeightsInvalid."""
    wrong = sorted(SCORED.keys() ^ values.keys()) + [code for code, n in values.items() if not 0 <= n <= WHOLE]
    total = sum(values.values())
    if wrong or total != WHOLE:
        raise WeightsInvalid(total)
    return {code: values[code] for code in SCORED}


@dataclass(frozen=True, slots=True)
class IndicatorScore:
    """`weight` as it was set; `share` is what of 100 it counts for, with the weights of those that have no score."""

    figure: Figure
    score: float | None
    weight: int
    share: float


@dataclass(frozen=True, slots=True)
class HeadingScore:
    heading: Heading
    score: float | None
    indicators: tuple[IndicatorScore, ...]


@dataclass(frozen=True, slots=True)
class GroupScore:
    group: Group
    score: float | None
    headings: tuple[HeadingScore, ...]


@dataclass(frozen=True, slots=True)
class IndexScore:
    """`score` is None when nothing could be scored."""

    score: float | None
    weights: Weights
    groups: tuple[GroupScore, ...]


def scored(sums: Sums, weights: Weights) -> IndexScore:
    values = {code: Figure.of(DEFINITIONS[code], sums) for code in SCORED}
    shares = _shares(values, weights)
    groups = tuple(_group(group, values, weights, shares) for group in INDEX)
    everyone = [one for group in groups for heading in group.headings for one in heading.indicators]
    return IndexScore(_mean(everyone), weights, groups)


def _group(group: Group, values: Mapping[str, Figure], weights: Weights, shares: Mapping[str, float]) -> GroupScore:
    headings = []
    for heading in group.headings:
        rows = tuple(_indicator(one, values[one.code], weights, shares) for one in heading.indicators)
        headings.append(HeadingScore(heading, _mean(rows), rows))
    return GroupScore(group, _mean(row for heading in headings for row in heading.indicators), tuple(headings))


def _indicator(one: Scored, figure: Figure, weights: Weights, shares: Mapping[str, float]) -> IndicatorScore:
    value = figure.value
    score = None if value is None else one.score(value)
    return IndicatorScore(figure, score, weights.values[one.code], shares.get(one.code, 0.0))


def _shares(values: Mapping[str, Figure], weights: Weights) -> dict[str, float]:
    """What of 100 each counts for."""
    parts: list[tuple[int, dict[str, int]]] = []
    for group in INDEX:
        there = {one.code: weights.values[one.code] for one in group.indicators if values[one.code].value is not None}
        if sum(there.values()):
            parts.append((sum(weights.values[one.code] for one in group.indicators), there))
    whole = sum(weight for weight, _ in parts)
    return {
        code: WHOLE * group / whole * weight / sum(there.values())
        for group, there in parts
        for code, weight in there.items()
    }


def _mean(rows: Iterable[IndicatorScore]) -> float | None:
    told: Sequence[tuple[float, float]] = [(row.score, row.share) for row in rows if row.score is not None]
    whole = sum(share for _, share in told)
    return sum(score * share for score, share in told) / whole if whole else None
