"""Where an item can be had: a unit offers it at itself and at the units below, with place, hours and telephone."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.paging import Page, PageRequest
from app.core.said import Said
from app.core.viewer import Role, Viewer
from app.domains.government.catalogue.errors import (
    ItemUnfit,
    ItemUnknown,
    Misfit,
    NotOffered,
    TooManyUnits,
    Unfit,
    UnitOfOtherLevel,
    UnitUnknown,
)
from app.domains.government.catalogue.model import Item, ItemState, Offer
from app.domains.government.catalogue.publishing.service import SCOPE
from app.domains.government.catalogue.reach import (
    demand_live,
    division_of,
    ground_of,
    is_own,
    level_of,
    may_hand_over_at,
    may_offer_at,
)
from app.domains.government.catalogue.store import ItemStore, OfferStore
from app.domains.identity.organisations.model import Tree

MOST_UNITS = 2_000
_PHONE = re.compile(r"[0-9+() -]{3,30}")
_UNITS: TypeAdapter[tuple[str, ...]] = TypeAdapter(tuple[str, ...])


@dataclass(frozen=True, slots=True)
class Terms:
    """How it is offered at the units named; None is as the item says."""

    promised_days: int | None = None
    place: Said | None = None
    hours: Said | None = None
    phone: str | None = None
    system: str | None = None


class OfferingService:
    def __init__(
        self,
        items: ItemStore,
        offers: OfferStore,
        tree: Tree,
        audit: Audit,
        idempotency: Idempotency,
        systems: Collection[str] = (),
    ) -> None:
        """`systems`: those of departments that are connected."""
        self._items = items
        self._offers = offers
        self._tree = tree
        self._audit = audit
        self._idempotency = idempotency
        self._systems = systems

    async def offer(self, viewer: Viewer, code: str, units: list[str], terms: Terms, key: str) -> list[Offer]:
        """Offer a published item at units of its levels, or change how it is offered there. All of them, or none.
        Who may not say which system handles it leaves that as it is.

        Raises NotInTestMode, ItemUnknown, ItemNotInState, UnitUnknown, UnitOfOtherLevel, TooManyUnits, ItemUnfit (the
        terms), IdempotencyConflict.
        """
        demand_live(viewer)
        named = _named(units)
        call = Call.of(viewer, "offerServiceItem", key, code, named, terms)

        async def work(tx: Tx) -> tuple[str, ...]:
            item = await self._published(code, tx)
            self._demand_may(viewer, named, item.owner)
            demand_fit_terms(terms, item)
            before = {one.unit: one.system for one in await self._offers.at(code, named, tx)}
            made = [self._made(viewer, item, unit, terms, before.get(unit)) for unit in named]
            await self._offers.put(made, tx)
            await self._audit.record(viewer, "item.offered", code, tx, units=len(named), first=named[0])
            return named

        return await self._read(code, await self._idempotency.once(call, _UNITS, work))

    async def withdraw(self, viewer: Viewer, code: str, units: list[str], key: str) -> list[Offer]:
        """It cannot be had there any more; what was applied for goes on. All of them, or none.

        Raises NotInTestMode, UnitUnknown, NotOffered, TooManyUnits, IdempotencyConflict.
        """
        demand_live(viewer)
        named = _named(units)
        call = Call.of(viewer, "withdrawOffer", key, code, named)

        async def work(tx: Tx) -> tuple[str, ...]:
            item = await self._items.current(code, tx)
            self._demand_may(viewer, named, item.owner if item else "")
            offered = {one.unit for one in await self._offers.at(code, named, tx) if one.offered}
            if missing := [unit for unit in named if unit not in offered]:
                raise NotOffered(missing[0])
            await self._offers.withdraw(code, named, tx)
            await self._audit.record(viewer, "item.withdrawn", code, tx, units=len(named), first=named[0])
            return named

        return await self._read(code, await self._idempotency.once(call, _UNITS, work))

    async def at_unit(self, viewer: Viewer, unit: str, request: PageRequest) -> Page[Offer]:
        """Everything that a unit of the viewer's offers or offered, by item's code, which is the cursor; nothing when
        the unit is not his.
        """
        by = viewer.provider(SCOPE)
        seen = self._tree.active(unit) and is_own(self._tree, ground_of(self._tree, by), unit)
        return await self._offers.at_unit(unit, request) if seen else Page((), False)

    def _demand_may(self, viewer: Viewer, units: Iterable[str], owner: str) -> None:
        """Raises UnitUnknown."""
        for unit in units:
            if not self._may(viewer, unit, owner):
                raise UnitUnknown(unit[:60])

    def _may(self, viewer: Viewer, unit: str, owner: str) -> bool:
        if viewer.role is Role.OPS:
            return self._tree.get(unit) is not None
        return may_offer_at(self._tree, viewer.provider(SCOPE), unit, owner)

    async def _published(self, code: str, tx: Tx) -> Item:
        item = await self._items.current(code, tx)
        if item is None:
            raise ItemUnknown(code[:60])
        item.demand(ItemState.PUBLISHED)
        return item

    def _made(self, viewer: Viewer, item: Item, unit: str, terms: Terms, before: str | None) -> Offer:
        level = level_of(self._tree, unit)
        if level is None or level not in item.levels:
            raise UnitOfOtherLevel(unit)
        return Offer(
            item.code,
            unit,
            level,
            promised_days=terms.promised_days,
            place=terms.place,
            hours=terms.hours,
            phone=terms.phone,
            system=self._system(viewer, item, unit, terms.system, before),
            division=division_of(self._tree, unit),
        )

    def _system(self, viewer: Viewer, item: Item, unit: str, wanted: str | None, before: str | None) -> str | None:
        """Raises ItemUnfit: it is not connected, or not his to name."""
        ops = viewer.role is Role.OPS
        free = ops or may_hand_over_at(self._tree, viewer.provider(SCOPE), unit, item.owner)
        if wanted in (None, before):
            return wanted if free else before
        if not free or wanted not in self._systems:
            raise ItemUnfit((Unfit("system", Misfit.CHOICE),))
        return wanted

    async def _read(self, code: str, units: tuple[str, ...]) -> list[Offer]:
        return await self._offers.at(code, units)


def _named(units: list[str]) -> tuple[str, ...]:
    if not 1 <= len(units) <= MOST_UNITS:
        raise TooManyUnits(MOST_UNITS)
    return tuple(sorted(set(units)))


def demand_fit_terms(terms: Terms, item: Item) -> None:
    """Raises ItemUnfit."""
    faults = []
    if terms.promised_days is not None and not 0 <= terms.promised_days <= item.statutory_days:
        faults.append(Unfit("promisedDays", Misfit.DAYS))
    for name, said, most in (("place", terms.place, 200), ("hours", terms.hours, 200)):
        if said is not None and not (0 < len(said.zh.strip()) <= most and len(said.en) <= 3 * most):
            faults.append(Unfit(name, Misfit.FORM))
    if terms.phone is not None and not _PHONE.fullmatch(terms.phone):
        faults.append(Unfit("phone", Misfit.FORM))
    if faults:
        raise ItemUnfit(tuple(faults))
