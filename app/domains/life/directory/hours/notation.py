"""Opening hours as they are written in files and typed in forms: the part of OpenStreetMap's `opening_hours` that is
needed here, with `WD` for the weekend days that are worked instead of a holiday (调休上班).

    Mo-Fr 08:00-12:00,14:00-18:00; Sa 09:00-17:00; PH off; WD 08:00-12:00; 2026-02-17 off "除夕休息"
    24/7

What is not named is shut; `PH` (public holidays) and `WD` that are not named are as on any such weekday.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from app.domains.life.directory.hours.errors import HoursInvalid
from app.domains.life.directory.hours.model import DAY, LONGEST_NOTE, Hours, Span, Spans, SpecialDay, written

LONGEST = 2_000
_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_TIME = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")
_RULE = re.compile(
    r"(?P<days>(?:Mo|Tu|We|Th|Fr|Sa|Su|PH|WD|[0-9]{4}-[0-9]{2}-[0-9]{2}|[,-])+)?\s*"
    r'(?P<spans>off|[0-9:,+ -]+)\s*(?:"(?P<note>[^"]*)")?'
)


def parsed_hours(text: str) -> Hours:
    """An empty text knows nothing. Raises HoursInvalid."""
    plain = " ".join(text.replace("；", ";").replace("，", ",").replace("：", ":").split())
    if len(plain) > LONGEST:
        raise HoursInvalid(plain[:20])
    if not plain:
        return Hours()
    read = _Read()
    for part in _rules(plain):
        read.take(part)
    return read.hours()


def parsed_spans(text: str) -> Spans:
    """Of one day: `09:00-12:00,14:00-18:00`, or `off`. Raises HoursInvalid."""
    plain = " ".join(text.replace("，", ",").replace("：", ":").split())
    return _read_spans(plain, plain)


def written_hours(hours: Hours) -> str:
    """As `parsed_hours` reads it."""
    whole = ((Span(0, DAY),),) * 7
    parts = ["24/7"] if hours.week == whole else list(_week(hours.week))
    for name, spans in (("PH", hours.holidays), ("WD", hours.make_up)):
        parts += [f"{name} {_spans(spans)}"] if spans is not None else []
    for one in hours.special:
        note = f' "{one.note}"' if one.note else ""
        parts.append(f"{one.day.isoformat()} {_spans(one.spans)}{note}")
    return "; ".join(parts)


class _Read:
    """What was read so far: of two rules for one day the later holds."""

    def __init__(self) -> None:
        self.week: list[Spans] = [()] * 7
        self.named = False
        self.more: dict[str, Spans] = {}
        self.special: dict[date, SpecialDay] = {}

    def take(self, part: str) -> None:
        if part == "24/7":
            self.week, self.named = [(Span(0, DAY),)] * 7, True
            return
        found = _RULE.fullmatch(part)
        if found is None:
            raise HoursInvalid(part[:40])
        spans, note = _read_spans(found["spans"], part), (found["note"] or "").strip()
        for name in (found["days"] or "Mo-Su").split(","):
            self._name(name, spans, note, part)

    def hours(self) -> Hours:
        week = tuple(self.week) if self.named or self.more else ()
        special = tuple(self.special[day] for day in sorted(self.special))
        return Hours(week, self.more.get("PH"), self.more.get("WD"), special)

    def _name(self, name: str, spans: Spans, note: str, part: str) -> None:
        if name in ("PH", "WD"):
            self.more[name] = spans
        elif name[:1].isdigit():
            day = _date(name)
            self.special[day] = SpecialDay(day, spans, note[:LONGEST_NOTE])
        else:
            first, _, last = name.partition("-")
            if first not in _DAYS or (last or first) not in _DAYS:
                raise HoursInvalid(part[:40])
            begin, end = _DAYS.index(first), _DAYS.index(last or first)
            for n in range((end - begin) % 7 + 1):
                self.week[(begin + n) % 7] = spans
            self.named = True


def _rules(text: str) -> Iterator[str]:
    """Parted by `;`, but not within a note."""
    for part in re.findall(r'(?:[^;"]|"[^"]*"|")+', text):
        if part.strip():
            yield part.strip()


def _read_spans(text: str, part: str) -> Spans:
    if text == "off":
        return ()
    spans = []
    for piece in text.replace(" ", "").split(","):
        start, dash, end = piece.partition("-")
        begin, finish = _minutes(start, part), _minutes(end, part)
        if not dash or begin == DAY:
            raise HoursInvalid(part[:40])
        spans.append(Span(begin, finish if finish > begin else finish + DAY))
    return tuple(sorted(spans))


def _minutes(text: str, part: str) -> int:
    found = _TIME.fullmatch(text)
    minutes = int(found[1]) * 60 + int(found[2]) if found else DAY + 1
    if minutes > DAY:
        raise HoursInvalid(part[:40])
    return minutes


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise HoursInvalid(text[:40]) from None


def _week(week: Sequence[Spans]) -> Iterator[str]:
    """Days in a row that are alike are one rule; a week in which all is shut says so."""
    days = list(zip(_DAYS, week, strict=False))
    for spans, group in groupby(days, key=lambda one: one[1]):
        names = [name for name, _ in group]
        if spans or not any(week):
            yield f"{names[0]}-{names[-1]} {_spans(spans)}" if len(names) > 1 else f"{names[0]} {_spans(spans)}"


def _spans(spans: Spans) -> str:
    return ",".join(map(written, spans)) or "off"
