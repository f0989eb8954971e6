"""The services of the Open311 door: all categories that a case can be in."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from app.core.clock import Clock
from app.core.said import UNSAID, Said
from app.domains.voice.cases.categories.model import Category, CategoryTree
from app.domains.voice.cases.categories.service import CategoryService
from app.domains.voice.cases.history.model import CaseKind
from app.domains.voice.channels.open311.errors import ServiceCodeUnknown
from app.domains.voice.channels.open311.model import ATTRIBUTES, Service
from app.domains.voice.channels.open311.services.store import ChangesetStore


class ServiceList:
    def __init__(self, categories: CategoryService, changesets: ChangesetStore, clock: Clock) -> None:
        self._categories = categories
        self._changesets = changesets
        self._clock = clock
        self._of: CategoryTree | None = None
        self._listed: dict[str, Service] = {}

    def all(self) -> Sequence[Service]:
        return tuple(self._services().values())

    def get(self, code: str) -> Service:
        """Raises ServiceCodeUnknown."""
        found = self._services().get(code)
        if found is None:
            raise ServiceCodeUnknown
        return found

    def name(self, code: str, locale: str) -> str:
        """Of one that takes no cases any more, too: older requests stand under it."""
        return self._categories.tree.name(code, locale)

    async def changed_at(self) -> datetime:
        """Since when it is as it is."""
        digest = hashlib.sha256(repr(self.all()).encode()).hexdigest()
        return await self._changesets.since(digest, self._clock.now())

    def _services(self) -> dict[str, Service]:
        """Made anew when the tree is another one."""
        tree = self._categories.tree
        if tree is not self._of:
            self._of, self._listed = tree, {one.code: _service(one, tree) for one in tree.leaves()}
        return self._listed


def _service(one: Category, tree: CategoryTree) -> Service:
    above = tree.path(one.code)[:-1]
    way = [*above, one]
    return Service(
        code=one.code,
        name=one.name,
        description=Said(" › ".join(part.name.zh for part in way), " › ".join(part.name.within("en") for part in way)),
        group=above[0].name if above else UNSAID,
        keywords=one.words,
        attributes=ATTRIBUTES,
        kind=one.kinds[0] if one.kinds else CaseKind.COMPLAINT,
    )
