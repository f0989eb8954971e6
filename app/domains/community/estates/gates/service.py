"""The gates of an estate: added, named, taken out of use."""

from __future__ import annotations

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.community.estates.errors import EstateUnknown
from app.domains.community.estates.gates.errors import GateInvalid, GateShut, GateUnknown
from app.domains.community.estates.gates.model import MOST_GATES, Gate
from app.domains.community.estates.gates.store import GateStore
from app.domains.community.estates.service import GATE_SCOPE, SCOPE, EstateService

_GATE = TypeAdapter(Gate)


class GateService:
    def __init__(self, gates: GateStore, estates: EstateService, audit: Audit, once: Idempotency) -> None:
        self._gates = gates
        self._estates = estates
        self._audit = audit
        self._once = once

    async def at(self, viewer: Viewer, gate: str, tx: Tx | None = None) -> Gate:
        """One in use that the viewer stands at. Raises GateUnknown, GateShut, Forbidden (scope)."""
        viewer.provider(GATE_SCOPE)
        found = await self._gates.get(gate, tx)
        if found is None:
            raise GateUnknown
        try:
            await self._estates.managed(viewer, found.estate, GATE_SCOPE, tx)
        except EstateUnknown:
            raise GateUnknown from None
        if not found.active:
            raise GateShut
        return found

    async def of_estate(self, estate: str) -> list[Gate]:
        return await self._gates.of_estate(estate)

    async def kept(self, viewer: Viewer, estate: str, scope: str = SCOPE) -> list[Gate]:
        """By code; none of an estate that is another's."""
        return await self._gates.of_estate(estate) if await self._estates.keeps(viewer, estate, scope) else []

    async def of_city(self, request: PageRequest) -> Page[Gate]:
        """For the desk."""
        return await self._gates.page(request)

    async def save(self, viewer: Viewer, gate: Gate, key: str) -> Gate:
        """Raises EstateUnknown, GateInvalid, IdempotencyConflict."""
        tidy = gate.checked()

        async def work(tx: Tx) -> Gate:
            await self._estates.managed(viewer, tidy.estate, tx=tx)
            there = {one.code for one in await self._gates.of_estate(tidy.estate, tx)}
            if tidy.code not in there and len(there) >= MOST_GATES:
                raise GateInvalid("code")
            await self._gates.put(tidy, tx)
            await self._audit.record(viewer, "gate.saved", tidy.id, tx, active=tidy.active)
            return tidy

        return await self._once.once(Call.of(viewer, "saveGate", key, tidy), _GATE, work)
