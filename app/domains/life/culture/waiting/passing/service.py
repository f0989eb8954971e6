"""A place that is given up is offered in the very transaction that gives it up: nobody can slip in between, and a
worker that dies leaves no place that is neither held nor offered.

The first in the list is asked for whom there is enough. What suits nobody who waits can be had by all.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog

from app.core.clock import Clock
from app.core.errors import Outcome
from app.core.mongo import Database, Tx
from app.core.outbox import Outbox
from app.core.viewer import Viewer
from app.domains.life.culture.events.model import EventSession
from app.domains.life.culture.events.store import EventStore
from app.domains.life.culture.tickets.model import told_of
from app.domains.life.culture.tickets.store import PlaceStore
from app.domains.life.culture.waiting.errors import WaitNotOpen
from app.domains.life.culture.waiting.model import Wait, offered_until
from app.domains.life.culture.waiting.store import WaitStore

log = structlog.get_logger()
# So many are read at once, and so many times in one transaction; what is free then is offered by the next round.
_ASKED, _PAGES, _AT_ONCE = 20, 10, 50


class PassingOn:
    """Fulfils `tickets.service.Queue`."""

    def __init__(
        self, db: Database, waits: WaitStore, places: PlaceStore, events: EventStore, outbox: Outbox, clock: Clock
    ) -> None:
        self._db = db
        self._waits = waits
        self._places = places
        self._events = events
        self._outbox = outbox
        self._clock = clock

    async def pass_on(self, session: str, tx: Tx) -> int:
        """Offer what is free; how many got an offer. One read when nobody waits.

        However many are before him for whom it is too little, whom it is enough for is found: after the first page
        those alone are read, so that each page offers something.
        """
        waits = await self._waits.next_for(session, _ASKED, tx)
        found = await self._on_sale(session, tx) if waits else None
        if found is None:
            return 0
        offers = 0
        for _ in range(_PAGES):
            wanted = sum(one.count for one in waits)
            free = await self._places.some(session, wanted, tx)
            some, left = await self._offer_each(waits, free, found, tx)
            offers += some
            enough = len(free) >= wanted
            if len(waits) < _ASKED or not (left or enough):
                break
            waits = await self._waits.next_for(session, _ASKED, tx, after=waits[-1].id, count=None if enough else left)
            if not waits:
                break
        return offers

    async def _offer_each(self, waits: list[Wait], free: list[str], session: EventSession, tx: Tx) -> tuple[int, int]:
        """(how many got an offer, how many places are left)."""
        offers = 0
        for one in waits:
            if one.count <= len(free):
                mine, free = free[: one.count], free[one.count :]
                offers += await self._offered(one, mine, session, tx)
        return offers, len(free)

    async def give_up(self, now: Wait, was: Wait, tx: Tx) -> None:
        """Write the end of an open one; what was kept for it is the next one's. Raises WaitNotOpen."""
        if not await self._waits.save(now, was, tx):
            raise WaitNotOpen(was.state.value)
        if was.places:
            await self._places.free_up(was.session, was.places, was.id, tx)
            await self.pass_on(was.session, tx)

    async def end_all(self, by: Viewer, citizen: str) -> None:
        """Who leaves the city waits for nothing. Safe to repeat."""
        for one in await self._waits.open_of(citizen, _ASKED):
            await self._guarded(one, lambda tx, one=one: self._ended(one, one.left(), None, tx))  # type: ignore[misc]

    async def sweep(self) -> int:
        """Offers that are over, lists of sessions that nobody can come to any more, and who waits though there are
        places (he came when one was given up, at the same moment). Safe to run anywhere at any time.
        """
        done, after = await self.lapse(), ""
        while session := await self._waits.next_session(after):
            after = session
            if await self._on_sale(session) is None:
                done += await self._end_list(session)
            else:
                done += await self._db.transaction(lambda tx, session=session: self.pass_on(session, tx))  # type: ignore[misc]
        return done

    async def lapse(self, session: str | None = None) -> int:
        """Pass on what was offered in vain."""
        done, failed = 0, set[str]()
        while due := [one for one in await self._due(session, len(failed)) if one.id not in failed]:
            for one in due:
                if await self._guarded(one, lambda tx, one=one: self._ended(one, one.left(), "passed", tx)):  # type: ignore[misc]
                    done += 1
                else:
                    failed.add(one.id)
        return done

    async def _due(self, session: str | None, more: int) -> list[Wait]:
        return await self._waits.lapsed(self._clock.now(), _AT_ONCE + more, session)

    async def _end_list(self, session: str) -> int:
        done, after = 0, ""
        while waits := await self._waits.open_in(session, after, _AT_ONCE):
            after = waits[-1].id
            for one in waits:
                done += await self._guarded(one, lambda tx, one=one: self._ended(one, one.over(), "over", tx))  # type: ignore[misc]
        return done

    async def _ended(self, was: Wait, now: Wait, told: str | None, tx: Tx) -> None:
        await self.give_up(now, was, tx)
        session = await self._events.session(was.session, tx) if told else None
        if session is not None:
            await self._tell(f"event_wait.{told}", was, session, tx)

    async def _offered(self, wait: Wait, places: list[str], session: EventSession, tx: Tx) -> bool:
        """False: a rival changed the wait or a place just now. Whoever gives up a ticket is not to stumble over it."""
        until = offered_until(self._clock.now(), session.sold_until)
        if not await self._places.keep(session.id, places, wait.id, tx) or not await self._waits.save(
            wait.offered(tuple(places), until), wait, tx
        ):
            await self._places.free_up(session.id, places, wait.id, tx)
            return False
        await self._tell("event_wait.offered", wait, session, tx)
        return True

    async def _tell(self, what: str, wait: Wait, session: EventSession, tx: Tx) -> None:
        await self._outbox.add(what, wait.citizen, tx, wait=wait.id, **told_of(session.starts_at))

    async def _on_sale(self, session: str, tx: Tx | None = None) -> EventSession | None:
        found = await self._events.session(session, tx)
        event = await self._events.get(found.event, tx) if found else None
        there = found is not None and event is not None and event.published
        return found if there and found is not None and found.on_sale(self._clock.now()) else None

    async def _guarded(self, wait: Wait, work: Callable[[Tx], Awaitable[None]]) -> bool:
        """One that somebody was faster with is left alone."""
        try:
            await self._db.transaction(work)
        except Outcome as refused:
            log.info("waiting not dealt with", wait=wait.id, why=refused.code)
            return False
        return True
