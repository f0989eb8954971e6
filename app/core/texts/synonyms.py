"""What means the same: groups of words, one a line, separated by commas; `#` begins a remark.

    身份证, 居民身份证, ID card, identity card

Each group is a concept: wherever one of its words stands, in a document or in what somebody typed, the concept is
read as well.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from string import ascii_lowercase, digits

from app.core.texts.folding import fold, is_han

_LETTERS = frozenset(ascii_lowercase + digits)


@dataclass(frozen=True, slots=True)
class Synonyms:
    """`concepts` by folded word; a word may stand in several groups. `words` by their first letter, longest first."""

    concepts: dict[str, tuple[str, ...]]
    words: dict[str, tuple[str, ...]]

    @classmethod
    def none(cls) -> Synonyms:
        return cls({}, {})

    @classmethod
    def parsed(cls, text: str) -> Synonyms:
        concepts: defaultdict[str, list[str]] = defaultdict(list)
        for number, line in enumerate(text.splitlines()):
            for word in _words(line):
                concepts[word].append(f"~{number}")
        words: defaultdict[str, list[str]] = defaultdict(list)
        for word in sorted(concepts, key=len, reverse=True):
            words[word[0]].append(word)
        return cls(
            {word: tuple(numbers) for word, numbers in concepts.items()}, {a: tuple(b) for a, b in words.items()}
        )

    @property
    def groups(self) -> int:
        return len({one for numbers in self.concepts.values() for one in numbers})

    def within(self, text: str) -> set[str]:
        """The concepts of a folded text; the longest words count, where some overlap."""
        return {one for _, word in self.found_in(text) for one in self.concepts[word]}

    def found_in(self, text: str) -> Iterator[tuple[int, str]]:
        """Where which word stands, from left to right; none overlaps another."""
        place = 0
        while place < len(text):
            words = self.words.get(text[place], ())
            word = next((one for one in words if text.startswith(one, place) and _whole(text, place, one)), None)
            if word is not None:
                yield place, word
            place += len(word) if word else 1


def _words(line: str) -> list[str]:
    said = (" ".join(fold(word).split()) for word in re.split("[,，]", line.partition("#")[0]))
    return [word for word in said if word]


def _whole(text: str, place: int, word: str) -> bool:
    """What begins with a letter has none before it and none after it; in Chinese nothing parts words."""
    if is_han(word):
        return True
    end = place + len(word)
    return not ((place and text[place - 1] in _LETTERS) or (end < len(text) and text[end] in _LETTERS))
