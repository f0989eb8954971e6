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
from types import MappingProxyType
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
_MOMENT = MappingProxyType({"day": Fact(FactKind.DATE), "time": Fact(FactKind.TIME)})
# The facts a city text may use, by its code; a code that is not listed has none. Values come from the event.
PLACEHOLDERS: Mapping[str, Mapping[str, Fact]] = {
    "TELL_DIGEST": {"count": Fact(FactKind.NUMBER)},
    "TELL_CARD_EXPIRES_SOON": {"valid_until": Fact(FactKind.DATE)},
    "TELL_DATA_SHARED": {"organisation": _PERSONAL},
    **dict.fromkeys(
        (
            "TELL_APPOINTMENT_BOOKED",
            "TELL_APPOINTMENT_MOVED",
            "TELL_APPOINTMENT_CANCELLED",
            "TELL_APPOINTMENT_CANCELLED_BY_VENUE",
            "TELL_APPOINTMENT_MOVED_BY_VENUE",
            "TELL_APPOINTMENT_REMINDER",
            "TELL_APPOINTMENT_OFFERED",
            "TELL_APPOINTMENT_MISSED",
            "TELL_EVENT_TICKET_BOUGHT",
            "TELL_EVENT_TICKET_CANCELLED",
            "TELL_EVENT_TICKET_LAPSED",
            "TELL_EVENT_TICKET_MOVED",
            "TELL_EVENT_TICKET_REMINDER",
            "TELL_EVENT_TICKET_RETURNED",
            "TELL_EVENT_WAIT_OFFERED",
            "TELL_EVENT_WAIT_OVER",
            "TELL_EVENT_WAIT_PASSED",
            "TELL_FAMILY_VISIT_COMING",
            "TELL_FAMILY_VISIT_REMINDER",
        ),
        _MOMENT,
    ),
    "TELL_VOLUNTEER_REGISTERED": {"number": _PERSONAL},
    "TELL_VOLUNTEER_HOURS_PUBLISHED": {"title": _PERSONAL, "minutes": Fact(FactKind.NUMBER, personal=True)},
    "TELL_VOLUNTEER_HOURS_REFUSED": {"organisation": _PERSONAL},
    "TELL_VOLUNTEER_STAR": {
        "stars": Fact(FactKind.NUMBER, personal=True),
        "hours": Fact(FactKind.NUMBER, personal=True),
    },
    "TELL_VOLUNTEER_POINTS_WAIT": {"organisation": _PERSONAL, "points": Fact(FactKind.NUMBER, personal=True)},
    **{
        f"TELL_ACTIVITY_{step}": {**_MOMENT, "title": _PERSONAL}
        for step in ("SIGNED_UP", "WAITING", "PROMOTED", "CANCELLED")
    },
    "TELL_ACTIVITY_CHANGED": {**_MOMENT, "title": _PERSONAL, "address": _PERSONAL},
    "TELL_RESPONDER_CALLED": {"metres": Fact(FactKind.NUMBER, personal=True)},
    "TELL_POINTS_GRANTED": {"organisation": _PERSONAL, "points": Fact(FactKind.NUMBER, personal=True)},
    "TELL_POINTS_TAKEN_BACK": {"points": Fact(FactKind.NUMBER, personal=True)},
    "TELL_POINTS_EXPIRING": {"points": Fact(FactKind.NUMBER, personal=True), "day": Fact(FactKind.DATE)},
    "TELL_PACKET_RETURNED": {"amount": _PERSONAL},
    "TELL_RIDE_OWED": {"line": _PERSONAL, "amount": _PERSONAL},
    **{
        f"TELL_WALLET_{step}": {"amount": _PERSONAL}
        for step in ("RETURN_KEPT", "TOPPED_UP", "TOP_UP_FAILED", "WITHDRAWN", "WITHDRAWAL_FAILED")
    },
    **{
        f"TELL_PAYMENT_{step}": {"organisation": _PERSONAL, "amount": _PERSONAL}
        for step in ("CANCELLED", "CAPTURED", "CONFIRMATION_ASKED", "EXPIRED", "FAILED")
    },
    **{
        f"TELL_{step}": {"organisation": _PERSONAL, "amount": _PERSONAL}
        for step in (
            "PAYMENT_REFUNDED",
            "PAYMENT_REFUND_BEGUN",
            "PAYMENT_REFUND_WAITS",
            "DISPUTE_WON",
            "DISPUTE_REFUNDED",
        )
    },
    **{code: {"organisation": _PERSONAL} for code in ("TELL_DISPUTE_ANSWERED", "TELL_DISPUTE_REJECTED")},
    **{
        f"TELL_BILL_{step}": {"organisation": _PERSONAL, "day": Fact(FactKind.DATE)}
        for step in ("ISSUED", "CHANGED", "DUE_SOON", "OVERDUE", "AUTO_PAY_AHEAD")
    },
    **{
        f"TELL_BILL_{step}": {"organisation": _PERSONAL}
        for step in ("CLEARED", "WITHDRAWN", "AUTO_PAY_TOO_HIGH", "AUTO_PAY_FAILED", "PAYMENT_REFUSED")
    },
    "TELL_APPOINTMENT_BLOCKED": {"day": Fact(FactKind.DATE)},
    "TELL_CREDIT_DUE_SOON": {"day": Fact(FactKind.DATE), "amount": _PERSONAL},
    "TELL_CREDIT_LIMIT_CHANGED": {"limit": _PERSONAL},
    "TELL_CREDIT_OVERDUE": {"amount": _PERSONAL},
    "TELL_CREDIT_SCORE_CHANGED": {
        "score": Fact(FactKind.NUMBER, personal=True),
        "before": Fact(FactKind.NUMBER, personal=True),
    },
    **{
        f"TELL_TREATMENT_{step}": {"organisation": _PERSONAL, "amount": _PERSONAL}
        for step in ("ASKED", "CANCELLED", "EXPIRED", "LAPSED")
    },
    "TELL_LOAN_DUE_SOON": {"count": Fact(FactKind.NUMBER), "day": Fact(FactKind.DATE)},
    **{
        f"TELL_FOLLOW_UP_{step}": {"organisation": _PERSONAL, "due": Fact(FactKind.DATE)}
        for step in ("PLANNED", "DUE", "MISSED")
    },
    "TELL_FOLLOW_UP_DONE": {"organisation": _PERSONAL},
    "TELL_PARCEL_WAITS": {"until": Fact(FactKind.DATE)},
    **{
        f"TELL_SHOP_ORDER_{state}": {"number": _PERSONAL}
        for state in ("ACCEPTED", "CANCELLED", "DELIVERED", "DELIVERING", "LAPSED", "PAID", "READY", "REFUSED")
    },
    "TELL_TRANSIT_CANCELLED": {"route": _PERSONAL, "stop": _PERSONAL},
    **{
        f"TELL_TRANSIT_{when}": {"route": _PERSONAL, "stop": _PERSONAL, "away": Fact(FactKind.NUMBER)}
        for when in ("DUE", "NEAR")
    },
    "TELL_EMERGENCY_TAKEN": {"number": _PERSONAL},
    "TELL_SURROUNDINGS_AIR": {"place": _PERSONAL, "value": Fact(FactKind.NUMBER, personal=True)},
    "TELL_SURROUNDINGS_WATER": {"place": _PERSONAL},
    "TELL_CONTRACT_PROPOSED": {"organisation": _PERSONAL},
    "TELL_CONTRACT_REFUSED": {"organisation": _PERSONAL},
    "TELL_CONTRACT_RENEWED": {"organisation": _PERSONAL, "until": Fact(FactKind.DATE)},
    "TELL_CONTRACT_ENDED": {"organisation": _PERSONAL},
    "TELL_CONTRACT_ENDING": {"organisation": _PERSONAL, "until": Fact(FactKind.DATE)},
    "TELL_CONTRACT_LAPSED": {"organisation": _PERSONAL, "until": Fact(FactKind.DATE)},
    "TELL_CONTRACT_UNANSWERED": {"organisation": _PERSONAL},
    "TELL_CONTRACT_SIGNED": {"organisation": _PERSONAL, "until": Fact(FactKind.DATE)},
    **{
        f"TELL_FAMILY_VISIT_{step}": {"day": Fact(FactKind.DATE)}
        for step in ("ACCEPTED", "REFUSED", "CANCELLED", "LAPSED")
    },
    "TELL_REPAIR_SCHEDULED": {"day": Fact(FactKind.DATE)},
    "TELL_REPAIR_HANDED_OVER": {"number": _PERSONAL},
    "TELL_TICKET_ABSENT": {"number": Fact()},
    "TELL_TICKET_CALLED": {"number": Fact(), "counter": _PERSONAL},
    "TELL_TICKET_CLOSED": {"number": Fact()},
    "TELL_TICKET_NEAR": {"number": Fact()},
    **{
        f"TELL_APPLICATION_{step}": {"number": _PERSONAL, "organisation": _PERSONAL, "due": Fact(FactKind.DATE)}
        for step in ("SUBMITTED", "ACCEPTED", "CORRECTED", "IN_REVIEW", "EXTENDED", "OVERDUE")
    },
    **{
        f"TELL_APPLICATION_{step}": {"number": _PERSONAL, "organisation": _PERSONAL}
        for step in ("REFUSED", "RETURNED", "GRANTED", "REJECTED", "WITHDRAWN")
    },
    "TELL_APPLICATION_DELIVERED": {"number": _PERSONAL},
    **{
        f"TELL_CASE_{step}": {"number": _PERSONAL}
        for step in ("FILED", "ANSWERED", "CLOSED", "MERGED", "PAUSED", "REFUSED", "REOPENED")
    },
    **{f"TELL_CASE_{step}": {"number": _PERSONAL} for step in ("RETURNED", "SPLIT", "SUPERVISED", "WITHDRAWN")},
    **{
        f"TELL_{step}": {"number": _PERSONAL}
        for step in ("JOINED_CASE_MOVED", "JOINED_CASE_REPLIED", "FOLLOWED_CASE_MOVED")
    },
    **{
        f"TELL_CASE_{step}": {"number": _PERSONAL, "organisation": _PERSONAL}
        for step in ("DISPATCHED", "ON_SITE", "NOTED", "ASKED", "HANDLED", "REPLIED")
    },
    **{f"TELL_CASE_{step}": {"number": _PERSONAL, "due": Fact(FactKind.DATE)} for step in ("ACCEPTED", "EXTENDED")},
    "TELL_DISCLOSURE_ANSWERED": {"organisation": _PERSONAL},
    "TELL_DISCLOSURE_MADE": {"organisation": _PERSONAL, "purpose": _PERSONAL},
    "TELL_LICENCE_EXPIRES_SOON": {"title": _PERSONAL, "valid_until": Fact(FactKind.DATE)},
    "TELL_LICENCE_ISSUED": {"title": _PERSONAL},
    "TELL_LICENCE_REINSTATED": {"title": _PERSONAL},
    "TELL_LICENCE_REVOKED": {"title": _PERSONAL},
    "TELL_LICENCE_SUSPENDED": {"title": _PERSONAL},
    "TELL_LICENCE_VERIFIED": {"title": _PERSONAL, "organisation": _PERSONAL, "purpose": _PERSONAL},
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
