"""By what an event is found: pairs of characters and whole words of its names and houses, the days it is on, and the
cells its houses lie in. All of it small enough for an index, none of it more than the event itself says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from app.core.clock import civil_day
from app.core.errors import BadInput
from app.core.places.model import AREA, Point, cell_of, cells_near
from app.core.said import Said
from app.core.texts.folding import PARTS, fold, is_han
from app.domains.life.culture.events.model import CultureEvent, CultureEventKind, EventSession
from app.domains.life.culture.venues.model import CultureVenue

MOST_DAYS = timedelta(days=31)
NEAR, FARTHEST = 3_000, 10_000  # metres
_LONGEST, _MOST_ASKED = 40, 12
_OF_WORDS, _DAYS = 200, 400
_MOMENT = timedelta(milliseconds=1)  # what ends at midnight is not on the next day


@dataclass(frozen=True, slots=True)
class Listing:
    """`turn` is the event's own."""

    event: str
    kind: CultureEventKind
    turn: str
    grams: tuple[str, ...]
    days: tuple[date, ...]
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sought:
    """What somebody looks for; all of it holds together. `first` and `last` are days, both included."""

    kind: CultureEventKind | None = None
    words: str = ""
    first: date | None = None
    last: date | None = None
    near: Point | None = None
    metres: int = NEAR

    def checked(self) -> Sought:
        """Raises BadInput."""
        _demand(len(self.words) <= _LONGEST, "words")
        _demand(100 <= self.metres <= FARTHEST, "metres")
        if self.first is not None or self.last is not None:
            _demand(self.first is not None, "day")
            _demand(self._to_day - self._from_day <= MOST_DAYS and self._from_day <= self._to_day, "until")
        return self

    @property
    def _from_day(self) -> date:
        return self.first or date.min

    @property
    def _to_day(self) -> date:
        return self.last or self._from_day

    @property
    def anything(self) -> bool:
        """Nothing but a kind was said."""
        return not self.grams and self.first is None and self.near is None

    @property
    def grams(self) -> list[str]:
        return list(dict.fromkeys(grams_of(self.words)))[:_MOST_ASKED]

    @property
    def days(self) -> list[date]:
        return list(_days(self._from_day, self._to_day)) if self.first is not None else []

    @property
    def cells(self) -> list[str]:
        return cells_near(self.near, self.metres, AREA) if self.near else []


def listing_of(
    event: CultureEvent, sessions: Sequence[EventSession], venues: Mapping[str, CultureVenue]
) -> Listing | None:
    """None: there is nothing to come to."""
    there = [one for one in sessions if one.open]
    if not event.published or not there:
        return None
    houses = [venues[code] for code in sorted({one.venue for one in there} & venues.keys())]
    profile = event.profile
    said = [*_both(profile.name), profile.words.zh[:_OF_WORDS], profile.words.en[:_OF_WORDS]]
    for house in houses:
        said += [*_both(house.name), *_both(house.address)]
    days = {day for one in there for day in _days(civil_day(one.starts_at), civil_day(one.ends_at - _MOMENT))}
    grams = {gram for text in said for gram in grams_of(text)}
    cells = {cell_of(house.point, AREA) for house in houses}
    return Listing(
        event.id, profile.kind, event.turn, tuple(sorted(grams)), tuple(sorted(days)[:_DAYS]), tuple(sorted(cells))
    )


def metres_to(near: Point, sessions: Iterable[EventSession], venues: Mapping[str, CultureVenue]) -> int | None:
    """To the nearest house it is to be seen in."""
    points = [venues[one.venue].point for one in sessions if one.open and one.venue in venues]
    return min((round(near.metres_to(point)) for point in points), default=None)


def grams_of(text: str) -> Iterator[str]:
    """Chinese by pairs of characters (one that stands alone by itself), everything else by words."""
    for part in PARTS.findall(fold(text)):
        if not is_han(part) or len(part) == 1:
            yield part
        else:
            yield from (f"{one}{other}" for one, other in pairwise(part))


def _days(first: date, last: date) -> Iterator[date]:
    for n in range((last - first).days + 1):
        yield first + timedelta(days=n)


def _both(said: Said) -> tuple[str, str]:
    return said.zh, said.en


def _demand(fit: bool, field: str) -> None:
    if not fit:
        raise BadInput(field=field)
