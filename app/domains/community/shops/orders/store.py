"""Orders in MongoDB. Where something is brought, what was noted and the code stand sealed under the citizen's key."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime

from app.core.mongo import Database, Document, Part, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKey, PersonKeys
from app.core.said import Said
from app.core.tills.model import Means
from app.domains.community.shops.orders.model import (
    OPEN,
    FetchWay,
    Line,
    OrderState,
    OrderStep,
    Private,
    ShopOrder,
)
from app.domains.community.shops.store import shop_name

PRIVATE = "shop order"
_MOST_OPEN = 200


class OrderStore:
    def __init__(self, db: Database, persons: PersonKeys) -> None:
        self._orders = db["shop_orders"]
        self._persons = persons

    async def add(self, one: ShopOrder, tx: Tx) -> None:
        key = await self._persons.sealing(one.citizen, tx)
        await self._orders.insert_one(_row(one, key), session=tx)

    async def save(self, one: ShopOrder, was: ShopOrder, tx: Tx) -> bool:
        """False when it was changed meanwhile: of two who move it, one does."""
        before = {"_id": was.id, "rev": was.rev}
        return bool((await self._orders.update_one(before, {"$set": _moving(one)}, session=tx)).modified_count)

    async def get(self, order: str, tx: Tx | None = None) -> ShopOrder | None:
        row = await self._orders.find_one({"_id": order}, session=tx)
        return _order(row, await self._persons.of(row["citizen"], tx)) if row else None

    async def there(self, orders: Collection[str]) -> set[str]:
        found = self._orders.find({"_id": {"$in": sorted(orders)}}, {"_id": 1})
        return {row["_id"] for row in await found.to_list(None)}

    async def of(self, citizen: str, order: str, tx: Tx | None = None) -> ShopOrder | None:
        row = await self._orders.find_one({"_id": order, "citizen": citizen}, session=tx)
        return _order(row, await self._persons.of(citizen, tx)) if row else None

    async def mine(self, citizen: str, request: PageRequest) -> Page[ShopOrder]:
        """Newest first."""
        rows = await page_rows(self._orders, {"citizen": citizen}, request)
        return Page.cut(await self._all(rows), request)

    async def open_of(self, citizen: str) -> list[ShopOrder]:
        which = {"citizen": citizen, "state": {"$in": [state.value for state in OPEN]}}
        return await self._all(await self._orders.find(which).limit(_MOST_OPEN).to_list(None))

    async def at_shop(self, shop: str, state: OrderState | None, request: PageRequest) -> Page[ShopOrder]:
        """Newest first; what is not paid is none of the shop's business yet."""
        unpaid = OrderState.PLACED.value
        which: Document = {"shop": shop, "state": {"$eq": state.value, "$ne": unpaid} if state else {"$ne": unpaid}}
        return Page.cut(await self._all(await page_rows(self._orders, which, request)), request)

    async def page(self, state: OrderState | None, request: PageRequest) -> Page[ShopOrder]:
        """For the desk."""
        which: Document = {"state": state.value} if state else {}
        return Page.cut(await self._all(await page_rows(self._orders, which, request)), request)

    async def due(self, now: datetime, most: int, after: tuple[datetime, str] | None) -> list[tuple[datetime, str]]:
        """Those that move by themselves now, and since when; beyond the one that was read last."""
        which: Document = {"look_at": {"$lte": now}}
        if after is not None:
            at, order = after
            which = {"$or": [{"look_at": {"$gt": at, "$lte": now}}, {"look_at": at, "_id": {"$gt": order}}]}
        found = self._orders.find(which, {"look_at": 1}).sort([("look_at", 1), ("_id", 1)]).limit(most)
        return [(row["look_at"], row["_id"]) for row in await found.to_list(None)]

    async def stuck(self, before: datetime, most: int) -> list[ShopOrder]:
        """For the desk: whose money could not go back or has not yet, then whose moment is past; the oldest first."""
        rows: list[Document] = []
        for which in ({"failed": {"$gt": 0}}, {"owed": {"$gt": 0}}, {"look_at": {"$lte": before}}):
            by = "look_at" if "look_at" in which else "_id"
            rows += await self._orders.find(which).sort(by, 1).limit(most).to_list(None)
        return (await self._all(list({row["_id"]: row for row in rows}.values())))[:most]

    def at_hand(self, citizen: str, most: int) -> Part[tuple[ShopOrder, Said]]:
        """What he pays, fetches or opens the door for, the newest first, each with the name of its shop."""
        states = [OrderState.PLACED, OrderState.READY, OrderState.DELIVERING]
        which = {"citizen": citizen, "state": {"$in": [state.value for state in states]}}
        named = {"from": "shops", "localField": "shop", "foreignField": "_id", "as": "shops"}
        newest: list[Document] = [{"$match": which}, {"$sort": {"_id": -1}}, {"$limit": most}, {"$lookup": named}]
        return Part("shop_orders", newest, lambda row: (_order(row, None), shop_name(row)))

    async def owed(self, most: int, after: str) -> list[str]:
        found = self._orders.find({"owed": {"$gt": 0}, "_id": {"$gt": after}}, {"_id": 1}).sort("_id", 1).limit(most)
        return [row["_id"] for row in await found.to_list(None)]

    async def _all(self, rows: Sequence[Document]) -> list[ShopOrder]:
        keys = await self._persons.many({row["citizen"] for row in rows})
        return [_order(row, keys[row["citizen"]]) for row in rows]


def _row(one: ShopOrder, key: PersonKey) -> Document:
    private = one.private or Private()
    text = json.dumps([private.address, private.note, private.code, private.address_en], ensure_ascii=False)
    return {
        "_id": one.id,
        "number": one.number,
        "citizen": one.citizen,
        "shop": one.shop,
        "organisation": one.organisation,
        "lines": [
            {"item": x.item, "name": x.name, "name_en": x.name_en, "fen": x.fen, "count": x.count, "counted": x.counted}
            for x in one.lines
        ],
        "fee": one.fee,
        "way": one.way.value,
        "made_at": one.made_at,
        "private": key.seal_text(text, record=one.id, field=PRIVATE),
        "parcels": list(one.parcels),
        "sale": one.sale,
        "means": one.means.value if one.means else None,
        **_moving(one),
    }


def _moving(one: ShopOrder) -> Document:
    """What changes of it."""
    return {
        "state": one.state.value,
        "steps": [{"state": step.state.value, "at": step.at} for step in one.steps],
        "look_at": one.look_at,
        "refunded": one.refunded,
        "owed": one.owed,
        "failed": one.failed,
        "tries": one.tries,
        "reason": one.reason,
        "rev": one.rev,
    }


def _order(row: Document, key: PersonKey | None) -> ShopOrder:
    """Without a key, without what is sealed."""
    text = key.shown(row["private"], record=row["_id"], field=PRIVATE) if key else None
    return ShopOrder(
        id=row["_id"],
        number=row["number"],
        citizen=row["citizen"],
        shop=row["shop"],
        organisation=row["organisation"],
        lines=tuple(
            Line(x["item"], x["name"], x["fen"], x["count"], x["counted"], x.get("name_en", "")) for x in row["lines"]
        ),
        fee=row["fee"],
        way=FetchWay(row["way"]),
        state=OrderState(row["state"]),
        made_at=row["made_at"],
        steps=tuple(OrderStep(OrderState(x["state"]), x["at"]) for x in row["steps"]),
        look_at=row["look_at"],
        private=Private(*json.loads(text)) if text else None,
        parcels=tuple(row["parcels"]),
        sale=row["sale"],
        means=Means(row["means"]) if row["means"] else None,
        refunded=row["refunded"],
        owed=row["owed"],
        failed=row["failed"],
        tries=row["tries"],
        reason=row["reason"],
        rev=row["rev"],
    )
