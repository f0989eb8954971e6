"""What a department's system answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from app.domains.government.handover.model import News, Step


class Verdict(StrEnum):
    TAKEN = "taken"
    REFUSED = "refused"  # it will not be otherwise the next time
    NOT_NOW = "not_now"  # or nobody knows: the answer may have been lost on the way


@dataclass(frozen=True, slots=True)
class Answer:
    """To an errand. `code` says in the department's word why not, or in ours why nothing was heard."""

    verdict: Verdict
    reference: str | None = None
    code: str | None = None
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What a department knows of one application: the errands it has taken, and all steps so far.

    `heard` is False when it did not answer (`code` says why); `known` is False when it has no such application.
    """

    heard: bool
    known: bool = False
    reference: str | None = None
    errands: frozenset[str] = frozenset()
    steps: tuple[News, ...] = ()
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a department's own list."""

    number: str
    seq: int


_LONGEST, _MOST_POINTS = 2_000, 30


def read_news(number: str, told: Mapping[str, Any]) -> News:
    """A step as a department writes it: `{"seq", "step", "at", "reason"?, "remedy"?, "points"?}`. Raises ValueError."""
    seq, at, points = told.get("seq"), told.get("at"), told.get("points") or ()
    if not isinstance(seq, int) or isinstance(seq, bool) or not 1 <= seq <= 999_999:
        raise ValueError("seq")
    if not isinstance(at, str) or (moment := datetime.fromisoformat(at)).tzinfo is None:
        raise ValueError("at")
    if not isinstance(points, list | tuple) or len(points) > _MOST_POINTS:
        raise ValueError("points")
    return News(
        number=number,
        seq=seq,
        step=Step(str(told.get("step"))),
        at=moment.astimezone(UTC).replace(microsecond=moment.microsecond // 1000 * 1000),
        reason=_words(told.get("reason")),
        remedy=_words(told.get("remedy")),
        points=tuple(text for point in points if (text := _words(point))),
    )


def _words(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise ValueError("words")
    return value.strip() or None
