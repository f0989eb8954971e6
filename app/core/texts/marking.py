"""Which part of a title answers to what was typed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby, pairwise

from app.core.texts import sounds
from app.core.texts.dictionaries import words
from app.core.texts.folding import PARTS, fold, is_han
from app.core.texts.reading import Read, Reader, stem


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a title; `marked` when it answers to what was typed."""

    text: str
    marked: bool


def marked(reader: Reader, typed: str, title: str) -> tuple[Part, ...]:
    """The title in pieces, all of it, in order."""
    question = reader.question(typed)
    # Character by character, so that each place in the folded text is a place in the title.
    folded = "".join(one if len(one := fold(char)) == 1 else " " for char in title)
    places = _written(reader, question, folded) or _heard(question, folded)
    return tuple(
        Part("".join(char for _, char in run), is_marked)
        for is_marked, run in groupby(enumerate(title), key=lambda one: one[0] in places)
    )


def _written(reader: Reader, question: Read, folded: str) -> set[int]:
    places = set[int]()
    longest = max((len(gram) for gram in question.grams), default=0)
    single = sum(map(len, PARTS.findall(question.folded))) == 1
    for found in PARTS.finditer(folded):
        part, start = found[0], found.start()
        if not is_han(part):
            places.update(range(start, found.end()) if stem(part) in question.grams else ())
            continue
        for size in range(1 if single else 2, min(longest, len(part)) + 1):
            hits = (n for n in range(len(part) - size + 1) if part[n : n + size] in question.grams)
            places.update(start + n + m for n in hits for m in range(size))
    return places | _same_meaning(reader, question, folded)


def _same_meaning(reader: Reader, question: Read, folded: str) -> set[int]:
    concepts = reader.synonyms.concepts
    found = reader.synonyms.found_in(folded)
    alike = ((at, word) for at, word in found if any(one in question.grams for one in concepts[word]))
    return {n for at, word in alike for n in range(at, at + len(word))}


def _heard(question: Read, folded: str) -> set[int]:
    """By sound, or by initials, where nothing is written alike."""
    places = set[int]()
    for found in PARTS.finditer(folded):
        if is_han(found[0]):
            syllables = [one for word in words(found[0]) for one in sounds.of_word(word)]
            near = {m for n, (a, b) in enumerate(pairwise(syllables)) if _sounds(question, a, b) for m in (n, n + 1)}
            places.update(found.start() + n for n in near or _initials(question, syllables))
    return places


def _sounds(question: Read, one: str, other: str) -> bool:
    begun = (sound[:-1] for sound in question.sounds if sound.endswith("*"))
    return one + other in question.sounds or any((one + other).startswith(sound) for sound in begun)


def _initials(question: Read, syllables: list[str]) -> set[int]:
    first = "".join(one[0] for one in syllables)
    found = ((first.find(one), len(one)) for one in question.initials)
    return {n for start, length in found if start >= 0 for n in range(start, start + length)}
