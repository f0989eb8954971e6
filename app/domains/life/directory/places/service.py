"""Reading the directory: one place, what lies near, what is of a sort; and whether it is open."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from app.core.calendar import CalendarService
from app.core.clock import Clock
from app.core.errors import BadInput
from app.core.paging import Page, PageRequest
from app.core.places.model import Point
from app.domains.life.directory.hours.model import Opening
from app.domains.life.directory.places.errors import PlaceUnknown
from app.domains.life.directory.places.model import Change, Found, Place, PlaceState, Which
from app.domains.life.directory.places.store import PlaceStore

_LOOKED_AT = 100  # places at a time, where only open ones are wanted: all that can be paged through, in ten rounds
_ROUNDS = 10
_MERGES = 5  # a place that was merged may have been merged into one that was merged later


class InCity(Protocol):
    """Where the city is."""

    def holds(self, point: Point) -> bool: ...

    def demand(self, point: Point) -> None:
        """Raises OutsideCity."""


class PlaceService:
    def __init__(self, places: PlaceStore, calendar: CalendarService, clock: Clock) -> None:
        self._places = places
        self._calendar = calendar
        self._clock = clock

    async def get(self, id_: str) -> Place | None:
        """Closed ones too; of one that was another one twice, that other one."""
        found = await self._places.get(id_)
        for _ in range(_MERGES):
            if found is None or found.into is None:
                break
            found = await self._places.get(found.into)
        return found

    async def active(self, id_: str) -> Place:
        """Raises PlaceUnknown, PlaceGone."""
        found = await self.get(id_)
        if found is None:
            raise PlaceUnknown
        return found.demand_active()

    async def many(self, ids: Collection[str]) -> dict[str, Place]:
        return await self._places.many(ids)

    def opening(self, place: Place) -> Opening:
        """As it stands at this moment."""
        return place.hours.at(self._clock.now(), self._calendar.current)

    async def near(
        self, point: Point, which: Which, metres: float, open_now: bool, request: PageRequest
    ) -> Page[Found]:
        """The nearest first; the cursor is `key_of`. With `open_now` a page may hold fewer than asked for, and go on.

        Raises BadInput.
        """
        after, found, last, now = _away(request.after), list[Found](), False, self._clock.now()
        for _ in range(_ROUNDS if open_now else 1):
            want = _LOOKED_AT if open_now else request.first + 1
            nearest = await self._places.near(point, which, metres, want, after)
            places = await self._places.many([id_ for _, id_ in nearest])
            met = (Found(places[id_], away / 1_000) for away, id_ in nearest if id_ in places)
            found += [one for one in met if not open_now or one.place.hours.open_at(now, self._calendar.current)]
            last = len(nearest) < want
            if last or len(found) > request.first:
                break
            after = nearest[-1]
        if not last and 0 < len(found) <= request.first:
            return Page(tuple(found), True)
        return Page.cut(found, request)

    async def close_by(self, point: Point, kinds: Collection[str], metres: float, most: int) -> list[Found]:
        """Of these sorts, the nearest first, for who asks by the way: one command, and no pages."""
        found = await self._places.close_by(point, kinds, metres)
        away = sorted((Found(one, one.point.metres_to(point)) for one in found), key=lambda one: one.metres or 0.0)
        return [one for one in away if (one.metres or 0.0) <= metres][:most]

    async def listed(self, which: Which, open_now: bool, request: PageRequest) -> Page[Found]:
        """By id, from nowhere in particular. With `open_now` as `near` has it."""
        after, found, now = request.after, list[Found](), self._clock.now()
        for _ in range(_ROUNDS if open_now else 1):
            page = await self._places.page(which, PageRequest(_LOOKED_AT if open_now else request.first, after))
            met = (Found(place) for place in page.items)
            found += [one for one in met if not open_now or one.place.hours.open_at(now, self._calendar.current)]
            if not page.has_next or len(found) > request.first:
                break
            after = page.items[-1].id
        more = page.has_next and bool(found)
        return Page(tuple(found[: request.first]), more or len(found) > request.first)

    async def of_city(self, which: Which, state: PlaceState | None, request: PageRequest) -> Page[Place]:
        """For the desk."""
        return await self._places.page(which, request, state)

    async def history(self, place: str) -> list[Change]:
        return await self._places.history(place)


def key_of(found: Found) -> str:
    """Where it stands in its list."""
    if found.metres is None:
        return found.place.id
    return f"{round(found.metres * 1_000)}~{found.place.id}"


def _away(after: str | None) -> tuple[int, str] | None:
    """Raises BadInput."""
    if after is None:
        return None
    metres, mark, id_ = after.partition("~")
    if not mark or not metres.isascii() or not metres.isdigit() or len(metres) > 10:
        raise BadInput(field="after")
    return int(metres), id_
