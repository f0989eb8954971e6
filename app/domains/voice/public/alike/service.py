"""Offering what was reported already: to a citizen what is public, to the centre all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from heapq import nlargest
from typing import Final

from app.core.clock import Clock
from app.core.errors import BadInput
from app.core.events import Event
from app.core.places.model import Point
from app.core.viewer import Viewer
from app.domains.voice.cases.model import Case
from app.domains.voice.cases.store import CaseStore
from app.domains.voice.public.alike.model import SINCE, Asked, Likeness, Signs, likeness, words_of
from app.domains.voice.public.alike.store import SignStore
from app.domains.voice.public.publishing.model import PublicCase
from app.domains.voice.public.publishing.service import CENTRE, CasePublishing

_MOST_LOOKED_AT: Final = 600
_SHOWN: Final = 10
_LONGEST: Final = 4_000
# After these there is nothing that one could join.
_ENDS = frozenset({"case.refused", "case.withdrawn", "case.merged"})


@dataclass(frozen=True, slots=True)
class SimilarPublic:
    like: Likeness
    public: PublicCase


@dataclass(frozen=True, slots=True)
class SimilarCase:
    like: Likeness
    case: Case


class LikenessService:
    """`kin` tells whether two categories are close to each other (of one branch)."""

    def __init__(
        self,
        signs: SignStore,
        cases: CaseStore,
        publishing: CasePublishing,
        kin: Callable[[str, str], bool],
        clock: Clock,
    ) -> None:
        self._signs = signs
        self._cases = cases
        self._publishing = publishing
        self._kin = kin
        self._clock = clock

    async def public_like(self, point: Point, category: str | None, words: str) -> list[SimilarPublic]:
        """What everybody may read and is like what is about to be reported; the most alike first. Raises BadInput."""
        alike = await self._alike(await self._asked(point, category, words), None)
        public = await self._publishing.several([one.case for one in alike])
        return [SimilarPublic(one, public[one.case]) for one in alike if one.case in public][:_SHOWN]

    async def like(self, viewer: Viewer, case: str) -> list[SimilarCase] | None:
        """For the centre: what is like this case, open or closed, public or not; null when it is not there."""
        centre = viewer.provider(CENTRE)
        test_of = centre if viewer.test_mode else None
        found = await self._cases.get(case)
        if found is None or found.test_of != test_of:
            return None
        if found.place.point is None:
            return []
        asked = await self._asked(found.place.point, found.category, f"{found.words.title} {found.words.text}")
        alike = [one for one in await self._alike(asked, test_of) if one.case != case][:_SHOWN]
        cases = await self._cases.several([one.case for one in alike])
        return [SimilarCase(one, cases[one.case]) for one in alike if one.case in cases]

    async def take(self, event: Event) -> None:
        """What was filed is compared with from now on; what was refused, no longer. Safe to repeat."""
        if event.type == "case.filed":
            await self.keep(await self._cases.get(event.facts["case"]))
        elif event.type in _ENDS:
            await self._signs.drop(event.facts["case"])

    async def keep(self, case: Case | None) -> None:
        """Nothing is kept of one without a point or without words."""
        if case is None or case.place.point is None:
            return
        words = await self._hashed(f"{case.words.title} {case.words.text}")
        if words:
            signs = Signs(case.id, case.place.point, case.category, words, case.filed_at, case.test_of)
            await self._signs.add(signs)

    async def _asked(self, point: Point, category: str | None, words: str) -> Asked:
        if len(words) > _LONGEST:
            raise BadInput(field="words")
        return Asked(point, category, await self._hashed(words))

    async def _hashed(self, text: str) -> frozenset[int]:
        """The dictionary takes half a second to be read the first time: in a thread."""
        return self._signs.hashed(await asyncio.to_thread(words_of, text))

    async def _alike(self, asked: Asked, test_of: str | None) -> list[Likeness]:
        since = self._clock.now() - SINCE
        around = await self._signs.near(asked.point, since, test_of, _MOST_LOOKED_AT)
        found = (one for signs in around if (one := likeness(asked, signs, self._kin)) is not None)
        return nlargest(5 * _SHOWN, found, key=lambda one: (one.score, one.case))
