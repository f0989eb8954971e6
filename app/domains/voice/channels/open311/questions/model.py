"""A question about service requests, read from the arguments of a URL.

An empty argument counts as none. Numbers given override everything else. Without dates it is about the last 90 days,
as GeoReport v2 has it; with `updated_after` about whatever changed since then, however old it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import isfinite

from app.core.places.model import Box
from app.domains.voice.channels.open311.errors import ArgumentWrong, SpanTooLong
from app.domains.voice.channels.open311.model import Status

SPAN = timedelta(days=90)
MOST_ROWS = 1000  # of one answer, and when nothing is said of it
MOST_DEEP = 10_000  # rows passed over: whoever wants more narrows the dates
MOST_NUMBERS = 100
MOST_SERVICES = 50
_LONGEST = 64
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)", re.ASCII)

Arguments = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Question:
    """`since` and `until` are of the filing, `updated_*` of the last change; both ends count.

    `extended`: with notes.
    """

    numbers: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    updated_after: datetime | None = None
    updated_before: datetime | None = None
    status: Status | None = None
    box: Box | None = None
    page: int = 1
    size: int = MOST_ROWS
    extended: bool = False

    @property
    def passed_over(self) -> int:
        return (self.page - 1) * self.size


def question(given: Arguments, now: datetime) -> Question:
    """Raises ArgumentWrong, SpanTooLong."""
    extended = _flag(given, "extensions")
    numbers = _several(given, "service_request_id", MOST_NUMBERS)
    if numbers:
        return Question(numbers=numbers, extended=extended, size=MOST_NUMBERS)
    after, before = _moment(given, "updated_after"), _moment(given, "updated_before")
    _demand_order(after, before, "updated_before")
    since, until = _dates(given, now, changed=after is not None or before is not None)
    page, size = _count(given, "page", 1, MOST_DEEP), _count(given, "page_size", MOST_ROWS, MOST_ROWS)
    if (page - 1) * size >= MOST_DEEP:
        raise ArgumentWrong("page")
    return Question(
        services=_several(given, "service_code", MOST_SERVICES),
        since=since,
        until=until,
        updated_after=after,
        updated_before=before,
        status=_status(given),
        box=_box(given),
        page=page,
        size=size,
        extended=extended,
    )


def moment(text: str, name: str) -> datetime:
    """As the W3C's note on dates and times has it, with its zone; a `+` that became a space on the way is one.

    Raises ArgumentWrong.
    """
    written = re.sub(r" (\d\d:\d\d)$", r"+\1", text.strip())
    if not _MOMENT.fullmatch(written):
        raise ArgumentWrong(name)
    try:
        return datetime.fromisoformat(written).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ArgumentWrong(name) from None


def _dates(given: Arguments, now: datetime, *, changed: bool) -> tuple[datetime | None, datetime | None]:
    since, until = _moment(given, "start_date"), _moment(given, "end_date")
    _demand_order(since, until, "end_date")
    if since is None and until is None:
        return (None, None) if changed else (now - SPAN, None)
    try:
        start = since if since is not None else (until or now) - SPAN
        end = until if until is not None else start + SPAN
    except OverflowError:
        raise ArgumentWrong("start_date" if since else "end_date") from None
    if end - start > SPAN:
        raise SpanTooLong(SPAN.days)
    return start, end


def _demand_order(first: datetime | None, last: datetime | None, name: str) -> None:
    if first is not None and last is not None and last < first:
        raise ArgumentWrong(name)


def _one(given: Arguments, name: str) -> str | None:
    """An argument that stands once. Raises ArgumentWrong."""
    values = [value for value in given.get(name, ()) if value.strip()]
    if len(values) > 1 or any(len(value) > 200 for value in values):
        raise ArgumentWrong(name)
    return values[0].strip() if values else None


def _several(given: Arguments, name: str, most: int) -> tuple[str, ...]:
    """One that may stand several times, and hold several, divided by commas."""
    parts = [part.strip() for value in given.get(name, ()) for part in value.split(",")]
    found = tuple(dict.fromkeys(part for part in parts if part))
    if len(found) > most or any(len(part) > _LONGEST or not part.isprintable() for part in found):
        raise ArgumentWrong(name)
    return found


def _moment(given: Arguments, name: str) -> datetime | None:
    text = _one(given, name)
    return None if text is None else moment(text, name)


def _count(given: Arguments, name: str, usual: int, most: int) -> int:
    text = _one(given, name)
    if text is None:
        return usual
    if not (text.isascii() and text.isdigit() and len(text) <= 6 and 1 <= int(text) <= most):
        raise ArgumentWrong(name)
    return int(text)


def _flag(given: Arguments, name: str) -> bool:
    text = (_one(given, name) or "false").lower()
    if text not in ("true", "false", "1", "0"):
        raise ArgumentWrong(name)
    return text in ("true", "1")


def _status(given: Arguments) -> Status | None:
    """Both are as none."""
    wanted = _several(given, "status", 8)
    try:
        found = {Status(one.lower()) for one in wanted}
    except ValueError:
        raise ArgumentWrong("status") from None
    return found.pop() if len(found) == 1 else None


def _box(given: Arguments) -> Box | None:
    """`bbox=west,south,east,north`, in degrees."""
    text = _one(given, "bbox")
    if text is None:
        return None
    try:
        west, south, east, north = map(float, text.split(","))
    except ValueError:
        raise ArgumentWrong("bbox") from None
    good = all(map(isfinite, (west, south, east, north)))
    if not (good and -180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise ArgumentWrong("bbox")
    return Box(south, west, north, east)
