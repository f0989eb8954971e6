"""How a visit ends: what it took is given back in the very write that ends it, and whoever asked is told."""

from __future__ import annotations

from app.core.clock import civil_day
from app.core.mongo import Document, DuplicateKey, Tx
from app.core.outbox import Outbox
from app.domains.community.family_visits.model import FamilyVisit, FamilyVisitState
from app.domains.community.family_visits.store import FamilyVisitStore

_FREES = frozenset(
    {
        FamilyVisitState.REFUSED,
        FamilyVisitState.WITHDRAWN,
        FamilyVisitState.CANCELLED,
        FamilyVisitState.LAPSED,
    }
)
_TOLD = frozenset(
    {FamilyVisitState.ACCEPTED, FamilyVisitState.REFUSED, FamilyVisitState.CANCELLED, FamilyVisitState.LAPSED}
)


class VisitEnding:
    def __init__(self, visits: FamilyVisitStore, outbox: Outbox) -> None:
        self._visits = visits
        self._outbox = outbox

    async def move(self, now: FamilyVisit, was: FamilyVisit, tx: Tx) -> None:
        """Raises DuplicateKey: it was changed meanwhile, and is looked at once more by the rules of repeats."""
        if not await self._visits.save(now, was, tx):
            raise DuplicateKey("changed meanwhile")
        if now.state in _FREES:
            for place in was.places:
                await self._visits.give_back(place, tx)
        if now.state in _TOLD:
            facts = {"visit": now.id, "day": civil_day(now.starts_at).isoformat()}
            await self._outbox.add(f"family_visit.{now.state.value}", now.citizen, tx, **facts)

    async def cancel_all(self, which: Document, tx: Tx) -> None:
        """Whom one wanted to visit is there no more, or lets one visit him no more."""
        for was in await self._visits.open_of(which, tx):
            await self.move(was.cancelled(), was, tx)
