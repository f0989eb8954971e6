"""What a unit does with the items it defines: draft, publish, amend, cancel, merge, delegate; and reading its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import fields, replace
from datetime import timedelta
from typing import Final

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.limit import Limit
from app.core.limits import Limits
from app.core.mongo import Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Role, Viewer
from app.domains.government.catalogue.checks import demand_fit, parsed_reason
from app.domains.government.catalogue.errors import (
    ItemChangedMeanwhile,
    ItemCodeTaken,
    ItemMergedIntoItself,
    ItemUnknown,
    NothingToDelegate,
    UnitUnknown,
)
from app.domains.government.catalogue.model import Item, ItemState, Offer
from app.domains.government.catalogue.reach import demand_live, division_of, governments_at, ground_of, is_own
from app.domains.government.catalogue.store import ItemStore, OfferStore
from app.domains.identity.organisations.model import Level, Tree

SCOPE: Final = "catalogue"
SAVED = Limit("item_saved", 2_000, timedelta(days=1))
_REF: TypeAdapter[tuple[str, int]] = TypeAdapter(tuple[str, int])

Forget = Callable[[str], None]
Change = Callable[[Tx], Awaitable[Item]]


class PublishingService:
    def __init__(
        self,
        items: ItemStore,
        offers: OfferStore,
        tree: Tree,
        forget: Forget,
        limits: Limits,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._items = items
        self._offers = offers
        self._tree = tree
        self._forget = forget
        self._limits = limits
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def save(self, viewer: Viewer, content: Item, key: str) -> Item:
        """Write the draft of an item: a new one, or the next version of a published one. Nobody finds it yet.

        `content.owner` is a unit of the viewer's; empty means the viewer's own.
        Raises ItemUnfit, UnitUnknown, ItemCodeTaken, ItemNotInState, ItemChangedMeanwhile, RateLimited,
        IdempotencyConflict.
        """
        content = replace(content, owner=content.owner or viewer.provider(SCOPE))
        if not self._owns(viewer, content.owner) or self._tree.get(content.owner) is None:
            raise UnitUnknown(content.owner[:60])
        demand_fit(content)
        if viewer.role is not Role.OPS:
            await self._limits.take(SAVED, viewer.provider(SCOPE))
        call = Call.of(viewer, "saveServiceItem", key, _spelled(content))

        async def work(tx: Tx) -> Item:
            newest = await self._items.newest(content.code, tx)
            if newest is not None and not self._owns(viewer, newest.owner):
                raise ItemCodeTaken(content.code)
            made = content.drafted(newest, viewer.acting(), self._clock.now())
            if newest is not None and newest.state is ItemState.DRAFT:
                await self._save(made, tx)
            else:
                await self._items.add([made], tx)
            await self._audit.record(viewer, "item.drafted", made.code, tx, version=made.version)
            return made

        return await self._once(call, work)

    async def publish(self, viewer: Viewer, code: str, key: str) -> Item:
        """Its draft becomes what people find; the version before stays readable for what was applied for under it.

        Raises NotInTestMode, ItemUnknown, ItemNotInState, ItemUnfit, ItemChangedMeanwhile, IdempotencyConflict.
        """

        demand_live(viewer)

        async def work(tx: Tx) -> Item:
            draft = await self._own(viewer, code, tx, newest=True)
            published = draft.published(viewer.acting(), self._clock.now())
            demand_fit(published)
            await self._items.retire([code], tx)
            await self._save(published, tx)
            await self._audit.record(viewer, "item.published", code, tx, version=published.version)
            return published

        return await self._once(Call.of(viewer, "publishServiceItem", key, code), work)

    async def cancel(self, viewer: Viewer, code: str, reason: str, key: str) -> Item:
        """Gone from what people find; what was applied for goes on.

        Raises NotInTestMode, ItemUnknown, ItemNotInState, ItemReasonMissing, ItemChangedMeanwhile,
        IdempotencyConflict.
        """
        demand_live(viewer)
        why = parsed_reason(reason)

        async def work(tx: Tx) -> Item:
            was = await self._own(viewer, code, tx)
            cancelled = was.cancelled(viewer.acting(), self._clock.now(), why)
            await self._save(cancelled, tx)
            await self._audit.record(viewer, "item.cancelled", code, tx, reason=why, version=was.version)
            return cancelled

        return await self._once(Call.of(viewer, "cancelServiceItem", key, code, why), work)

    async def merge(self, viewer: Viewer, code: str, into: str, reason: str, key: str) -> Item:
        """People are led to the other item, which is offered from now on wherever this one was and its levels allow.

        Raises ItemUnknown (of either), ItemMergedIntoItself, and as `cancel` does.
        """
        demand_live(viewer)
        why = parsed_reason(reason)
        if code == into:
            raise ItemMergedIntoItself

        async def work(tx: Tx) -> Item:
            was, other = await self._own(viewer, code, tx), await self._own(viewer, into, tx)
            merged = was.merged(other, viewer.acting(), self._clock.now(), why)
            await self._save(merged, tx)
            moved = await self._take_over(was, other, tx)
            await self._audit.record(viewer, "item.merged", code, tx, reason=why, into=into, offers=moved)
            return merged

        return await self._once(Call.of(viewer, "mergeServiceItem", key, code, into, why), work)

    async def delegate(self, viewer: Viewer, code: str, levels: tuple[Level, Level], reason: str, key: str) -> Item:
        """Offers of the viewer's units of one level move to the units of another level below or above them: a new
        version of the item, at its new levels.

        Raises ItemUnknown, NothingToDelegate, and as `cancel` does.
        """
        demand_live(viewer)
        why, (given, taken) = parsed_reason(reason), levels

        async def work(tx: Tx) -> Item:
            was = await self._own(viewer, code, tx)
            was.demand(ItemState.PUBLISHED)
            await self._demand_no_draft(code, tx)
            left = await self._move(viewer, was, given, taken, tx)
            now_at = frozenset((*(was.levels - {given}), taken, *((given,) if left else ())))
            delegated = was.delegated(now_at, viewer.acting(), self._clock.now(), why)
            await self._items.retire([code], tx)
            await self._items.add([delegated], tx)
            await self._audit.record(
                viewer, "item.delegated", code, tx, reason=why, giver=given.value, taker=taken.value
            )
            return delegated

        return await self._once(Call.of(viewer, "delegateServiceItem", key, code, given.value, taken.value, why), work)

    async def mine(self, viewer: Viewer, state: ItemState | None, request: PageRequest) -> Page[Item]:
        """All versions of what the viewer's unit defines itself, by code; the cursor is the version's id."""
        return await self._items.of_owners([viewer.provider(SCOPE)], state, request)

    async def versions(self, viewer: Viewer, code: str) -> list[Item]:
        """Of an item of the viewer's units, drafts too, newest first; empty when it is not theirs."""
        found = await self._items.versions(code)
        return found if found and self._owns(viewer, found[0].owner) else []

    async def of_owner(self, owner: str, state: ItemState | None, request: PageRequest) -> Page[Item]:
        """For the desk: all versions."""
        return await self._items.of_owners([owner], state, request)

    async def in_state(self, state: ItemState, request: PageRequest) -> Page[Item]:
        """For the desk: of all owners, by code."""
        return await self._items.in_state(state, request)

    def _owns(self, viewer: Viewer, owner: str) -> bool:
        return viewer.role is Role.OPS or is_own(self._tree, viewer.provider(SCOPE), owner)

    async def _own(self, viewer: Viewer, code: str, tx: Tx, *, newest: bool = False) -> Item:
        found = await (self._items.newest(code, tx) if newest else self._items.current(code, tx))
        if found is None or not self._owns(viewer, found.owner):
            raise ItemUnknown(code[:60])
        return found

    async def _demand_no_draft(self, code: str, tx: Tx) -> None:
        newest = await self._items.newest(code, tx)
        if newest is not None:
            newest.demand(ItemState.PUBLISHED)

    async def _save(self, item: Item, tx: Tx) -> None:
        if not await self._items.save(item, tx):
            raise ItemChangedMeanwhile

    async def _take_over(self, was: Item, other: Item, tx: Tx) -> int:
        """Offers of the other item where only this one was offered."""
        there = {offer.unit for offer in await self._offers.of_all(other.code, tx)}
        offered = [one for one in await self._offers.of_all(was.code, tx) if one.offered and one.level in other.levels]
        moved = [replace(one, item=other.code, promised_days=None) for one in offered if one.unit not in there]
        await self._offers.add(moved, tx)
        return len(moved)

    async def _move(self, viewer: Viewer, item: Item, given: Level, taken: Level, tx: Tx) -> int:
        """How many offers of the level that gives are left (of units that are not the viewer's)."""
        ground = None if viewer.role is Role.OPS else ground_of(self._tree, viewer.provider(SCOPE))
        at_level = await self._offers.at_level(item.code, given, tx)
        leaving = [one for one in at_level if ground is None or is_own(self._tree, ground, one.unit)]
        if given is taken or not leaving:
            raise NothingToDelegate
        known = {one.unit: one for one in await self._offers.of_all(item.code, tx)}
        units = {unit for one in leaving for unit in self._heirs(one, taken)}
        await self._offers.withdraw(item.code, [one.unit for one in leaving], tx)
        await self._offers.add([self._offer(item, unit, taken) for unit in sorted(units - known.keys())], tx)
        await self._offers.offer_again(item.code, sorted(units & known.keys()), tx)
        return len(at_level) - len(leaving)

    def _heirs(self, offer: Offer, taken: Level) -> list[str]:
        """Units of the other level below the one that gives, or the one above it."""
        below = [node.code for node in governments_at(self._tree, taken, offer.division)]
        node = self._tree.get(offer.division)
        above = [step for step in (node.path if node else ()) if (up := self._tree.get(step)) and up.level is taken]
        return below or above[-1:]

    def _offer(self, item: Item, unit: str, level: Level) -> Offer:
        return Offer(item.code, unit, level, division=division_of(self._tree, unit))

    async def _once(self, call: Call, work: Change) -> Item:
        """The reply that is kept is which version it became: the item itself is read again."""

        async def noted(tx: Tx) -> tuple[str, int]:
            item = await work(tx)
            return item.code, item.version

        code, version = await self._idempotency.once(call, _REF, noted)
        self._forget(code)
        found = await self._items.at(code, version)
        assert found is not None  # versions are never deleted
        return found


def _spelled(content: Item) -> list[tuple[str, object]]:
    """In one order in every process: that of a set differs."""
    values = ((one.name, getattr(content, one.name)) for one in fields(content))
    return [(name, sorted(value) if isinstance(value, frozenset) else value) for name, value in values]
