"""Visits at the house: agreed to or not, over, and those whose time came before anybody answered."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Database, DuplicateKey, Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.community.family_visits.ending.service import VisitEnding
from app.domains.community.family_visits.errors import FamilyVisitUnknown
from app.domains.community.family_visits.houses.service import HouseService
from app.domains.community.family_visits.model import FamilyVisit, FamilyVisitState
from app.domains.community.family_visits.service import FamilyVisitService, SeenVisit
from app.domains.community.family_visits.store import FamilyVisitStore

log = structlog.get_logger()
_ID = TypeAdapter(str)
_MOST_STUCK = 1_000


class VisitKeeping:
    def __init__(
        self,
        db: Database,
        visits: FamilyVisitStore,
        houses: HouseService,
        reading: FamilyVisitService,
        ending: VisitEnding,
        audit: Audit,
        once: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._visits = visits
        self._houses = houses
        self._reading = reading
        self._ending = ending
        self._audit = audit
        self._once = once
        self._clock = clock

    async def of_house(
        self, viewer: Viewer, house: str, state: FamilyVisitState | None, request: PageRequest
    ) -> Page[SeenVisit]:
        """Open ones when no state is named; with names, as they come to the door."""
        if not await self._houses.keeps(viewer, house):
            return Page((), False)
        page = await self._visits.of_house(house, state, request)
        return Page(tuple(await self._reading.seen(page.items)), page.has_next)

    async def of_city(self, state: FamilyVisitState | None, request: PageRequest) -> Page[FamilyVisit]:
        """For the desk: without names and words."""
        return await self._visits.of_city(state, request)

    async def settle(self, viewer: Viewer, visit: str, accept: bool, reason: str, key: str) -> SeenVisit:
        """What was agreed to can be cancelled, with a reason as a refusal. Raises FamilyVisitUnknown,
        FamilyVisitStateWrong, FamilyVisitInvalid (no reason), IdempotencyConflict.
        """

        def change(was: FamilyVisit) -> FamilyVisit:
            return was.accepted(self._clock.now()) if accept else was.refused(reason)

        return await self._step(viewer, visit, "settleFamilyVisit", change, key, accept, reason)

    async def close(self, viewer: Viewer, visit: str, came: bool, key: str) -> SeenVisit:
        """Raises FamilyVisitUnknown, FamilyVisitStateWrong, FamilyVisitInvalid (it has not begun),
        IdempotencyConflict.
        """

        def change(was: FamilyVisit) -> FamilyVisit:
            return was.over(came, self._clock.now())

        return await self._step(viewer, visit, "closeFamilyVisit", change, key, came)

    async def sweep(self) -> int:
        """Safe to run anywhere at any time; how many lapsed."""
        done, stuck = 0, set[str]()
        while len(stuck) < _MOST_STUCK and (due := await self._visits.unanswered(self._clock.now(), stuck)):
            for visit in due:
                if await self._lapsed(visit):
                    done += 1
                else:
                    stuck.add(visit)
        return done

    async def _lapsed(self, visit: str) -> bool:
        """One that stumbles keeps no other waiting."""
        try:
            return await self._db.transaction(lambda tx: self._lapse(visit, tx))
        except DuplicateKey:  # another worker, or the house, was first
            return False
        except Exception:
            log.exception("family visit not lapsed", visit=visit)
            return False

    async def _lapse(self, visit: str, tx: Tx) -> bool:
        was = await self._visits.get(visit, tx)
        if was is None or was.state is not FamilyVisitState.ASKED:
            return False
        await self._ending.move(was.lapsed(), was, tx)
        return True

    async def _step(
        self,
        viewer: Viewer,
        visit: str,
        operation: str,
        change: Callable[[FamilyVisit], FamilyVisit],
        key: str,
        *content: object,
    ) -> SeenVisit:
        async def work(tx: Tx) -> str:
            was = await self._visits.get(visit, tx)
            if was is None or not await self._houses.keeps(viewer, was.house):
                raise FamilyVisitUnknown
            now = change(was)
            await self._ending.move(now, was, tx)
            await self._audit.record(viewer, f"family_visit.{now.state.value}", visit, tx, subject=was.citizen)
            return visit

        done = await self._once.once(Call.of(viewer, operation, key, visit, *content), _ID, work)
        found = await self._visits.get(done)
        assert found is not None
        return (await self._reading.seen([found]))[0]
