"""Bringing places: each is added, changed, taken for one that is there already, or put before the desk as doubtful."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.core.clock import Clock
from app.core.mongo import DuplicateKey, Tx
from app.core.places.model import Point, cell_of, cells_near
from app.domains.life.directory.doubles.model import DOUBTED, SURE, Double, Verdict, judged
from app.domains.life.directory.doubles.store import DoubleStore
from app.domains.life.directory.places.model import (
    Change,
    Place,
    PlaceDraft,
    Source,
    differences,
    id_from,
    place_of,
)
from app.domains.life.directory.places.store import PlaceStore


@dataclass(frozen=True, slots=True)
class Bring:
    """What a source says of one place; a checked draft."""

    source: Source
    draft: PlaceDraft


@dataclass(slots=True)
class Brought:
    """`places`: what became of each, in order. `joined`: taken for one that another source had brought."""

    places: list[Place] = field(default_factory=list)
    fresh: dict[str, Place] = field(default_factory=dict)
    amended: dict[str, Place] = field(default_factory=dict)
    joined: int = 0
    doubles: list[Double] = field(default_factory=list)

    @property
    def same(self) -> int:
        return len(self.places) - len(self.fresh) - len(self.amended)


class Bringing:
    def __init__(self, places: PlaceStore, doubles: DoubleStore, clock: Clock) -> None:
        self._places = places
        self._doubles = doubles
        self._clock = clock

    async def write(self, by: str, items: Sequence[Bring], tx: Tx) -> Brought:
        """In the caller's transaction. Whoever else brings places meanwhile waits, or begins again."""
        now, done = self._clock.now(), Brought()
        await self._places.lock(tx)
        known = await self._places.by_sources([item.source for item in items], tx)
        there = await self._around([item.draft for item in items if item.source not in known], tx)
        was = {place.id: place for place in (*known.values(), *there.all())}
        for item in items:
            self._take(item, known, there, done, now)
        await self._places.add(list(done.fresh.values()), tx)
        if not await self._places.save_each(list(done.amended.values()), tx):
            raise DuplicateKey("changed meanwhile")
        await self._doubles.doubt(done.doubles, tx)
        changes = (Change(one.id, now, by, differences(was[one.id].said, one.said)) for one in done.amended.values())
        await self._places.note([change for change in changes if change.fields], tx)
        return done

    def _take(self, item: Bring, known: dict[Source, Place], there: _There, done: Brought, now: datetime) -> None:
        found = known.get(item.source) or there.same_as(item.draft)
        if found is None:
            made = place_of(id_from(item.source), item.draft, item.source, now)
            done.doubles += there.doubted(made, now)
            done.fresh[made.id] = made
        else:
            before = done.amended.get(found.id)
            current = done.fresh.get(found.id) or before or found
            made = current.brought_again(item.draft, item.source, now)
            done.joined += item.source not in known
            if found.id in done.fresh:
                made = done.fresh[found.id] = _unmoved(made)
            elif made is not current:
                made = done.amended[found.id] = replace(made, rev=(before or made).rev)  # said twice, changed once
        known[item.source] = made
        there.put(made)
        done.places.append(made)

    async def _around(self, drafts: Sequence[PlaceDraft], tx: Tx) -> _There:
        """What could be one of these."""
        names = defaultdict[str, list[Point]](list)
        for draft in drafts:
            names[draft.folded].append(draft.point)
        there = _There()
        if drafts:
            points, kinds = [draft.point for draft in drafts], {draft.kind for draft in drafts}
            for place in (
                *await self._places.twins(names, DOUBTED, tx),
                *await self._places.around(points, kinds, SURE, tx),
            ):
                there.put(place)
        return there


class _There:
    """Places by cell, as far as they matter to a batch."""

    def __init__(self) -> None:
        self._cells = defaultdict[str, dict[str, Place]](dict)

    def put(self, place: Place) -> None:
        self._cells[cell_of(place.point)][place.id] = place

    def all(self) -> Iterator[Place]:
        for places in self._cells.values():
            yield from places.values()

    def same_as(self, draft: PlaceDraft) -> Place | None:
        """The nearest that is the same without doubt."""
        found = ((verdict.metres, place.id, place) for place, verdict in self._judged(draft) if verdict.doubt is None)
        return min(found, key=lambda one: one[:2], default=(0.0, "", None))[2]

    def doubted(self, made: Place, now: datetime) -> list[Double]:
        found = ((place, verdict) for place, verdict in self._judged(made.said) if place.id != made.id)
        return [
            Double(made.id, place.id, verdict.doubt, round(verdict.metres), now)
            for place, verdict in found
            if verdict.doubt is not None
        ]

    def _judged(self, draft: PlaceDraft) -> Iterator[tuple[Place, Verdict]]:
        for place in self._near(draft.point):
            verdict = judged(draft, place.said) if place.active else None
            if verdict is not None:
                yield place, verdict

    def _near(self, point: Point) -> Iterable[Place]:
        for cell in cells_near(point, DOUBTED):
            yield from self._cells.get(cell, {}).values()


def _unmoved(place: Place) -> Place:
    """It was added a moment ago: that counts as no change of it."""
    return replace(place, rev=1)
