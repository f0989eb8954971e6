"""Residents at the estate: who asks, who lives there, letting in, moving out, naming a head.

Each look at a page of people is a record of the audit that names the estate and how many were seen; each name that is
opened is one that names the citizen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.community.estates.service import EstateService
from app.domains.community.residents.errors import ResidencyStateWrong, ResidencyUnknown
from app.domains.community.residents.model import Residency, ResidencyState
from app.domains.community.residents.service import Names, ResidentService
from app.domains.community.residents.store import ResidentStore

_ID = TypeAdapter(str)


@dataclass(frozen=True, slots=True)
class SeenAsker:
    """Somebody as the estate sees him: by name while he asks, and by the first character of it once he lives there."""

    residency: Residency
    name: str
    head: bool


class VerifyingService:
    def __init__(
        self,
        residents: ResidentStore,
        steps: ResidentService,
        estates: EstateService,
        names: Names,
        audit: Audit,
        once: Idempotency,
    ) -> None:
        self._residents = residents
        self._steps = steps
        self._estates = estates
        self._names = names
        self._audit = audit
        self._once = once

    async def page(self, viewer: Viewer, estate: str, state: ResidencyState, request: PageRequest) -> Page[SeenAsker]:
        """The newest first; nobody of an estate that is another's."""
        if not await self._estates.keeps(viewer, estate):
            return Page((), False)
        page = await self._residents.of_estate(estate, state, request)
        if page.items:
            facts = {"state": state.value, "seen": len(page.items)}
            await self._audit.record(viewer, "residents.read", estate, None, reason=None, subject=None, **facts)
        return Page(tuple(await self._all(page.items)), page.has_next)

    async def settle(self, viewer: Viewer, residency: str, accept: bool, reason: str, key: str) -> SeenAsker:
        """Raises ResidencyUnknown, EstateUnknown, ResidencyStateWrong, ResidencyReasonMissing, HouseholdFull,
        IdempotencyConflict.
        """

        async def work(tx: Tx) -> str:
            found = await self._managed(viewer, residency, tx)
            await self._steps.decide(viewer, found, accept, reason, tx)
            return found.id

        call = Call.of(viewer, "verifyResident", key, residency, accept, reason)
        return await self._after(await self._once.once(call, _ID, work))

    async def end(self, viewer: Viewer, residency: str, key: str) -> SeenAsker:
        """He has moved out. Raises ResidencyUnknown, ResidencyStateWrong, IdempotencyConflict."""

        async def work(tx: Tx) -> str:
            found = await self._managed(viewer, residency, tx)
            if not found.lives:
                raise ResidencyStateWrong(found.state.value)
            await self._steps.end(viewer, found, tx)
            return found.id

        return await self._after(await self._once.once(Call.of(viewer, "endResidency", key, residency), _ID, work))

    async def name_head(self, viewer: Viewer, residency: str, key: str) -> SeenAsker:
        """Whoever was the head is not any more. Raises ResidencyUnknown, ResidencyStateWrong, IdempotencyConflict."""

        async def work(tx: Tx) -> str:
            found = await self._managed(viewer, residency, tx)
            if not (found.lives and found.may_head):
                raise ResidencyStateWrong(found.state.value)
            household = await self._residents.household(found.household, tx)
            was = household.head if household else None
            await self._steps.headed(found, was, tx)
            await self._audit.record(viewer, "household.head_named", found.household, tx, subject=found.citizen)
            return found.id

        return await self._after(await self._once.once(Call.of(viewer, "nameHead", key, residency), _ID, work))

    async def _managed(self, viewer: Viewer, residency: str, tx: Tx) -> Residency:
        found = await self._residents.any(residency, tx)
        if found is None:
            raise ResidencyUnknown
        await self._estates.managed(viewer, found.estate, tx=tx)
        return found

    async def _after(self, residency: str) -> SeenAsker:
        found = await self._residents.any(residency)
        assert found is not None
        return (await self._all([found]))[0]

    async def _all(self, found: Sequence[Residency]) -> list[SeenAsker]:
        names = await self._names.of({one.citizen for one in found})
        households = await self._residents.households({one.household for one in found})
        heads = {one.head for one in households.values()}
        return [SeenAsker(one, _shown(names.get(one.citizen, ""), one.state), one.id in heads) for one in found]


def _shown(name: str, state: ResidencyState) -> str:
    """Whole while he asks: the estate has to know whom it lets in."""
    return name if state is ResidencyState.ASKED else name[:1] + "*" * max(0, len(name) - 1)
