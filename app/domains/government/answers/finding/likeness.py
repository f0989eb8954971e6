"""How alike a question and an entry are, from 0 to 1.

A search is a few words that a title should hold. A question is a sentence: most of it is said by one entry or none, but
not in the words of any one of its variants. So half of the likeness is the variant most alike, and half is how much of
the question the entry says anywhere, what it says only in its text counting less. What is rare in the knowledge base
says more; what no entry says at all counts little, for people embellish.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.core.texts import Reader
from app.core.texts.reading import PAIR, Read
from app.domains.government.answers.entries.model import Answer

_HEARD, _SPELT = 0.65, 0.85  # a sound that is right is less sure than the character; pinyin was meant as sounds
_SPLIT = 0.4  # a pair of characters that is no word, against one that is
_IN_TEXT = 0.45  # what only the text of an entry says
_UNSAID = 0.6  # what no entry says
_OF_QUESTION = 0.65  # of the likeness of one variant; the rest is how much of the variant the question says
_AT_LEAST = 0.6  # what one variant of many says
_ENOUGH = 2.0  # the weight of what is shared by which it counts whole: one short word in common is no evidence


@dataclass(frozen=True, slots=True)
class Profile:
    """What an entry says: each variant; all of them and its keywords together, with how much it is about each part; and
    its text.
    """

    variants: tuple[Read, ...]
    grams: Mapping[str, float]
    sounds: Mapping[str, float]
    text: frozenset[str]

    @classmethod
    def of(cls, answer: Answer, reader: Reader) -> Profile:
        variants = tuple(reader.question(one) for one in titles_of(answer))
        reads = (*variants, *(reader.title(word) for word in answer.keywords))
        return cls(
            variants,
            _shares([read.grams for read in variants], [read.grams for read in reads]),
            _shares([read.sounds for read in variants], [read.sounds for read in reads]),
            frozenset(reader.body(text_of(answer))),
        )


class Likeness:
    """Over all entries: how rare each part is."""

    def __init__(self, profiles: Iterable[Profile]) -> None:
        self._total, self._known = 0, Counter[str]()
        for profile in profiles:
            self._total += 1
            self._known.update(profile.grams.keys() | profile.sounds.keys() | profile.text)

    def of(self, question: Read, profile: Profile) -> float:
        """The better of how it is written and how it sounds."""
        grams = {one: says for one, says in question.grams.items() if len(one) > 1 or not one.isascii()}
        written = self._alike(grams, profile, profile.grams, [one.grams for one in profile.variants])
        heard = self._alike(question.sounds, profile, profile.sounds, [one.sounds for one in profile.variants])
        # Letters of which a word is known are English, not pinyin.
        spelt = question.folded.isascii() and not any(self._known[one] for one in grams)
        return max(written, (_SPELT if spelt else _HEARD * (not question.folded.isascii())) * heard)

    def _alike(
        self, asked: Mapping[str, float], profile: Profile, said: Mapping[str, float], variants: list[dict[str, float]]
    ) -> float:
        weights = {one: _plain(says) * self._rarity(one) for one, says in asked.items()}
        whole = sum(weights.values())
        if not whole:
            return 0.0
        shared = sum(weight * said[one] for one, weight in weights.items() if one in said)
        in_text = sum(weight for one, weight in weights.items() if one not in said and one in profile.text)
        covered = (shared + _IN_TEXT * in_text) / whole
        nearest = max((self._variant(weights, whole, one) for one in variants), default=0.0)
        return (covered + nearest) / 2 * min(1.0, (shared + _IN_TEXT * in_text) / _ENOUGH)

    def _variant(self, weights: Mapping[str, float], whole: float, variant: Mapping[str, float]) -> float:
        common = [one for one in weights if one in variant]
        if not common:
            return 0.0
        of_question = sum(weights[one] for one in common) / whole
        own = sum(_plain(says) * self._rarity(one) for one, says in variant.items())
        of_variant = sum(_plain(variant[one]) * self._rarity(one) for one in common) / own if own else 0.0
        return _OF_QUESTION * of_question + (1 - _OF_QUESTION) * of_variant

    def _rarity(self, one: str) -> float:
        known = self._known[one]
        rare = math.log(1 + (self._total - known + 0.5) / (known + 0.5))
        return rare if known else _UNSAID * rare


def _shares(variants: list[dict[str, float]], reads: list[dict[str, float]]) -> dict[str, float]:
    """Of each part that is said, from `_AT_LEAST` to 1: in how many of the variants. What most of them say is what the
    entry is about.
    """
    counts = Counter(part for one in variants for part in one)
    most = max(len(variants) / 2, 1)
    every = {part for one in reads for part in one}
    return {part: _AT_LEAST + (1 - _AT_LEAST) * min(1.0, counts[part] / most) for part in every}


def _plain(says: float) -> float:
    return _SPLIT * says if says == PAIR else says


def titles_of(answer: Answer) -> tuple[str, ...]:
    return (*answer.questions, *((answer.title_en,) if answer.title_en else ()))


def text_of(answer: Answer) -> str:
    return " ".join((answer.body.zh, answer.body.en, *(step.zh for step in answer.steps), *answer.keywords))
