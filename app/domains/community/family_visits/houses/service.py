"""Care homes and wards: kept by their organisation, or by the desk."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.idempotency import Call, Idempotency
from app.core.mongo import DuplicateKey, Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Role, Viewer
from app.domains.community.family_visits.errors import CareHouseChanged, CareHouseInvalid, CareHouseUnknown
from app.domains.community.family_visits.houses.model import CareHouse
from app.domains.community.family_visits.houses.store import HouseStore
from app.domains.identity.organisations.model import Tree

SCOPE = "family-visits"
_HOUSE = TypeAdapter(CareHouse)


class HouseService:
    def __init__(self, houses: HouseStore, tree: Tree, audit: Audit, once: Idempotency) -> None:
        self._houses = houses
        self._tree = tree
        self._audit = audit
        self._once = once

    async def one(self, code: str, tx: Tx | None = None) -> CareHouse | None:
        return await self._houses.get(code, tx)

    async def many(self, codes: Collection[str]) -> dict[str, CareHouse]:
        return await self._houses.many(codes)

    async def open(self, code: str, tx: Tx | None = None) -> CareHouse:
        """Raises CareHouseUnknown."""
        found = await self._houses.get(code, tx)
        if found is None or not found.active:
            raise CareHouseUnknown
        return found

    async def managed(self, viewer: Viewer, code: str, tx: Tx | None = None) -> CareHouse:
        """One of the viewer's organisation; the desk keeps all. Raises CareHouseUnknown, Forbidden (scope)."""
        mine = None if viewer.role is Role.OPS else viewer.provider(SCOPE)
        found = await self._houses.get(code, tx)
        if found is None or viewer.test_mode or mine not in (None, found.organisation):
            raise CareHouseUnknown
        return found

    async def keeps(self, viewer: Viewer, code: str) -> bool:
        """For lists, which are empty of what is not there as of what is another's."""
        try:
            await self.managed(viewer, code)
        except CareHouseUnknown:
            return False
        return True

    async def kept(self, viewer: Viewer, request: PageRequest) -> Page[CareHouse]:
        """Of one's organisation, by code."""
        mine = viewer.provider(SCOPE)
        return Page((), False) if viewer.test_mode else await self._houses.page(request, mine)

    async def of_city(self, request: PageRequest) -> Page[CareHouse]:
        """For the desk, by code."""
        return await self._houses.page(request)

    async def save(self, viewer: Viewer, house: CareHouse, key: str) -> CareHouse:
        """Add one (`rev` 0), or change the revision that was read; a provider's is his own organisation's. Raises
        CareHouseInvalid, CareHouseUnknown, CareHouseChanged, IdempotencyConflict.
        """
        owner = house.organisation if viewer.role is Role.OPS else viewer.provider(SCOPE)
        tidy = replace(house, organisation=owner).checked()
        if viewer.test_mode:
            raise CareHouseUnknown
        if self._tree.get(owner) is None:
            raise CareHouseInvalid("organisation")

        async def work(tx: Tx) -> CareHouse:
            if tidy.rev:
                was = await self.managed(viewer, tidy.code, tx)
                if was.organisation != owner:
                    raise CareHouseInvalid("organisation")
            elif await self._houses.get(tidy.code, tx) is not None:
                raise CareHouseChanged
            saved = replace(tidy, rev=tidy.rev + 1)
            if not await self._houses.save(saved, tx):
                raise CareHouseChanged
            await self._audit.record(viewer, "care_house.saved", saved.code, tx, rev=saved.rev)
            return saved

        try:
            return await self._once.once(Call.of(viewer, "saveCareHouse", key, tidy), _HOUSE, work)
        except DuplicateKey:
            raise CareHouseChanged from None
