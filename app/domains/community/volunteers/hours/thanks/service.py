"""Giving points for hours: written down with the hours, given by the room of payments, once."""

from __future__ import annotations

from typing import Protocol

from app.core.clock import Clock
from app.core.errors import Outcome
from app.core.mongo import Database, Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.domains.community.volunteers.activities.model import Activity
from app.domains.community.volunteers.hours.model import Entry
from app.domains.community.volunteers.hours.thanks.model import (
    AGAIN_AFTER,
    GIVEN_UP_AFTER,
    Thanks,
    ThanksState,
    points_of,
)
from app.domains.community.volunteers.hours.thanks.store import ThanksStore

_AT_ONCE = 200


class Giving(Protocol):
    """Fulfilled by the room of points."""

    async def give(self, organisation: str, citizen: str, points: int, reference: str, what: str, tx: Tx) -> None:
        """One reference is given for once. Raises an Outcome that says why it cannot be given now."""
        ...


class Thanking:
    def __init__(self, db: Database, thanks: ThanksStore, giving: Giving, outbox: Outbox, clock: Clock) -> None:
        self._db = db
        self._thanks = thanks
        self._giving = giving
        self._outbox = outbox
        self._clock = clock

    async def owe(self, activity: Activity, entry: Entry, tx: Tx) -> None:
        """In the transaction that publishes hours, the first that count for points; later corrections change none."""
        points, now = points_of(entry.published, activity.terms.points), self._clock.now()
        if points and not activity.test:
            title = activity.terms.title.zh
            await self._thanks.add(
                Thanks(entry.id, entry.citizen, entry.organisation, points, title, now, due_at=now), tx
            )

    async def pay(self, id_: str) -> bool:
        """Whether they are given now. What cannot be given waits, and is told once."""

        async def work(tx: Tx) -> bool:
            one = await self._thanks.get(id_, tx)
            if one is None or one.state is not ThanksState.WAITING:
                return False
            what = f"志愿服务：{one.title}"[:60]
            await self._giving.give(one.organisation, one.citizen, one.points, one.reference, what, tx)
            return await self._thanks.turn(id_, ThanksState.GIVEN, self._clock.now(), None, tx)

        try:
            return await self._db.transaction(work)
        except Outcome as fault:
            await self._wait(id_, fault.code)
            return False

    async def look(self) -> int:
        """What is due again; how many were given. Safe to repeat."""
        return sum([await self.pay(one) for one in await self._thanks.due(self._clock.now(), _AT_ONCE)])

    async def of_city(self, state: ThanksState, request: PageRequest) -> Page[Thanks]:
        return await self._thanks.page(state, request)

    async def of(self, id_: str) -> Thanks | None:
        return await self._thanks.get(id_)

    async def _wait(self, id_: str, fault: str) -> None:
        async def work(tx: Tx) -> None:
            was, now = await self._thanks.get(id_, tx), self._clock.now()
            if was is None:
                return
            over = now >= was.at + GIVEN_UP_AFTER
            state = ThanksState.GIVEN_UP if over else ThanksState.WAITING
            turned = await self._thanks.turn(id_, state, now + AGAIN_AFTER, fault, tx)
            if turned and was.fault is None:
                facts = {"points": was.points, "organisation": was.organisation}
                await self._outbox.add("volunteer.points_wait", was.citizen, tx, **facts)

        await self._db.transaction(work)
