"""Estates: finding the one where somebody lives, and keeping one by its company, its committee or the desk."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.idempotency import Call, Idempotency
from app.core.mongo import DuplicateKey, Tx
from app.core.paging import Page, PageRequest
from app.core.places.model import AREA, Point, cells_near
from app.core.said import Said
from app.core.viewer import Role, Viewer
from app.domains.community.estates.errors import EstateChanged, EstateInvalid, EstateUnknown, HomeUnknown
from app.domains.community.estates.model import Amendment, Estate, Home, door, reason_of
from app.domains.community.estates.store import EstateStore
from app.domains.identity.organisations.model import Kind, Tree

# Who keeps an estate sees who lives there; who stands at its gates, or mends, does not.
SCOPE, GATE_SCOPE, REPAIR_SCOPE = "community", "community:gate", "community:repairs"
NEAR = 3_000.0  # metres
_LISTED, _LOOKED_AT = 20, 400
_ESTATE = TypeAdapter(Estate)


class InCity(Protocol):
    """Whether something lies in the city."""

    def demand(self, point: Point) -> None:
        """Raises OutsideCity."""
        ...


class EstateService:
    def __init__(self, estates: EstateStore, inside: InCity, tree: Tree, audit: Audit, once: Idempotency) -> None:
        self._estates = estates
        self._inside = inside
        self._tree = tree
        self._audit = audit
        self._once = once

    async def one(self, code: str, tx: Tx | None = None) -> Estate | None:
        return await self._estates.get(code, tx)

    async def many(self, codes: Collection[str]) -> dict[str, Estate]:
        return await self._estates.many(codes)

    async def active(self, code: str, tx: Tx | None = None) -> Estate:
        """Raises EstateUnknown."""
        found = await self._estates.get(code, tx)
        if found is None or not found.active:
            raise EstateUnknown
        return found

    async def near(self, point: Point, metres: float = NEAR) -> list[Estate]:
        """The nearest first, twenty at most."""
        metres = min(metres, NEAR)
        found = await self._estates.in_areas(cells_near(point, metres, AREA), _LOOKED_AT)
        away = sorted(((point.metres_to(one.point), one) for one in found), key=lambda pair: pair[0])
        return [one for far, one in away if far <= metres][:_LISTED]

    async def named(self, beginning: str) -> list[Estate]:
        """By the beginning of the name, in either language."""
        text = " ".join(beginning.split())
        return await self._estates.named(text, _LISTED) if text else []

    async def buildings(self, code: str) -> list[str]:
        return await self._estates.buildings(code)

    async def rooms(self, code: str, building: str) -> list[str]:
        return await self._estates.rooms(code, door(building) or "")

    async def home(self, estate: str, building: str, room: str, tx: Tx | None = None) -> Home:
        """A door of an active estate. Raises EstateUnknown, HomeUnknown."""
        await self.active(estate, tx)
        home = Home(estate, door(building) or "", door(room) or "")
        if not await self._estates.has(home, tx):
            raise HomeUnknown
        return home

    async def all_there(self, homes: Collection[Home], tx: Tx) -> bool:
        """Whether each of these doors is one of its estate."""
        return await self._estates.there(homes, tx)

    # Whoever keeps it

    async def managed(self, viewer: Viewer, code: str, scope: str = SCOPE, tx: Tx | None = None) -> Estate:
        """One that the viewer keeps: the desk keeps all. Raises EstateUnknown, Forbidden (scope)."""
        mine = None if viewer.role is Role.OPS else viewer.provider(scope)
        found = await self._estates.get(code, tx)
        if found is None or viewer.test_mode or not (mine is None or self._belongs(found, mine)):
            raise EstateUnknown
        return found

    async def keeps(self, viewer: Viewer, code: str, scope: str = SCOPE) -> bool:
        """Whether the viewer keeps it: for lists, which are empty of what is not there as of what is another's."""
        try:
            await self.managed(viewer, code, scope)
        except EstateUnknown:
            return False
        return True

    async def kept_by(self, viewer: Viewer, request: PageRequest, scope: str = SCOPE) -> Page[Estate]:
        """Those of the provider's unit and of all below it, by code."""
        mine = viewer.provider(scope)
        if viewer.test_mode:
            return Page((), False)
        below = (code for code, node in self._tree.nodes.items() if mine in node.path)
        return await self._estates.page(request, {mine, *below})

    async def of_city(self, request: PageRequest) -> Page[Estate]:
        """For the desk, by code."""
        return await self._estates.page(request)

    def unit_named(self, unit: str) -> Said:
        """The name of an organisation, or its code when it is there no more."""
        return self._tree.name_of(unit) or Said(unit)

    def division_of(self, estate: Estate) -> str | None:
        """The code of the government that its committee belongs to, the nearest one."""
        committee = self._tree.get(estate.committee)
        above = [self._tree.get(code) for code in reversed(committee.path)] if committee else []
        return next((one.code for one in above if one is not None and one.kind is Kind.GOVERNMENT), None)

    async def homes_of(self, code: str) -> int:
        """How many homes it has."""
        return await self._estates.count_homes(code)

    async def save(self, viewer: Viewer, estate: Estate, key: str) -> Estate:
        """Add an estate (`rev` 0), or change the revision that was read. The desk alone says whose one is.

        Raises EstateInvalid, EstateUnknown, EstateChanged, OutsideCity, IdempotencyConflict.
        """
        tidy = estate.checked()
        self._inside.demand(tidy.point)

        async def work(tx: Tx) -> Estate:
            await self._demand_may(viewer, tidy, tx)
            saved = replace(tidy, rev=tidy.rev + 1)
            try:
                done = await self._estates.save(saved, tx)
            except DuplicateKey:
                done = False
            if not done:
                raise EstateChanged
            await self._audit.record(viewer, "estate.saved", saved.code, tx, rev=saved.rev)
            return saved

        return await self._once.once(Call.of(viewer, "saveEstate", key, tidy), _ESTATE, work)

    async def amend(self, viewer: Viewer, code: str, amendment: Amendment, key: str) -> Estate:
        """What its company or committee may change, over the revision that was read. Raises EstateUnknown,
        EstateInvalid, EstateChanged, OutsideCity, IdempotencyConflict.
        """
        self._inside.demand(amendment.point)

        async def work(tx: Tx) -> Estate:
            was = await self.managed(viewer, code, tx=tx)
            if was.rev != amendment.rev:
                raise EstateChanged
            saved = replace(amendment.of(was).checked(), rev=was.rev + 1)
            if not await self._estates.save(saved, tx):
                raise EstateChanged
            await self._audit.record(viewer, "estate.saved", code, tx, rev=saved.rev)
            return saved

        return await self._once.once(Call.of(viewer, "amendEstate", key, code, amendment), _ESTATE, work)

    async def turn(self, viewer: Viewer, code: str, reason: str, key: str, *, active: bool) -> Estate:
        """By the desk: close one, or open it again; the reason stands in the trail. Raises EstateUnknown,
        EstateReasonMissing, EstateChanged, IdempotencyConflict.
        """
        why = reason_of(reason)

        async def work(tx: Tx) -> Estate:
            was = await self.managed(viewer, code, tx=tx)
            if was.active is active:
                return was
            now = was.turned(active)
            if not await self._estates.save(now, tx):
                raise EstateChanged
            what = "estate.opened" if active else "estate.closed"
            await self._audit.record(viewer, what, code, tx, reason=why)
            return now

        return await self._once.once(Call.of(viewer, "turnEstate", key, code, why, active), _ESTATE, work)

    async def _demand_may(self, viewer: Viewer, estate: Estate, tx: Tx) -> None:
        """Raises EstateInvalid (a unit that is not there), EstateUnknown."""
        for name, unit in (("committee", estate.committee), ("company", estate.company)):
            if self._tree.get(unit) is None:
                raise EstateInvalid(name)
        if viewer.role is Role.OPS:
            return
        was = await self.managed(viewer, estate.code, tx=tx)
        if set(was.units) != set(estate.units):
            raise EstateInvalid("company")

    def _belongs(self, estate: Estate, mine: str) -> bool:
        committee = self._tree.get(estate.committee)
        return mine in estate.units or (committee is not None and mine in committee.path)
