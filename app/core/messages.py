"""Texts for people, by code, in the two languages of the city: Chinese and English.

The catalogs are gettext files under `app/locales`, read at start: `rong.po`, whose message id is the code of an error,
and `words.po`: what the states and fields are called that a text names (`state:booked`, `field:title`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

from babel.core import negotiate_locale
from babel.messages.pofile import read_po

from app.core.clock import CITY_TIME
from app.core.money import Money

Locale = Literal["zh-CN", "en"]

CHINESE: Final[Locale] = "zh-CN"
ENGLISH: Final[Locale] = "en"
LOCALES: Final[tuple[Locale, ...]] = (CHINESE, ENGLISH)

_FOLDER = Path(__file__).resolve().parent.parent / "locales"
_LONGEST_HEADER = 500
_BY_LANGUAGE: Final[dict[str, Locale]] = {"zh": CHINESE, "en": ENGLISH}


def read_catalog(locale: Locale, domain: str = "rong") -> dict[str, str]:
    """Code → text with `{placeholders}`."""
    path = _FOLDER / locale.replace("-", "_") / "LC_MESSAGES" / f"{domain}.po"
    with path.open("rb") as file:
        catalog = read_po(file, locale=locale.replace("-", "_"), abort_invalid=True)
    return {str(entry.id): str(entry.string) for entry in catalog if entry.id}


_CATALOGS: Mapping[str, Mapping[str, str]] = {locale: read_catalog(locale) for locale in LOCALES}
_WORDS: Mapping[str, Mapping[str, str]] = {locale: read_catalog(locale, "words") for locale in LOCALES}


def message(code: str, locale: str, /, **data: Any) -> str:
    """The text of that code, filled with the error's data. A code without a text speaks as INTERNAL."""
    catalog = _CATALOGS.get(locale, _CATALOGS[CHINESE])
    text = catalog.get(code) or catalog["INTERNAL"]
    return text.format_map({name: _spoken(name, value, locale) for name, value in data.items()}) if data else text


def text_of(code: str, locale: str) -> str | None:
    """The text of that code as it is written, not filled; None when there is none."""
    return _CATALOGS.get(locale, {}).get(code)


def codes() -> frozenset[str]:
    """Every code that has a text."""
    return frozenset(_CATALOGS[CHINESE])


def _spoken(name: str, value: Any, locale: str) -> Any:
    """As people read it: moments in the city's time, to the minute; sums with two places; codes in words."""
    match value:
        case Money():
            return f"{value.amount:,f}"
        case datetime():
            return f"{value.astimezone(CITY_TIME):%Y-%m-%d %H:%M}"
        case str():
            return _WORDS.get(locale, _WORDS[CHINESE]).get(f"{name}:{value}", value)
        case tuple():
            return (", " if locale == ENGLISH else "、").join(map(str, value))
    return value


@lru_cache(maxsize=256)
def negotiate(accept_language: str | None) -> Locale:
    """The language to answer in, by an Accept-Language header; Chinese when it asks for neither."""
    wanted = negotiate_locale(_preferred(accept_language or ""), list(_BY_LANGUAGE), sep="-")
    return _BY_LANGUAGE.get(wanted or "", CHINESE)


def _preferred(header: str) -> list[str]:
    """The header's language tags, the most wanted first; a weight of 0 means "not this one" (RFC 9110, 12.5.4)."""
    if len(header) > _LONGEST_HEADER:
        return []
    weighed = [_weighed(part) for part in header.split(",") if part.strip()]
    wanted = sorted((pair for pair in weighed if pair[1] > 0), key=lambda pair: -pair[1])
    return [tag for tag, _ in wanted]


def _weighed(part: str) -> tuple[str, float]:
    tag, _, parameter = part.partition(";")
    name, _, weight = parameter.strip().partition("=")
    try:
        return tag.strip().lower(), float(weight) if name.strip() == "q" else 1.0
    except ValueError:
        return tag.strip().lower(), 0.0
