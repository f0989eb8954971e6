"""How sure an answer is, and what follows from it: tell it, ask which of two is meant, or say that there is none.

How alike a question and an entry are (`likeness.py`) orders the entries. What share of the entries found so is right
was counted on the questions of `tests/answers/questions.toml`; `CALIBRATION` is that curve, smoothed, so that a
confidence of 0.8 means: of ten answers told with it at least eight are the right ones.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.domains.government.answers.entries.model import Answer

# (likeness, confidence), straight lines between.
CALIBRATION: Final = (
    (0.0, 0.0),
    (0.15, 0.05),
    (0.25, 0.35),
    (0.35, 0.6),
    (0.5, 0.75),
    (0.7, 0.85),
    (0.9, 0.91),
    (1.0, 0.97),
)
ENOUGH: Final = 0.5  # confidence: below this nothing is told
CLOSE: Final = 0.07  # likeness: two entries that differ by less may both be meant
CERTAIN: Final = 0.985  # likeness: asked word for word, only what is asked in nearly the same words is as close
CLOSE_TO_CERTAIN: Final = 0.02
MOST_OFFERED: Final = 4


@dataclass(frozen=True, slots=True)
class Candidate:
    """Both from 0 to 1."""

    answer: Answer
    likeness: float

    @property
    def confidence(self) -> float:
        return confidence_of(self.likeness)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`told` is the answer; or `offered` are 2 to 4 of which one may be meant; or neither."""

    told: Candidate | None = None
    offered: tuple[Candidate, ...] = ()


def confidence_of(likeness: float) -> float:
    """By straight lines between the points of the curve."""
    x = min(max(likeness, 0.0), 1.0)
    place = min(bisect_right(CALIBRATION, (x, 2.0)), len(CALIBRATION) - 1)
    (x0, y0), (x1, y1) = CALIBRATION[place - 1], CALIBRATION[place]
    return round(y0 + (y1 - y0) * (x - x0) / (x1 - x0), 3)


def verdict(candidates: Sequence[Candidate], *, may_ask: bool) -> Verdict:
    """`candidates` best first. With `may_ask`, close ones are offered; without, the best is told."""
    good = [one for one in candidates if one.confidence >= ENOUGH]
    if not good:
        return Verdict()
    best = good[0]
    near = CLOSE if best.likeness < CERTAIN else CLOSE_TO_CERTAIN
    close = [one for one in good if best.likeness - one.likeness < near]
    if may_ask and len(close) > 1:
        return Verdict(offered=tuple(close[:MOST_OFFERED]))
    return Verdict(told=best)
