"""A title as the index keeps it to compare questions with: some hundred bytes, and no dictionary.

What two titles share is in memory once. A part of a title is written with a letter before it that tells how much it
says there, since a pair of characters is a word in one title and only a pair in another.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass

from app.core.texts.reading import CHARACTER, CONCEPT, PAIR, SOUND, WORD, Read

_LETTERS = {WORD: "w", PAIR: "p", CHARACTER: "c", CONCEPT: "m"}  # English words say as much as Chinese ones


@dataclass(frozen=True, slots=True, eq=False)
class Title:
    """`grams` with their letters; `says` and `heard` are the sums of what they and the sounds say.

    `starts` as in `Read`; `initials` are runs with blanks between them, and hold every shorter one.
    """

    grams: tuple[str, ...]
    sounds: tuple[str, ...]
    says: float
    heard: float
    initials: str
    starts: tuple[str, ...]

    @classmethod
    def of(cls, text: str, read: Read) -> Title:
        grams = tuple([sys.intern(_LETTERS[says] + gram) for gram, says in read.grams.items()])
        sounds = tuple(map(sys.intern, read.sounds))
        starts = tuple([text if one == text else one for one in read.starts])
        initials = starts[2] if len(read.initials) == 1 and starts[2] == read.initials[0] else " ".join(read.initials)
        return cls(grams, sounds, read.says, read.heard, initials, starts)


def in_titles(grams: Mapping[str, float]) -> dict[str, tuple[float, float]]:
    """What a question asks for by the ways in which titles may have it: how much it says here, and how much there."""
    return {letter + gram: (asks, says) for gram, asks in grams.items() for says, letter in _LETTERS.items()}


def heard_in_titles(sounds: Mapping[str, float]) -> dict[str, tuple[float, float]]:
    return {sound: (asks, SOUND) for sound, asks in sounds.items()}
