"""A text taken apart into what it can be found by.

Of Chinese: words (the longer ones also in their parts), pairs of characters (what is left of a word that was mistyped),
single characters, and pairs of sounds. Of English: words without their plural. Of both: the concepts of synonyms.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from app.core.texts import sounds
from app.core.texts.dictionaries import words as words_of
from app.core.texts.dictionaries import words_and_parts
from app.core.texts.folding import PARTS, fold, is_han
from app.core.texts.synonyms import Synonyms

# How much it says that two texts share one of these.
WORD, PAIR, CHARACTER, LATIN, CONCEPT = 1.6, 1.0, 0.35, 1.6, 2.2
SOUND, SPELT, INITIALS = 0.55, 1.6, 2.0
# What says nothing about the matter; not taken out of a text that holds nothing else.
_CHINESE = """
请问 怎么样 怎么办理 怎么办 怎样 怎么 如何 哪里 哪儿 在哪 什么 需要 我要 我想 我的 我 可以 可不可以 能不能 能 吗 呢
啊 吧 了 的 想 要 个 呀 一下 去 办理 办 多少 多久 流程 手续
"""
_ENGLISH = """
a an the i my me of to for in on at how do does can where what is are want need get make apply with and or application
procedure please from it
"""
_FILLER = sorted(_CHINESE.split(), key=len, reverse=True)
_LATIN_FILLER = frozenset(_ENGLISH.split())
_MOST_INITIALS = 8


@dataclass(frozen=True, slots=True)
class Read:
    """`grams`: what it is found by, with how much each says. `sounds` likewise. `starts`:
    how it begins when it is typed: as it is written, by sound, by initials. `says` and `heard` are sums. `initials` of
    a title are whole runs, within which shorter ones are found.
    """

    folded: str
    grams: dict[str, float]
    sounds: dict[str, float]
    initials: tuple[str, ...]
    starts: tuple[str, ...]
    says: float
    heard: float


class Reader:
    """Reads documents and questions alike; keeps what it read last of short texts."""

    def __init__(self, synonyms: Synonyms) -> None:
        self.synonyms = synonyms
        self.title = lru_cache(maxsize=1_000)(self._title)
        self.question = lru_cache(maxsize=1_000)(self._question)

    def title_of_document(self, text: str) -> Read:
        """As `title`. An index reads each once, so that nothing of it need be kept."""
        return self._read_title(fold.__wrapped__(text))

    def _title(self, text: str) -> Read:
        return self._read_title(fold(text))

    def _read_title(self, folded: str) -> Read:
        grams, heard, initials = dict[str, float](), dict[str, float](), list[str]()
        spelt, first = "", ""
        for part in PARTS.findall(folded):
            if is_han(part):
                words = words_of(part)
                syllables = [one for word in words for one in sounds.of_word(word)]
                grams |= _han(part)
                heard |= _heard(words, syllables)
                run = "".join([one[0] for one in syllables])
                initials.append(run)
                spelt, first = spelt + "".join(syllables), first + run
            else:
                spelt, first = spelt + part, first + part[0]
                if part not in _LATIN_FILLER:
                    grams[stem(part)] = LATIN
        grams |= dict.fromkeys(self.synonyms.within(folded), CONCEPT)
        written = "".join(PARTS.findall(folded))
        return _read(folded, grams, heard, initials, (written, spelt, first))

    def body(self, text: str) -> set[str]:
        """Of long texts only words and concepts."""
        folded, found = fold.__wrapped__(text), set[str]()  # too long to be kept
        for part in PARTS.findall(folded):
            found.update(words_and_parts(part) if is_han(part) else (stem(part),))
        return {one for one in found if len(one) > 1} | self.synonyms.within(folded)

    def _question(self, text: str) -> Read:
        """As a title, without filler; letters may be pinyin, or initials."""
        folded = " ".join(fold(text).split())
        said = self.title(_without_filler(folded))
        concepts = dict.fromkeys(self.synonyms.within(folded), CONCEPT)
        spelt, initials = dict[str, float](), dict[str, None]()
        for letters in _letters(folded):
            found = sounds.typed(letters)
            if found is not None and (len(found[0]) > 1 or found[1] or len(letters) > 1):
                spelt |= dict.fromkeys(_spelt(*found), SPELT)
            if 2 <= len(letters) <= _MOST_INITIALS and letters.isalpha():
                initials[letters.replace("n", "l")] = None  # as `sounds` has it
        grams, heard = {**said.grams, **concepts}, {**said.sounds, **spelt}
        return _read(folded, grams, heard, initials, _starts(folded))


def _read(
    folded: str, grams: dict[str, float], sounds: dict[str, float], initials: Iterable[str], starts: tuple[str, ...]
) -> Read:
    return Read(folded, grams, sounds, tuple(initials), starts, sum(grams.values()), sum(sounds.values()))


def stem(word: str) -> str:
    """An English word without the plural."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _han(part: str) -> dict[str, float]:
    grams = dict.fromkeys(part, CHARACTER)
    grams |= {a + b: PAIR for a, b in pairwise(part)}
    return grams | {word: WORD for word in words_and_parts(part) if len(word) > 1}


def _heard(words: list[str], syllables: list[str]) -> dict[str, float]:
    """Pairs of sounds; a single one where there is no pair; words of three and more also whole, for typing errors."""
    heard = {a + b: SOUND for a, b in pairwise(syllables)}
    if len(syllables) == 1:
        heard[syllables[0]] = SOUND
    return heard | {"".join(sounds.of_word(word)): SOUND for word in words if len(word) > 2}


def initials_within(run: str) -> set[str]:
    """From everywhere: a word may stand within a longer one."""
    sizes = range(2, min(_MOST_INITIALS, len(run)) + 1)
    return {run[start : start + size] for size in sizes for start in range(len(run) - size + 1)}


def _spelt(whole: tuple[str, ...], unfinished: str) -> Iterator[str]:
    """Pairs of what was spelt; a pair with an unfinished end is written with `*`."""
    yield from (a + b for a, b in pairwise(whole))
    if len(whole) == 1:
        yield from (whole[0], whole[0] + "*")
    if unfinished:
        yield (whole[-1] if whole else "") + unfinished + "*"


def _starts(folded: str) -> tuple[str, ...]:
    """What was typed so far, in the three ways in which a title may begin."""
    written = "".join(PARTS.findall(folded))
    if not written.isascii():
        return (written,)
    found = sounds.typed(written)
    spelt = ("".join(found[0]) + found[1],) if found else ()
    return (written, *spelt, written.replace("n", "l"))


def _letters(folded: str) -> Iterator[str]:
    """Runs of letters; syllables typed with spaces between them are one run."""
    run = ""
    for part in PARTS.findall(folded):
        spelt = None if is_han(part) or not part.isalpha() else sounds.typed(part)
        if spelt is not None and not spelt[1]:
            run += part
            continue
        if run:
            yield run
            run = ""
        if not is_han(part):
            yield part
    if run:
        yield run


def _without_filler(folded: str) -> str:
    bare = folded
    for word in _FILLER:
        bare = bare.replace(word, " ")
    return bare if PARTS.search(bare) and len(bare.replace(" ", "")) > 1 else folded
