"""How a place stands, in a sentence: `Closed for Spring Festival; opens Tue 24 Feb, 08:00`."""

from __future__ import annotations

from datetime import date, datetime

from app.core.clock import CITY_TIME
from app.core.messages import ENGLISH, message
from app.domains.life.directory.hours.model import Opening, Why

OPENING_CODES = frozenset(
    {
        "OPENING_UNKNOWN",
        "OPENING_ALWAYS",
        "OPENING_OPENS_AT",
        "OPENING_CLOSES_AT",
        "OPENING_UNSURE",
        *(f"OPENING_{state}_{why}" for state in ("OPEN", "SHUT") for why in ("WEEK", "HOLIDAY", "MAKE_UP", "SPECIAL")),
    }
)


def explained(one: Opening, locale: str) -> str:
    why = one.today.why
    if one.open is None:
        return message("OPENING_UNKNOWN", locale)
    if why is Why.ALWAYS and one.open:
        return message("OPENING_ALWAYS", locale)
    parts = [_why(one, locale), *_until(one, locale)]
    parts += [message("OPENING_UNSURE", locale)] if one.unsure else []
    return ("; " if locale == ENGLISH else "，").join(parts)


def _why(one: Opening, locale: str) -> str:
    festival = message(f"FESTIVAL_{one.today.festival.name}", locale) if one.today.festival else ""
    why = Why.WEEK if one.today.why in (Why.ALWAYS, Why.UNKNOWN) else one.today.why
    said = message(f"OPENING_{'OPEN' if one.open else 'SHUT'}_{why.name}", locale, festival=festival)
    return f"{said} ({one.today.note})" if one.today.note else said


def _until(one: Opening, locale: str) -> list[str]:
    day = one.today.day
    if one.closes_at is not None:
        return [message("OPENING_CLOSES_AT", locale, at=_moment(one.closes_at, day, locale))]
    if one.opens_at is not None:
        return [message("OPENING_OPENS_AT", locale, at=_moment(one.opens_at, day, locale))]
    return []


def _moment(at: datetime, day: date, locale: str) -> str:
    """The time alone on the day itself."""
    local = at.astimezone(CITY_TIME)
    time = f"{local:%H:%M}"
    if local.date() == day:
        return time
    return f"{local:%a} {local.day} {local:%b}, {time}" if locale == ENGLISH else f"{local.month}月{local.day}日 {time}"
