"""Shops and their menus: kept by a merchant, read by everybody."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.paging import Page, PageRequest
from app.core.said import Said
from app.core.viewer import Role, Viewer
from app.domains.community.estates.service import EstateService
from app.domains.community.shops.errors import ShopChanged, ShopFull, ShopInvalid, ShopItemUnknown, ShopUnknown
from app.domains.community.shops.model import MOST_ITEMS, Hours, Item, Shop
from app.domains.community.shops.store import ShopStore

SCOPE = "shops"
_SHOP, _ID = TypeAdapter(Shop), TypeAdapter(str)


class Files(Protocol):
    """Uploads, as menus need them. `by` names the shop: `shop:CODE`."""

    async def claim(self, by: str, owner: str, uploads: Collection[str], tx: Tx) -> None:
        """Raises UploadUnknown, UploadNotReady, UploadClaimed."""
        ...

    async def links(self, by: str, owner: str) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True)
class ItemWish:
    """What a shop writes of an item. `stock` is heard when it is added; later it is counted (`restock`)."""

    category: Said
    name: Said
    text: Said
    fen: int
    stock: int | None
    most: int
    hours: Hours
    listed: bool = True
    photo: str | None = None


@dataclass(frozen=True, slots=True)
class Menu:
    """`selling`: whether orders are taken at this moment. `photos` by upload."""

    shop: Shop
    selling: bool
    items: tuple[Item, ...]
    had: frozenset[str]
    photos: Mapping[str, str]


class ShopService:
    def __init__(
        self, shops: ShopStore, estates: EstateService, files: Files, audit: Audit, once: Idempotency, clock: Clock
    ) -> None:
        self._shops = shops
        self._estates = estates
        self._files = files
        self._audit = audit
        self._once = once
        self._clock = clock

    async def serving(self, estate: str, request: PageRequest) -> Page[Shop]:
        """Those that deliver to an estate."""
        return await self._shops.serving(estate, request)

    async def menu(self, code: str) -> Menu | None:
        """What it sells now."""
        shop = await self._shops.get(code)
        return await self._menu(shop, await self._shops.items(code, listed=True)) if shop and shop.listed else None

    async def many(self, codes: Collection[str]) -> Mapping[str, Shop]:
        return await self._shops.many(codes)

    # The merchant

    async def kept_by(self, viewer: Viewer, request: PageRequest) -> Page[Shop]:
        mine = viewer.provider(SCOPE)
        return Page((), False) if viewer.test_mode else await self._shops.of_organisation(mine, request)

    async def of_city(self, request: PageRequest) -> Page[Shop]:
        """For the desk."""
        return await self._shops.page(request)

    async def kept_menu(self, viewer: Viewer, code: str) -> Menu | None:
        """Everything, also what is not listed."""
        shop = await self._shops.get(code)
        if shop is None or not _keeps(viewer, shop):
            return None
        return await self._menu(shop, await self._shops.items(code, listed=False))

    async def managed(self, viewer: Viewer, code: str, tx: Tx | None = None) -> Shop:
        """One's own. Raises ShopUnknown, Forbidden (scope)."""
        shop = await self._shops.get(code, tx)
        if shop is None or not _keeps(viewer, shop):
            raise ShopUnknown
        return shop

    async def save(self, viewer: Viewer, shop: Shop, key: str) -> Shop:
        """Add one (`rev` 0), or change the revision that was read. Raises ShopInvalid, ShopUnknown, ShopChanged,
        IdempotencyConflict.
        """
        tidy = shop.checked()
        if not _keeps(viewer, tidy):
            raise ShopUnknown

        async def work(tx: Tx) -> Shop:
            known = await self._estates.many(tidy.delivery.estates)
            if len(known) != len(tidy.delivery.estates):
                raise ShopInvalid("estates")
            was = await self._shops.get(tidy.code, tx)
            if was is not None and not _keeps(viewer, was):
                raise ShopUnknown
            saved = replace(tidy, rev=tidy.rev + 1, halted=was.halted if was else "")
            if not await self._shops.save(saved, tx):
                raise ShopChanged
            await self._audit.record(viewer, "shop.saved", saved.code, tx, rev=saved.rev)
            return saved

        return await self._once.once(Call.of(viewer, "saveShop", key, tidy), _SHOP, work)

    async def halt(self, viewer: Viewer, code: str, reason: str, key: str) -> Shop:
        """By the desk: it takes no orders until it is let go on, whatever its merchant says; what was ordered is
        brought or goes back. Without a reason it goes on. Raises ShopUnknown, ShopInvalid, ShopChanged,
        IdempotencyConflict.
        """

        async def work(tx: Tx) -> Shop:
            was = await self._shops.get(code, tx)
            if was is None:
                raise ShopUnknown
            now = was.stopped(reason)
            if not await self._shops.save(now, tx):
                raise ShopChanged
            await self._audit.record(viewer, "shop.halted" if now.halted else "shop.resumed", code, tx)
            return now

        return await self._once.once(Call.of(viewer, "haltShop", key, code, reason), _SHOP, work)

    async def whole_menu(self, shop: Shop) -> Menu:
        """For the desk, also of one that was stopped."""
        return await self._menu(shop, await self._shops.items(shop.code, listed=False))

    async def one(self, code: str) -> Shop | None:
        """For the desk."""
        return await self._shops.get(code)

    async def save_item(self, viewer: Viewer, code: str, item: str | None, wish: ItemWish, key: str) -> Item:
        """Raises ShopUnknown, ShopItemUnknown, ShopInvalid, ShopFull, ShopChanged, what files are refused for,
        IdempotencyConflict.
        """
        id_ = item or new_id()

        async def work(tx: Tx) -> str:
            shop = await self.managed(viewer, code, tx)
            was = await self._shops.item(item, tx) if item else None
            if item and (was is None or was.shop != code):
                raise ShopItemUnknown
            made = _written(id_, code, wish, was).checked()
            if wish.photo is not None and (was is None or wish.photo != was.photo):
                await self._files.claim(shop.record, viewer.acting(), [wish.photo], tx)
                made = replace(made, photo=wish.photo, photo_by=viewer.acting())
            await self._write(made, was, tx)
            await self._audit.record(viewer, "shop_item.saved", id_, tx, shop=code, fen=made.fen)
            return id_

        return await self._known(
            await self._once.once(Call.of(viewer, "saveShopItem", key, code, item, wish), _ID, work)
        )

    async def restock(self, viewer: Viewer, item: str, by: int, key: str) -> Item:
        """So many more, or fewer. Raises ShopItemUnknown, ShopInvalid (not so many, or nothing to count),
        IdempotencyConflict.
        """

        async def work(tx: Tx) -> str:
            was = await self._shops.item(item, tx)
            if was is None:
                raise ShopItemUnknown
            await self.managed(viewer, was.shop, tx)
            if not by or not await self._shops.restock(item, by, tx):
                raise ShopInvalid("stock")
            await self._audit.record(viewer, "shop_item.restocked", item, tx, by=by)
            return item

        return await self._known(await self._once.once(Call.of(viewer, "restockShopItem", key, item, by), _ID, work))

    async def sell_out(self, viewer: Viewer, item: str, sold_out: bool, key: str) -> Item:
        """No more of it today, or there is some after all; what was counted stays. Raises ShopItemUnknown, ShopUnknown,
        IdempotencyConflict.
        """

        async def work(tx: Tx) -> str:
            was = await self._shops.item(item, tx)
            if was is None:
                raise ShopItemUnknown
            shop = await self.managed(viewer, was.shop, tx)
            until = shop.hours.day_ends(self._clock.now()) if sold_out else None
            await self._shops.sell_out(item, until, tx)
            await self._audit.record(viewer, "shop_item.sold_out", item, tx, sold_out=sold_out)
            return item

        call = Call.of(viewer, "markShopItemSoldOut", key, item, sold_out)
        return await self._known(await self._once.once(call, _ID, work))

    async def _write(self, made: Item, was: Item | None, tx: Tx) -> None:
        if was is None:
            if await self._shops.count(made.shop, tx) >= MOST_ITEMS:
                raise ShopFull(MOST_ITEMS)
            await self._shops.add_item(made, tx)
        elif not await self._shops.save_item(made, tx):
            raise ShopChanged

    async def _known(self, item: str) -> Item:
        found = await self._shops.item(item)
        assert found is not None
        return found

    async def _menu(self, shop: Shop, items: Sequence[Item]) -> Menu:
        now = self._clock.now()
        photos: dict[str, str] = {}
        for owner in sorted({one.photo_by for one in items if one.photo_by}):
            photos |= await self._files.links(shop.record, owner)
        had = frozenset(one.id for one in items if one.sells_at(now) and one.stock != 0)
        return Menu(shop, shop.sells_at(now), tuple(items), had, photos)


def _written(id_: str, shop: str, wish: ItemWish, was: Item | None) -> Item:
    stock = wish.stock if was is None else was.stock
    made = Item(id_, shop, wish.category, wish.name, wish.text, wish.fen, stock, wish.most, wish.hours)
    photo = (was.photo, was.photo_by) if was else (None, None)
    return replace(made, listed=wish.listed, photo=photo[0], photo_by=photo[1], rev=was.rev + 1 if was else 1)


def _keeps(viewer: Viewer, shop: Shop) -> bool:
    """Whether it is the viewer's; the desk keeps all."""
    return viewer.role is Role.OPS or (viewer.provider(SCOPE) == shop.organisation and not viewer.test_mode)
