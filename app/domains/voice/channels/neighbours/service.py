"""Neighbouring cities at the desk, and cases that are dispatched to one: kept to be sent, in the order of the outbox.

Nothing is called here. Whoever dispatches a case to the unit that stands for a neighbouring city sends it there: the
event of the dispatch makes the row, a worker carries it out (`sending/service.py`).
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.events import Event
from app.core.mongo import Database, Document, Tx
from app.core.paging import Page, PageRequest
from app.core.places.model import Point
from app.core.viewer import Viewer
from app.domains.identity.organisations.service import OrganisationService
from app.domains.voice.channels.neighbours.errors import (
    NeighbourCaseSettled,
    NeighbourCaseUnknown,
    NeighbourInvalid,
    NeighbourUnknown,
)
from app.domains.voice.channels.neighbours.model import Neighbour, SentCase, SentState
from app.domains.voice.channels.neighbours.passing.service import Passing
from app.domains.voice.channels.neighbours.store import NeighbourStore, SentCaseStore, neighbour_of

DISPATCHED = ("case.dispatched", "case.transferred")
_CODE = re.compile(r"[a-z][a-z0-9-]{1,30}")
_LONGEST_KEY, _MOST_SERVICES, _MOST_BOXES = 300, 500, 20
Admits = Callable[[str], Awaitable[None]]
"""Whether an address may be called. Raises NeighbourInvalid."""


class NeighbourService:
    def __init__(
        self,
        db: Database,
        neighbours: NeighbourStore,
        sent: SentCaseStore,
        passing: Passing,
        organisations: OrganisationService,
        admits: Admits,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._db = db
        self._neighbours = neighbours
        self._sent = sent
        self._passing = passing
        self._known: dict[str, Neighbour] = {}
        self._organisations = organisations
        self._admits = admits
        self._audit = audit
        self._clock = clock

    async def load(self) -> None:
        self._known = {one.code: one for one in await self._neighbours.all()}

    def changed(self, row: Document) -> None:
        self._known[row["_id"]] = neighbour_of(row)

    def around(self, point: Point) -> Neighbour | None:
        """The neighbouring city that this lies in, as far as is known, if cases are sent there."""
        return next((one for one in self._known.values() if not one.suspended and one.covers(point)), None)

    async def take(self, event: Event) -> None:
        """A case was filed of what lies in a neighbouring city: it is passed on. One went to a unit that stands for
        such a city: it is to be sent there. Safe to repeat.
        """
        if event.type == "case.filed" and self._known and not event.facts.get("test"):
            await self._filed(str(event.facts.get("case") or ""))
        if event.type not in DISPATCHED or event.facts.get("test"):
            return
        to = await self.of_unit(str(event.facts.get("organisation") or ""))
        if to is None:
            return
        facts = event.facts
        await self._sent.enlist(facts["case"], facts["number"], event.citizen, to.code, self._clock.now(), event.id)

    async def of_unit(self, unit: str) -> Neighbour | None:
        """The city for which this unit stands."""
        if not unit or self._organisations.tree.get(unit) is None:
            return None
        return next((one for one in await self._neighbours.all() if one.unit == unit), None)

    async def _filed(self, case: str) -> None:
        found = await self._passing.outside(case)
        to = self.around(found.place.point) if found is not None and found.place.point is not None else None
        if to is not None:
            await self._passing.pass_on(case, to)

    # For the desk.

    async def all(self) -> list[Neighbour]:
        return await self._neighbours.all()

    async def one(self, code: str) -> Neighbour:
        """Raises NeighbourUnknown."""
        found = await self._neighbours.get(code)
        if found is None:
            raise NeighbourUnknown
        return found

    async def counts(self, code: str) -> dict[SentState, int]:
        return await self._sent.counts(code)

    async def put(self, viewer: Viewer, one: Neighbour, api_key: str | None) -> Neighbour:
        """New, or as it is to be from now on; without `api_key` it keeps the one it has, suspended or not it stays.

        Raises NeighbourInvalid.
        """
        before = await self._neighbours.get(one.code)
        one = replace(one, suspended=before is not None and before.suspended)
        self._check(one, api_key)
        await self._admits(one.url)

        async def work(tx: Tx) -> None:
            new = await self._neighbours.put(one, api_key, self._clock.now(), tx)
            facts: dict[str, Any] = {"url": one.url, "unit": one.unit, "key": api_key is not None}
            await self._audit.record(viewer, "neighbour.made" if new else "neighbour.changed", one.code, tx, **facts)

        await self._db.transaction(work)
        return await self._learnt(one.code)

    async def suspend(self, viewer: Viewer, code: str, suspended: bool) -> Neighbour:
        """Nothing is sent there and nothing asked, or again. Raises NeighbourUnknown."""
        await self.one(code)

        async def work(tx: Tx) -> None:
            if await self._neighbours.suspend(code, suspended, tx):
                action = "neighbour.suspended" if suspended else "neighbour.reinstated"
                await self._audit.record(viewer, action, code, tx)

        await self._db.transaction(work)
        return await self._learnt(code)

    async def page(self, request: PageRequest, *, stuck: bool = False) -> Page[SentCase]:
        """What went to neighbouring cities, the newest case first; or what needs somebody."""
        return await self._sent.page(request, stuck=stuck)

    async def sent(self, case: str) -> SentCase:
        """Raises NeighbourCaseUnknown."""
        found = await self._sent.get(case)
        if found is None:
            raise NeighbourCaseUnknown
        return found

    async def send_again(self, viewer: Viewer, case: str) -> SentCase:
        """Have a worker ask or tell the city now, whatever it said before. Repeating is safe.

        Raises NeighbourCaseUnknown, NeighbourCaseSettled.
        """

        async def work(tx: Tx) -> SentCase:
            found = await self._sent.get(case, tx)
            if found is None:
                raise NeighbourCaseUnknown
            again = found.again()
            if not await self._sent.put_back(again, self._clock.now(), tx):
                raise NeighbourCaseSettled
            await self._audit.record(viewer, "neighbour.sent_again", case, tx)
            return again

        return await self._db.transaction(work)

    async def _learnt(self, code: str) -> Neighbour:
        """Other processes hear of it by the change stream."""
        self._known[code] = await self.one(code)
        return self._known[code]

    def _check(self, one: Neighbour, api_key: str | None) -> None:
        key = api_key is None or (0 < len(api_key) <= _LONGEST_KEY and api_key.isascii() and api_key.isprintable())
        good = {
            "code": _CODE.fullmatch(one.code) is not None,
            "name": 1 <= len(one.name.strip()) <= 40,
            "unit": self._organisations.tree.get(one.unit) is not None,
            "service": 1 <= len(one.service) <= 64,
            "services": len(one.services) <= _MOST_SERVICES,
            "boxes": len(one.boxes) <= _MOST_BOXES,
            "api_key": key,
        }
        for field, fits in good.items():
            if not fits:
                raise NeighbourInvalid(field)
