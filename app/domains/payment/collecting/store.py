"""Orders of merchants in MongoDB, by merchant and number: of two that want the same one, one waits and then sees it."""

from __future__ import annotations

from datetime import datetime

from app.core.money import Currency, Money
from app.core.mongo import Database, Document, Tx
from app.domains.payment.collecting.model import Channel, Order, order_id
from app.domains.payment.spending.model import Strength


class OrderStore:
    def __init__(self, db: Database) -> None:
        self._orders = db["merchant_orders"]

    async def get(self, organisation: str, number: str, tx: Tx | None = None) -> Order | None:
        row = await self._orders.find_one({"_id": order_id(organisation, number)}, session=tx)
        return _order(row) if row else None

    async def add(self, order: Order, tx: Tx) -> None:
        """Raises DuplicateKey."""
        await self._orders.insert_one({"_id": order.id, **_row(order)}, session=tx)

    async def pay(self, order: Order, payment: str, strength: Strength, tx: Tx) -> bool:
        """The payment for an order whose code the merchant shows. False when there is one, or it is closed."""
        free = {"_id": order.id, "payment": None, "closed_at": None}
        change = {"$set": {"payment": payment, "strength": strength.value}}
        return bool((await self._orders.update_one(free, change, session=tx)).modified_count)

    async def ask(self, order: Order, tx: Tx) -> None:
        """Its payer is asked before it goes through."""
        await self._orders.update_one({"_id": order.id}, {"$set": {"asked": True}}, session=tx)

    async def strengthen(self, organisation: str, number: str, strength: Strength, tx: Tx | None = None) -> None:
        """The payer has shown since how surely it is he."""
        which = {"_id": order_id(organisation, number)}
        await self._orders.update_one(which, {"$set": {"strength": strength.value}}, session=tx)

    async def close(self, order: Order, now: datetime, tx: Tx) -> bool:
        """One without a payment. False when there is one now, or it is closed."""
        free = {"_id": order.id, "payment": None, "closed_at": None}
        return bool((await self._orders.update_one(free, {"$set": {"closed_at": now}}, session=tx)).modified_count)


def _row(one: Order) -> Document:
    return {
        "organisation": one.organisation,
        "number": one.number,
        "channel": one.channel.value,
        "at": one.at,
        "fen": one.amount.fen if one.amount else None,
        "currency": one.amount.currency.value if one.amount else None,
        "code": one.code,
        "cashier": one.cashier,
        "shift": one.shift,
        "payment": one.payment,
        "strength": one.strength.value,
        "asked": one.asked,
        "failure": one.failure,
        "closed_at": one.closed_at,
        "expires_at": one.expires_at,
    }


def _order(row: Document) -> Order:
    return Order(
        organisation=row["organisation"],
        number=row["number"],
        channel=Channel(row["channel"]),
        at=row["at"],
        amount=Money(row["fen"], Currency(row["currency"])) if row["fen"] is not None else None,
        code=row["code"],
        cashier=row["cashier"],
        shift=row["shift"],
        payment=row["payment"],
        strength=Strength(row["strength"]),
        asked=row["asked"],
        failure=row["failure"],
        closed_at=row["closed_at"],
        expires_at=row.get("expires_at"),  # orders before this was kept have none
    )
