"""What may be shown of answers: counts, and none by which somebody could be known.

A district with fewer than five answers is not shown; if only one is withheld, the next smallest is withheld with it,
lest it be found by subtraction. While a survey runs, its results move by five answers at least.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domains.voice.conversations.surveys.model import Survey

FEWEST = 5
UNKNOWN = "000000"
"""The district of people of whom none is known."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many answered, and how many chose what: `QUESTION.OPTION` → how many."""

    answered: int = 0
    chosen: Mapping[str, int] = field(default_factory=dict)

    def plus(self, other: Counts) -> Counts:
        keys = self.chosen.keys() | other.chosen.keys()
        both = {key: self.chosen.get(key, 0) + other.chosen.get(key, 0) for key in keys}
        return Counts(self.answered + other.answered, both)

    def of(self, question: str, option: str) -> int:
        return self.chosen.get(f"{question}.{option}", 0)


@dataclass(frozen=True, slots=True)
class SurveyResults:
    """`whole` is None while fewer than five have answered; `withheld`: districts with too few to be shown."""

    whole: Counts | None
    districts: Mapping[str, Counts] = field(default_factory=dict)
    withheld: tuple[str, ...] = ()


NOTHING = SurveyResults(None)


def shown(by_district: Mapping[str, Counts]) -> SurveyResults:
    """Of what was counted, what may be shown."""
    whole = Counts()
    for counts in by_district.values():
        whole = whole.plus(counts)
    if whole.answered < FEWEST:
        return NOTHING
    asked = {name: counts for name, counts in by_district.items() if counts.answered}
    few = {name for name, counts in asked.items() if counts.answered < FEWEST}
    if few and sum(asked[name].answered for name in few) < FEWEST and len(few) < len(asked):
        few.add(min(asked.keys() - few, key=lambda name: (asked[name].answered, name)))
    kept = {name: counts for name, counts in sorted(asked.items()) if name not in few}
    return SurveyResults(whole, kept, tuple(sorted(few)))


def moved_enough(before: SurveyResults, now: SurveyResults) -> bool:
    """Whether so many answered since that nobody's answer shows in the difference."""
    if now.whole is None:
        return False
    was = before.whole.answered if before.whole else 0
    grown = all(
        counts.answered == old.answered or counts.answered - old.answered >= FEWEST
        for name, counts in now.districts.items()
        if (old := before.districts.get(name)) is not None
    )
    return now.whole.answered - was >= FEWEST and (grown or before.whole is None)


def table(survey: Survey, results: SurveyResults) -> list[list[str]]:
    """The results as lines of a sheet, header first; the texts people wrote are no part of it."""
    places: list[tuple[str, Counts]] = [("*", results.whole)] if results.whole else []
    places += list(results.districts.items())
    lines = [["district", "answered", "question", "question_text", "option", "option_text", "count"]]
    for place, counts in places:
        for question in survey.questions:
            words = {option.key: option.words.zh for option in question.options}
            for choice in question.choices:
                count = counts.of(question.key, choice)
                lines.append(
                    [
                        *(place, str(counts.answered), question.key, question.words.zh),
                        *(choice, words.get(choice, choice), str(count)),
                    ]
                )
    return lines
