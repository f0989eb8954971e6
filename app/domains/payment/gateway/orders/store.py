"""Orders at the gateway in MongoDB. What still waits has `due_at`, when it is looked at next; what is settled, none."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.domains.payment.gateway.orders.model import WAITING, Order, OrderPurpose, OrderState

_RETURNED = 200


class OrderStore:
    def __init__(self, db: Database) -> None:
        self._orders = db["gateway_orders"]

    async def add(self, order: Order, due_at: datetime, tx: Tx) -> None:
        """Once: a repeat finds it there."""
        row: Document = {
            "purpose": order.purpose.value,
            "about": order.about,
            "citizen": order.citizen,
            "fen": order.fen,
            "what": order.what,
            "at": order.at,
            "expires_at": order.expires_at,
            "state": order.state.value,
            "paid_fen": 0,
            "looks": 0,
            "due_at": due_at,
        }
        await self._orders.update_one({"_id": order.id}, {"$setOnInsert": row}, upsert=True, session=tx)

    async def get(self, id_: str, tx: Tx | None = None) -> Order | None:
        row = await self._orders.find_one({"_id": id_}, session=tx)
        return _order(row) if row else None

    async def of(self, citizen: str, id_: str) -> Order | None:
        row = await self._orders.find_one({"_id": id_, "citizen": citizen})
        return _order(row) if row else None

    async def newest(self, citizen: str, purpose: OrderPurpose, request: PageRequest) -> Page[Order]:
        rows = await page_rows(self._orders, {"citizen": citizen, "purpose": purpose.value}, request)
        return Page.cut([_order(row) for row in rows], request)

    async def page(self, state: OrderState, request: PageRequest) -> Page[Order]:
        rows = await page_rows(self._orders, {"state": state.value}, request)
        return Page.cut([_order(row) for row in rows], request)

    async def under_way(self, citizen: str, tx: Tx | None) -> bool:
        """Whether one of his can still be paid."""
        which = {**_all_of(citizen), "state": {"$in": sorted(WAITING)}}
        return await self._orders.find_one(which, {"_id": 1}, session=tx) is not None

    async def returned(self, citizen: str, tx: Tx | None) -> list[str]:
        """Those of his whose money went back, or is to: by id, the newest first."""
        return await self._ended(citizen, OrderState.RETURNED, tx)

    async def mismatched(self, citizen: str, tx: Tx | None) -> list[str]:
        """Those of his for which another sum came, by id, the newest first."""
        return await self._ended(citizen, OrderState.MISMATCH, tx)

    async def _ended(self, citizen: str, state: OrderState, tx: Tx | None) -> list[str]:
        which = {**_all_of(citizen), "state": state.value}
        found = self._orders.find(which, {"_id": 1}, session=tx).sort("_id", -1).limit(_RETURNED)
        return [row["_id"] async for row in found]

    async def opened(self, id_: str, gateway_id: str, pay_at: str) -> None:
        """The gateway took it; unless it is settled meanwhile."""
        known = {"gateway_id": gateway_id, "pay_at": pay_at}
        await self._orders.update_one({"_id": id_}, {"$set": known})
        opening = {"_id": id_, "state": OrderState.OPENING.value}
        await self._orders.update_one(opening, {"$set": {"state": OrderState.OPEN.value}})

    async def looked(self, id_: str, looks: int, due_at: datetime) -> None:
        waiting = {"_id": id_, "due_at": {"$exists": True}}
        await self._orders.update_one(waiting, {"$set": {"looks": looks, "due_at": due_at}})

    async def due(self, now: datetime, most: int) -> list[Order]:
        """Longest due first."""
        due = self._orders.find({"due_at": {"$lte": now}}).sort([("due_at", 1), ("_id", 1)]).limit(most)
        return [_order(row) async for row in due]

    async def settle(self, order: Order, was: Collection[OrderState], tx: Tx) -> bool:
        """Take over the state of `order`, from one of these states; of rivals one gets True."""
        which = {"_id": order.id, "state": {"$in": sorted(was)}}
        change: Document = {
            "state": order.state.value,
            "paid_fen": order.paid_fen,
            "gateway_id": order.gateway_id,
            "settled_at": order.settled_at,
        }
        settled: Document = {"$set": change, "$unset": {"due_at": ""}}
        return bool((await self._orders.update_one(which, settled, session=tx)).modified_count)


def _all_of(citizen: str) -> Document:
    return {"citizen": citizen, "purpose": {"$in": sorted(OrderPurpose)}}


def _order(row: Document) -> Order:
    return Order(
        id=row["_id"],
        purpose=OrderPurpose(row["purpose"]),
        about=row["about"],
        citizen=row["citizen"],
        fen=row["fen"],
        what=row["what"],
        at=row["at"],
        expires_at=row["expires_at"],
        state=OrderState(row["state"]),
        pay_at=row.get("pay_at"),
        gateway_id=row.get("gateway_id"),
        paid_fen=row["paid_fen"],
        settled_at=row.get("settled_at"),
        looks=row["looks"],
    )
