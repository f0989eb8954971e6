"""A template: texts in both languages with placeholders, which version they are, and who has agreed to them.

What a placeholder may be is checked when a template is saved, and each value again when it is filled in. Texts are
put together from their pieces: nothing in a text or a value is ever looked up or evaluated.

    draft ──> submitted ──> approved ──> withdrawn        a provider's; drafts and submitted ones can be withdrawn too
                       └──> rejected
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cache, cached_property, lru_cache
from string import Formatter
from typing import Any

from app.core.messages import CHINESE, LOCALES, codes, text_of
from notifications.templates.errors import (
    FactMissing,
    FactUnknown,
    PlaceholderNotAllowedHere,
    PlaceholderNotSimple,
    PlaceholderUnknown,
    TemplateCharacterRefused,
    TemplateCodeInvalid,
    TemplateInOtherState,
    TemplateLanguageMissing,
    TemplateTextLength,
    TemplateTextMalformed,
    TemplateUnknown,
)
from notifications.templates.facts import Fact, FactKind, check_declared, invented, refused_in, spoken


class Part(StrEnum):
    TITLE = "title"
    BODY = "body"
    PUSH = "push"


class TemplateState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


LONGEST: Mapping[Part, int] = {Part.TITLE: 50, Part.BODY: 2_000, Part.PUSH: 120}
# Values make a text longer than it was written; what a lock screen or a text message can hold ends it.
_LONGEST_FILLED: Mapping[Part, int] = {Part.TITLE: 100, Part.BODY: 10_000, Part.PUSH: 200}


@dataclass(frozen=True, slots=True)
class Texts:
    """`title` and `body` in the app; `push` on a lock screen or in a text message, with nothing personal in it."""

    title: str
    body: str
    push: str


_PERSONAL = Fact(personal=True)
# The facts a city text may use, by its code; a code that is not listed has none. Values come from the event.
PLACEHOLDERS: Mapping[str, Mapping[str, Fact]] = {
    "TELL_DIGEST": {"count": Fact(FactKind.NUMBER)},
    "TELL_CARD_EXPIRES_SOON": {"valid_until": Fact(FactKind.DATE)},
    "TELL_DISCLOSURE_ANSWERED": {"organisation": _PERSONAL},
    "TELL_DISCLOSURE_MADE": {"organisation": _PERSONAL, "purpose": _PERSONAL},
}


@dataclass(frozen=True, slots=True)
class TemplateRef:
    """Which text a message was sent with. `owner`: an organisation's code, or None for the city."""

    code: str
    version: int
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """How a template came into a state."""

    state: TemplateState
    by: str
    at: datetime
    reason: str | None = None


@dataclass(frozen=True)
class Template:
    """One version; its texts never change. Version 0 of a city text is the one built in, which nobody made."""

    code: str
    version: int
    owner: str | None
    texts: Mapping[str, Texts]
    facts: Mapping[str, Fact] = field(default_factory=dict)
    state: TemplateState = TemplateState.APPROVED
    made_by: str | None = None
    made_at: datetime | None = None
    id: str = ""
    history: tuple[Step, ...] = ()

    @cached_property
    def ref(self) -> TemplateRef:
        return TemplateRef(self.code, self.version, self.owner)

    @property
    def reason(self) -> str | None:
        """Why it was rejected or withdrawn."""
        return self.history[-1].reason if self.history else None

    def render(self, locale: str, facts: Mapping[str, Any]) -> Texts:
        """The texts filled with these facts; more facts than it uses may be given. Raises FactMissing, FactUnfit."""
        spoken = {name: self._spoken(name, locale, facts) for name in self._used}
        texts = self.texts.get(locale) or self.texts[CHINESE]
        return Texts(*(_filled(getattr(texts, part), spoken, _LONGEST_FILLED[part]) for part in Part))

    def check_facts(self, facts: Mapping[str, Any]) -> None:
        """That these are the declared facts, each of its kind. Raises FactUnknown, FactMissing, FactUnfit."""
        for name in facts:
            if name not in self.facts:
                raise FactUnknown(name[:40])
        for name in self._used | facts.keys():
            self._spoken(name, CHINESE, facts)

    def preview(self, locale: str, facts: Mapping[str, Any], today: date) -> Texts:
        """As `render`, with invented values for the facts not given."""
        return self.render(locale, {**{name: invented(fact, today) for name, fact in self.facts.items()}, **facts})

    def submitted(self, by: str, at: datetime) -> Template:
        return self._moved(Step(TemplateState.SUBMITTED, by, at), {TemplateState.DRAFT})

    def approved(self, by: str, at: datetime) -> Template:
        return self._moved(Step(TemplateState.APPROVED, by, at), {TemplateState.SUBMITTED})

    def rejected(self, by: str, at: datetime, reason: str) -> Template:
        return self._moved(Step(TemplateState.REJECTED, by, at, reason), {TemplateState.SUBMITTED})

    def withdrawn(self, by: str, at: datetime, reason: str | None = None) -> Template:
        open_ = {TemplateState.DRAFT, TemplateState.SUBMITTED, TemplateState.APPROVED}
        return self._moved(Step(TemplateState.WITHDRAWN, by, at, reason), open_)

    def _moved(self, step: Step, allowed: set[TemplateState]) -> Template:
        """Raises TemplateInOtherState."""
        if self.state not in allowed:
            raise TemplateInOtherState(self.state.value)
        return replace(self, state=step.state, history=(*self.history, step))

    @cached_property
    def _used(self) -> frozenset[str]:
        texts = (getattr(one, part) for one in self.texts.values() for part in Part)
        return frozenset(name for text in texts for _, name in pieces(text) if name is not None)

    def _spoken(self, name: str, locale: str, facts: Mapping[str, Any]) -> str:
        if facts.get(name) is None:
            raise FactMissing(name)
        return spoken(name, self.facts[name], facts[name], locale)


@cache
def built_in(code: str) -> Template:
    """Version 0 of a city text: what stands in the catalogs. Raises TemplateUnknown."""
    texts = {locale: [text_of(f"{code}_{part.name}", locale) for part in Part] for locale in LOCALES}
    if not all(all(found) for found in texts.values()):
        raise TemplateUnknown
    said: dict[str, Texts] = {locale: Texts(*(str(text) for text in found)) for locale, found in texts.items()}
    return Template(code, 0, None, said, PLACEHOLDERS.get(code, {}))


@cache
def city_codes() -> tuple[str, ...]:
    """The codes of all city texts, in order."""
    titled = (code.removesuffix("_TITLE") for code in codes() if code.endswith("_TITLE"))
    return tuple(sorted(code for code in titled if code.startswith("TELL_")))


def parse_code(code: str) -> str:
    """Raises TemplateCodeInvalid."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,39}", code):
        raise TemplateCodeInvalid
    return code


def check(texts: Mapping[str, Texts], facts: Mapping[str, Fact]) -> None:
    """That texts can be filled with such facts, whatever their values are.

    Raises FactDeclarationInvalid, TemplateLanguageMissing, TemplateTextLength, TemplateTextMalformed,
    TemplateCharacterRefused, PlaceholderNotSimple, PlaceholderUnknown, PlaceholderNotAllowedHere.
    """
    check_declared(facts)
    for locale in LOCALES:
        if locale not in texts:
            raise TemplateLanguageMissing(locale)
        for part in Part:
            _check_text(locale, part, getattr(texts[locale], part), facts)


def pieces(text: str) -> tuple[tuple[str, str | None], ...]:
    """The text as (what stands before, name of the placeholder or None). Raises ValueError unless it was checked."""
    return _pieces(text)


@lru_cache(maxsize=4096)
def _pieces(text: str) -> tuple[tuple[str, str | None], ...]:
    return tuple((before, name) for before, name, _, _ in Formatter().parse(text))


def _filled(text: str, values: Mapping[str, str], longest: int) -> str:
    whole = "".join(before + (values[name] if name is not None else "") for before, name in pieces(text))
    return whole if len(whole) <= longest else whole[: longest - 1] + "…"


def _check_text(locale: str, part: Part, text: str, facts: Mapping[str, Fact]) -> None:
    if not text.strip() or len(text) > LONGEST[part]:
        raise TemplateTextLength(locale, part.value, LONGEST[part])
    if refused := refused_in(text, "\n" if part is Part.BODY else ""):
        raise TemplateCharacterRefused(locale, part.value, f"U+{ord(refused):04X}")
    try:
        parsed = list(Formatter().parse(text))
    except ValueError:
        raise TemplateTextMalformed(locale, part.value) from None
    for _, name, form, conversion in parsed:
        if name is not None:
            _check_placeholder(locale, part, name, bool(form or conversion), facts)


def _check_placeholder(locale: str, part: Part, name: str, formed: bool, facts: Mapping[str, Fact]) -> None:
    if formed or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        raise PlaceholderNotSimple(locale, part.value, name[:40])
    if name not in facts:
        raise PlaceholderUnknown(locale, part.value, name[:40])
    if part is not Part.BODY and (facts[name].personal or facts[name].kind is FactKind.LINK):
        raise PlaceholderNotAllowedHere(locale, part.value, name)
