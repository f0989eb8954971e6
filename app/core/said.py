"""A text in the city's two languages, as the catalogue and its like are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.core.messages import ENGLISH


@dataclass(frozen=True, slots=True)
class Said:
    """`en` may be empty: then Chinese is what there is."""

    zh: str
    en: str = ""

    def within(self, locale: str) -> str:
        return self.en if locale == ENGLISH and self.en else self.zh


UNSAID = Said("")


def said_row(said: Said) -> dict[str, str]:
    """As most stores keep it."""
    return {"zh": said.zh, "en": said.en}


def said_pair(said: Said) -> list[str]:
    """As stores keep it that have many in one row."""
    return [said.zh, said.en]


def said_of(kept: Mapping[str, str] | Sequence[str]) -> Said:
    """From either."""
    return Said(kept["zh"], kept["en"]) if isinstance(kept, Mapping) else Said(*kept)
