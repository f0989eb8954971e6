"""Chinese and English text as people write and mistype it, and an index in memory over it.

`Synonyms` (what means the same) → `Reader` (a text taken apart: words, sounds, initials, concepts) → `TextIndex`
(documents by key; scored matches for what somebody typed, suggestions while he types, and which part matched).

A match carries a `likeness` from 0 to 1 that can be compared between questions: how much of what was typed the best
title of the document says, and how much else that title says.
"""

from app.core.texts.index import CUT, Found, Match, Text, TextIndex
from app.core.texts.reading import Reader
from app.core.texts.synonyms import Synonyms

__all__ = ["CUT", "Found", "Match", "Reader", "Synonyms", "Text", "TextIndex"]
