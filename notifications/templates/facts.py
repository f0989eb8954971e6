"""What a template is filled with: values of declared kinds, checked and said as people read them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from babel.dates import format_date

from app.core.messages import ENGLISH
from notifications.templates.errors import FactDeclarationInvalid, FactUnfit

_MOST = 20


class FactKind(StrEnum):
    TEXT = "text"
    DATE = "date"
    TIME = "time"
    NUMBER = "number"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Fact:
    """What may be filled in under a name. `personal` facts stay off the lock screen; a link leads to `host` only."""

    kind: FactKind = FactKind.TEXT
    personal: bool = False
    host: str | None = None


_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_REFUSED = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})


def check_declared(facts: Mapping[str, Fact]) -> None:
    """Raises FactDeclarationInvalid."""
    for count, (name, fact) in enumerate(facts.items(), 1):
        named = re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name) is not None
        hosted = _is_host(fact.host) if fact.kind is FactKind.LINK else fact.host is None
        if not named or not hosted or count > _MOST:
            raise FactDeclarationInvalid(name[:40])


def _is_host(host: str | None) -> bool:
    if host is None or len(host) > 100:  # before the search, which takes longer than the text is long
        return False
    return re.fullmatch(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]", host) is not None


def spoken(name: str, fact: Fact, value: object, locale: str) -> str:
    """A value as people read it in this language. Raises FactUnfit."""
    text = value.isoformat() if isinstance(value, date) else str(value)
    longest = 300 if fact.kind is FactKind.LINK else 100
    if isinstance(value, bool) or not 1 <= len(text) <= longest or refused_in(text, ""):
        raise FactUnfit(name, fact.kind.value)
    match fact.kind:
        case FactKind.DATE:
            return _day(name, text, locale)
        case FactKind.LINK:
            fits = _is_link(text, fact.host or "")
        case FactKind.TIME:
            fits = re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", text) is not None
        case FactKind.NUMBER:
            fits = re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,6})?", text) is not None
        case FactKind.TEXT:
            fits = not text.isspace()
    if not fits:
        raise FactUnfit(name, fact.kind.value)
    return text


def invented(fact: Fact, today: date) -> str:
    """A value to look at a template with."""
    shown = {FactKind.TEXT: "…", FactKind.TIME: "09:30", FactKind.NUMBER: "3", FactKind.DATE: today.isoformat()}
    return shown.get(fact.kind, f"https://{fact.host}/")


def _day(name: str, text: str, locale: str) -> str:
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError
        day = date.fromisoformat(text)
    except ValueError:
        raise FactUnfit(name, FactKind.DATE.value) from None
    return format_date(day, "long", locale="en_GB" if locale == ENGLISH else "zh_CN")


def _is_link(text: str, host: str) -> bool:
    """https, this very host, no port and no user: an address that reads like the provider's is the provider's."""
    return re.fullmatch(rf"https://{re.escape(host)}([/?#][!#-;=?-\[\]_a-z~]*)?", text) is not None


def refused_in(text: str, allowed: str) -> str | None:
    """The first character that does not belong into a line of text."""
    return next(
        (c for c in text if c not in allowed and (c in _DIRECTION or unicodedata.category(c) in _REFUSED)), None
    )
