"""Shops and their items in MongoDB. The stock is a number of the item's row, which is only ever changed by guarded
additions: what is sold and what is delivered to the shop never overwrite each other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from app.core.mongo import Database, Document, DuplicateKey, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.said import UNSAID, Said, said_of, said_row
from app.domains.community.shops.model import MOST_ITEMS, MOST_STOCK, Delivery, Hold, Hours, Item, Shop, ShopKind


class ShopStore:
    def __init__(self, db: Database) -> None:
        self._db = db
        self._shops = db["shops"]
        self._items = db["shop_items"]

    async def get(self, code: str, tx: Tx | None = None) -> Shop | None:
        row = await self._shops.find_one({"_id": code}, session=tx)
        return _shop(row) if row else None

    async def many(self, codes: Collection[str]) -> dict[str, Shop]:
        rows = await self._shops.find({"_id": {"$in": sorted(codes)}}).to_list(None) if codes else []
        return {row["_id"]: _shop(row) for row in rows}

    async def save(self, shop: Shop, tx: Tx) -> bool:
        """The next revision; False when it was changed meanwhile."""
        row = _shop_row(shop)
        if shop.rev == 1:
            try:
                await self._shops.insert_one(row, session=tx)
            except DuplicateKey:
                return False
            return True
        return bool(
            (await self._shops.replace_one({"_id": shop.code, "rev": shop.rev - 1}, row, session=tx)).matched_count
        )

    async def serving(self, estate: str, request: PageRequest) -> Page[Shop]:
        """Open ones that deliver there, by code."""
        rows = await page_rows(self._shops, {"estates": estate, "open": True, "halted": ""}, request, newest=False)
        return Page.cut([_shop(row) for row in rows], request)

    async def of_organisation(self, organisation: str, request: PageRequest) -> Page[Shop]:
        rows = await page_rows(self._shops, {"organisation": organisation}, request, newest=False)
        return Page.cut([_shop(row) for row in rows], request)

    async def page(self, request: PageRequest) -> Page[Shop]:
        """For the desk, by code."""
        rows = await page_rows(self._shops, {}, request, newest=False)
        return Page.cut([_shop(row) for row in rows], request)

    # Items

    async def items(self, shop: str, *, listed: bool) -> list[Item]:
        """By category, then as they were added."""
        which: Document = {"shop": shop, **({"listed": True} if listed else {})}
        rows = await self._items.find(which).sort([("category", 1), ("_id", 1)]).limit(MOST_ITEMS).to_list(None)
        return [_item(row) for row in rows]

    async def some(self, items: Collection[str], tx: Tx | None = None) -> Mapping[str, Item]:
        rows = await self._items.find({"_id": {"$in": sorted(items)}}, session=tx).to_list(None)
        return {row["_id"]: _item(row) for row in rows}

    async def item(self, item: str, tx: Tx | None = None) -> Item | None:
        return (await self.some([item], tx)).get(item)

    async def count(self, shop: str, tx: Tx) -> int:
        return await self._items.count_documents({"shop": shop}, limit=MOST_ITEMS, session=tx)

    async def add_item(self, item: Item, tx: Tx) -> None:
        row = {"_id": item.id, "stock": item.stock, "holds": [], **_said_of(item)}
        await self._items.insert_one(row, session=tx)

    async def save_item(self, item: Item, tx: Tx) -> bool:
        """All but its stock; False when it was changed meanwhile."""
        before = {"_id": item.id, "rev": item.rev - 1}
        return bool((await self._items.update_one(before, {"$set": _said_of(item)}, session=tx)).matched_count)

    async def sell_out(self, item: str, until: datetime | None, tx: Tx) -> None:
        """Beside whatever else is written of it."""
        await self._items.update_one({"_id": item}, {"$set": {"sold_out_until": until}}, session=tx)

    async def restock(self, item: str, by: int, tx: Tx) -> bool:
        """So many more or fewer; False when there are not so many, or it has no stock to count."""
        room = {"$gte": max(0, -by), "$lte": MOST_STOCK - max(0, by)}
        done = await self._items.update_one({"_id": item, "stock": room}, {"$inc": {"stock": by}}, session=tx)
        return bool(done.modified_count)

    async def hold(self, item: str, hold: Hold) -> bool:
        """From the shelf, outside of any transaction: the database does one after the other, and nobody begins anew.
        False when there are not so many.
        """
        kept = {"order": hold.order, "count": hold.count, "at": hold.at}
        change = {"$inc": {"stock": -hold.count}, "$push": {"holds": kept}}
        done = await self._items.update_one({"_id": item, "stock": {"$gte": hold.count}}, change)
        return bool(done.modified_count)

    async def settle(self, items: Collection[str], order: str) -> None:
        """It is sold."""
        change = {"$pull": {"holds": {"order": order}}}
        await self._db.update_each("shop_items", [({"_id": item}, change) for item in sorted(items)])

    async def release(self, taken: Mapping[str, int], order: str) -> None:
        """Back on the shelf, once."""
        changes: list[tuple[Document, Document]] = [
            (
                {"_id": item, "holds": {"$elemMatch": {"order": order, "count": count}}},
                {"$inc": {"stock": count}, "$pull": {"holds": {"order": order}}},
            )
            for item, count in sorted(taken.items())
        ]
        await self._db.update_each("shop_items", changes)

    async def old_holds(self, before: datetime, most: int) -> list[tuple[str, Hold]]:
        """With their items."""
        rows = await self._items.find({"holds.at": {"$lt": before}}).limit(most).to_list(None)
        return [(row["_id"], one) for row in rows for one in _item(row).holds if one.at < before]

    async def put_back(self, taken: Mapping[str, int], tx: Tx) -> None:
        """What never runs out has nothing put back."""
        changes: list[tuple[Document, Document]] = [
            ({"_id": item, "stock": {"$gte": 0}}, {"$inc": {"stock": count}}) for item, count in sorted(taken.items())
        ]
        await self._db.update_each("shop_items", changes, tx)


def shop_name(row: Document) -> Said:
    """Of a row that was looked up with its shop."""
    return said_of(row["shops"][0]["name"]) if row["shops"] else UNSAID


def _shop_row(one: Shop) -> Document:
    terms = one.delivery
    return {
        "_id": one.code,
        "organisation": one.organisation,
        "name": said_row(one.name),
        "kind": one.kind.value,
        "hours": [one.hours.opens, one.hours.closes],
        "estates": list(terms.estates),
        "delivery": [terms.fen, terms.free_from, terms.least],
        "open": one.open,
        "halted": one.halted,
        "rev": one.rev,
    }


def _shop(row: Document) -> Shop:
    return Shop(
        code=row["_id"],
        organisation=row["organisation"],
        name=said_of(row["name"]),
        kind=ShopKind(row["kind"]),
        hours=Hours(*row["hours"]),
        delivery=Delivery(tuple(row["estates"]), *row["delivery"]),
        open=row["open"],
        halted=row["halted"],
        rev=row["rev"],
    )


def _said_of(one: Item) -> Document:
    return {
        "shop": one.shop,
        "category": one.category.zh,
        "category_en": one.category.en,
        "name": said_row(one.name),
        "text": said_row(one.text),
        "fen": one.fen,
        "most": one.most,
        "hours": [one.hours.opens, one.hours.closes],
        "photo": one.photo,
        "photo_by": one.photo_by,
        "listed": one.listed,
        "rev": one.rev,
    }


def _item(row: Document) -> Item:
    return Item(
        id=row["_id"],
        shop=row["shop"],
        category=Said(row["category"], row.get("category_en", "")),
        name=said_of(row["name"]),
        text=said_of(row["text"]),
        fen=row["fen"],
        stock=row["stock"],
        most=row["most"],
        hours=Hours(*row["hours"]),
        photo=row["photo"],
        photo_by=row["photo_by"],
        listed=row["listed"],
        rev=row["rev"],
        holds=tuple(Hold(one["order"], one["count"], one["at"]) for one in row["holds"]),
        sold_out_until=row.get("sold_out_until"),
    )
