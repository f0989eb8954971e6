"""Keeping patrols: who walks which grid, past which points."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.errors import Forbidden
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import DuplicateKey, Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Role, Viewer
from app.domains.identity.organisations.model import Tree
from app.domains.identity.staff.model import StaffRole
from app.domains.voice.street.patrols.errors import OfficerUnknown, PatrolInvalid, PatrolUnknown
from app.domains.voice.street.patrols.model import Grid, Patrol
from app.domains.voice.street.patrols.store import PatrolStore

SCOPE = "cases:grid"
_PATROL = TypeAdapter(Patrol)


class Officers(Protocol):
    async def serve(self, officers: Collection[str], unit: str) -> bool:
        """Whether all of these are grid officers of this organisation, or of one below it."""
        ...


class PatrolService:
    def __init__(
        self,
        patrols: PatrolStore,
        officers: Officers,
        tree: Tree,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._patrols = patrols
        self._officers = officers
        self._tree = tree
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    @property
    def now(self) -> datetime:
        return self._clock.now()

    async def walked_by(self, viewer: Viewer) -> list[Patrol]:
        """The officer's own."""
        viewer.provider(SCOPE)
        return await self._patrols.walked_by(viewer.acting(), test=viewer.test_mode)

    async def grid_of(self, viewer: Viewer) -> Grid:
        """All that the officer looks after."""
        return Grid.of(await self.walked_by(viewer))

    async def walked(self, viewer: Viewer, patrol: str, tx: Tx | None = None) -> Patrol:
        """One that the officer walks. Raises PatrolUnknown."""
        viewer.provider(SCOPE)
        found = await self._patrols.get(patrol, tx)
        if found is None or not found.walked_by(viewer.acting()) or found.test is not viewer.test_mode:
            raise PatrolUnknown
        return found

    async def kept_by(self, viewer: Viewer, request: PageRequest) -> Page[Patrol]:
        """Of the organisation and all below it."""
        mine = viewer.provider(SCOPE)
        units = {mine, *(code for code, node in self._tree.nodes.items() if mine in node.path)}
        return await self._patrols.page(request, units=units)

    async def own(self, viewer: Viewer, patrol: str) -> Patrol:
        """One that the organisation keeps. Raises PatrolUnknown."""
        found = await self._patrols.get(patrol)
        if found is None or not self._keeps(viewer, found):
            raise PatrolUnknown
        return found

    async def of_city(self, request: PageRequest) -> Page[Patrol]:
        """For the desk, by id."""
        return await self._patrols.page(request)

    async def save(self, viewer: Viewer, wanted: Patrol, key: str) -> Patrol:
        """A new patrol (its id is empty), or one as it is from now on; rounds under way go on as they began. By a
        supervisor of the unit, or by the desk.

        Raises Forbidden, PatrolInvalid, PatrolUnknown, OfficerUnknown, IdempotencyConflict.
        """
        if viewer.role is Role.PROVIDER_STAFF and StaffRole.SUPERVISOR.value not in viewer.roles:
            raise Forbidden
        checked = replace(wanted.checked(), test=viewer.test_mode)
        if self._tree.get(checked.unit) is None or not self._keeps(viewer, checked):
            raise PatrolInvalid("unit")
        if not await self._officers.serve(checked.officers, checked.unit):
            raise OfficerUnknown
        id_ = checked.id or new_id()

        async def work(tx: Tx) -> Patrol:
            was = await self._patrols.get(id_, tx) if checked.id else None
            if checked.id and (was is None or not self._keeps(viewer, was)):
                raise PatrolUnknown
            now = replace(checked, id=id_, changed_at=self._clock.now(), rev=was.rev + 1 if was else 1)
            if not await self._patrols.put(now, tx):
                raise DuplicateKey("changed meanwhile")  # looked at once more, by the rules of repeats
            await self._audit.record(viewer, "patrol.saved", id_, tx, unit=now.unit, officers=len(now.officers))
            return now

        content = replace(checked, changed_at=None)  # type: ignore[arg-type]  # the moment is no part of the wish
        return await self._idempotency.once(Call.of(viewer, "savePatrol", key, content), _PATROL, work)

    def _keeps(self, viewer: Viewer, patrol: Patrol) -> bool:
        if viewer.role is Role.OPS:
            return True
        mine, node = viewer.provider(SCOPE), self._tree.get(patrol.unit)
        return node is not None and mine in (node.code, *node.path) and patrol.test is viewer.test_mode
