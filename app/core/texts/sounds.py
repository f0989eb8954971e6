"""How Chinese sounds, as far as typing goes: syllables without tones, and with what southern speakers do not tell apart
made one (zh and z, sh and s, ch and c, l and n, a final n and ng). So a homophone typed by mistake, and pinyin typed
instead of characters, sound like what was meant.
"""

from __future__ import annotations

from functools import lru_cache

from app.core.texts import dictionaries

_FINALS = {
    "": "a ai an ang ao e ei en eng er o ou",
    "b": "a ai an ang ao ei en eng i ian iao ie in ing o u",
    "p": "a ai an ang ao ei en eng i ian iao ie in ing o ou u",
    "m": "a ai an ang ao e ei en eng i ian iao ie in ing iu o ou u",
    "f": "a an ang ei en eng o ou u",
    "d": "a ai an ang ao e ei en eng i ian iao ie ing iu ong ou u uan ui un uo",
    "t": "a ai an ang ao e eng i ian iao ie ing ong ou u uan ui un uo",
    "n": "a ai an ang ao e ei en eng i ian iang iao ie in ing iu ong ou u uan un uo v ve",
    "l": "a ai an ang ao e ei eng i ia ian iang iao ie in ing iu o ong ou u uan un uo v ve",
    "g": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "k": "a ai an ang ao e en eng ong ou u ua uai uan uang ui un uo",
    "h": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "j": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "q": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "x": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "zh": "a ai an ang ao e en eng i ong ou u ua uai uan uang ui un uo",
    "ch": "a ai an ang ao e en eng i ong ou u ua uai uan uang ui un uo",
    "sh": "a ai an ang ao e ei en eng i ou u ua uai uan uang ui un uo",
    "r": "an ang ao e en eng i ong ou u ua uan ui un uo",
    "z": "a ai an ang ao e ei en eng i ong ou u uan ui un uo",
    "c": "a ai an ang ao e en eng i ong ou u uan ui un uo",
    "s": "a ai an ang ao e en eng i ong ou u uan ui un uo",
    "y": "a an ang ao e i in ing o ong ou u uan ue un",
    "w": "a ai an ang ei en eng o u",
}
SYLLABLES = frozenset(initial + final for initial, finals in _FINALS.items() for final in finals.split())
_BEGINNINGS = frozenset(one[:n] for one in SYLLABLES for n in range(1, len(one) + 1))
_LONGEST = 6


@lru_cache(maxsize=1_000)
def folded(syllable: str) -> str:
    """Also a syllable's beginning: `zhen` and `zh` as well as `zheng`."""
    plain = syllable
    if plain[:2] in ("zh", "ch", "sh"):
        plain = plain[0] + plain[2:]
    elif plain[:1] == "n" and len(plain) > 1:
        plain = "l" + plain[1:]
    return plain[:-1] if plain.endswith("ng") else plain


@lru_cache(maxsize=50_000)
def of_word(word: str) -> tuple[str, ...]:
    """One for each character of a word of Chinese characters; its own for a character that is not known."""
    return tuple(folded(one) for one in dictionaries.readings(word))


@lru_cache(maxsize=10_000)
def typed(letters: str) -> tuple[tuple[str, ...], str] | None:
    """Letters as syllables, and the beginning of one more (or nothing); None when they are no pinyin."""
    found = _split(letters, 0, {})
    if not found:
        return None
    *whole, last = found
    ends = last not in SYLLABLES
    return tuple(map(folded, whole if ends else found)), folded(last) if ends else ""


def _split(letters: str, start: int, seen: dict[int, tuple[str, ...] | None]) -> tuple[str, ...] | None:
    """The way with the fewest pieces; only the last piece may be unfinished."""
    if start == len(letters):
        return ()
    if start not in seen:
        seen[start] = min(_ways(letters, start, seen), key=len, default=None)
    return seen[start]


def _ways(letters: str, start: int, seen: dict[int, tuple[str, ...] | None]) -> list[tuple[str, ...]]:
    ways = []
    for end in range(min(start + _LONGEST, len(letters)), start, -1):
        piece = letters[start:end]
        if piece in SYLLABLES:
            rest = _split(letters, end, seen)
            if rest is not None:
                ways.append((piece, *rest))
        elif end == len(letters) and piece in _BEGINNINGS:
            ways.append((piece,))
    return ways
