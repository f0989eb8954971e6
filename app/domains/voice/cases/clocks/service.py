"""A clock in words: by which rule, since when, what stopped it, when it runs out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Protocol

from app.core.clock import CITY_TIME
from app.core.messages import message
from app.domains.voice.cases.clocks.model import Measure, Standing

# Texts stand in the locales as `CLOCK_SAYS_…`.
SENTENCES = frozenset(
    {"DAYS", "HOURS", "PAUSED", "WAITED", "MORE_DAYS", "MORE_HOURS", "WAITS", "DUE_DAY", "DUE_AT"}
    | {"STOPPED", "OVERDUE", "LEFT_DAYS", "LEFT_MINUTES", "CALENDAR", "UNSURE"}
)


class _Say(Protocol):
    def __call__(self, code: str, **data: object) -> str: ...


def explained(standing: Standing, locale: str) -> str:
    """A few sentences in the reader's language."""
    return ("" if locale == "zh-CN" else " ").join(_sentences(standing, locale))


def rule_name(rule: str, locale: str) -> str:
    return message(f"CLOCK_{rule.upper()}", locale)


def _sentences(one: Standing, locale: str) -> Iterator[str]:
    days = one.measure is Measure.WORKING_DAYS

    def say(code: str, **data: object) -> str:
        return message(f"CLOCK_SAYS_{code}", locale, **data)

    yield say(
        "DAYS" if days else "HOURS", rule=rule_name(one.rule, locale), amount=one.amount, started=_at(one.started)
    )
    for pause in one.pauses:
        if pause.until is None:
            yield say("PAUSED", since=_at(pause.since))
        else:
            yield say("WAITED", since=_at(pause.since), until=_at(pause.until))
    for more in one.extensions:
        yield say("MORE_DAYS" if days else "MORE_HOURS", amount=more.days)
    yield from _end(one, say)
    yield say("CALENDAR", calendar=one.calendar)
    if one.unsure:
        yield say("UNSURE", years=", ".join(str(year) for year in one.unsure))


def _end(one: Standing, say: _Say) -> Iterator[str]:
    if one.due is None:
        yield say("WAITS")
        return
    days = one.measure is Measure.WORKING_DAYS
    # A day that ends at midnight is named by itself, not by the day that begins then.
    ends = f"{(one.due - timedelta(days=1)).astimezone(CITY_TIME):%Y-%m-%d}" if days else _at(one.due)
    yield say("DUE_DAY" if days else "DUE_AT", due=ends)
    if one.stopped is not None:
        yield say("STOPPED", at=_at(one.stopped))
    elif one.overdue:
        yield say("OVERDUE")
    elif one.remaining is not None:
        yield say("LEFT_DAYS" if days else "LEFT_MINUTES", left=one.remaining)


def _at(moment: datetime) -> str:
    return f"{moment.astimezone(CITY_TIME):%Y-%m-%d %H:%M}"
