"""How alike a question and a title are, from 0 to 1: what the two share, by how much each part of it says.

What is rare in the index says more. Most of it is how much of the question the title covers; a title that says much
else besides is a little less alike, so that of two that cover all the shorter one wins.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.core.texts.titles import Title, heard_in_titles, in_titles

_OF_QUESTION, _OF_TITLE = 0.78, 0.22
_SURE = 0.9


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question is made of in one way of writing, with what each part says here, and all of it together.

    `titled`: the same as titles have it, with what it says there as well.
    """

    parts: Mapping[str, float]
    whole: float
    titled: Mapping[str, tuple[float, float]]

    @classmethod
    def of(cls, parts: Mapping[str, float], titled: Mapping[str, tuple[float, float]]) -> Asked:
        return cls(parts, sum(parts.values()), titled)

    def like(self, said: tuple[str, ...], said_whole: float) -> float:
        titled = self.titled
        shared = [titled[one] for one in said if one in titled]
        if not shared:
            return 0.0
        of_question, of_title = map(sum, zip(*shared, strict=True))
        # By its own weights: how rare the rest of the title is need not be looked up.
        return _OF_QUESTION * of_question / self.whole + _OF_TITLE * of_title / said_whole


@dataclass(frozen=True, slots=True)
class Question:
    grams: Asked
    sounds: Asked
    initials: Mapping[str, float]

    @classmethod
    def of(cls, grams: Mapping[str, float], sounds: Mapping[str, float], initials: Mapping[str, float]) -> Question:
        return cls(Asked.of(grams, in_titles(grams)), Asked.of(sounds, heard_in_titles(sounds)), initials)

    def like(self, title: Title) -> float:
        """The best of how it is written, how it sounds and how it begins: a question is typed in one of these ways.

        A sound that is right is less sure than the character.
        """
        written = self.grams.like(title.grams, title.says)
        if written > _SURE:
            return written
        heard = self.sounds.like(title.sounds, title.heard)
        short = self._short(title) if self.initials else 0.0
        return max(written, 0.9 * heard, 0.85 * short, 0.6 * written + 0.4 * heard)

    def _short(self, title: Title) -> float:
        shared = max((len(one) for one in self.initials if one in title.initials), default=0)
        return _OF_QUESTION + _OF_TITLE * shared / max(len(title.starts[2]), shared) if shared else 0.0
