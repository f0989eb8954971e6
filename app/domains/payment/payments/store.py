"""Payments in MongoDB. Each change is guarded by the revision it was made from; a refund by what is left."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from app.core.money import Currency, Money
from app.core.mongo import Database, Document, Part, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.domains.payment.payments.model import Method, Payee, PayeeKind, Payment, PaymentState, Purpose


class PaymentStore:
    def __init__(self, db: Database) -> None:
        self._db = db
        self._rows = db["payments"]

    async def add(self, payment: Payment, tx: Tx) -> Payment | None:
        """None when it was added; what stands there when it was asked for before."""
        done = await self._rows.update_one(
            {"_id": payment.id}, {"$setOnInsert": _row(payment)}, upsert=True, session=tx
        )
        return None if done.upserted_id is not None else await self.get(payment.id, tx)

    async def get(self, id_: str, tx: Tx | None = None) -> Payment | None:
        row = await self._rows.find_one({"_id": id_}, session=tx)
        return _payment(row) if row else None

    async def of_payer(self, payer: str, id_: str) -> Payment | None:
        row = await self._rows.find_one({"_id": id_, "payer": payer})
        return _payment(row) if row else None

    async def of_payee(self, payee: Payee, id_: str) -> Payment | None:
        row = await self._rows.find_one({"_id": id_, "payee": payee.key})
        return _payment(row) if row else None

    async def save(self, now: Payment, was: Payment, tx: Tx) -> bool:
        """False when somebody else was faster."""
        which = {"_id": now.id, "rev": was.rev}
        return bool((await self._rows.update_one(which, {"$set": _row(now)}, session=tx)).modified_count)

    async def take_refund(self, id_: str, fen: int, tx: Tx) -> bool:
        """Count `fen` as given back, if as much is left of what was captured: of any number of rivals together never
        more than that.
        """
        which = {"_id": id_, "state": PaymentState.CAPTURED.value, "left": {"$gte": fen}}
        change = {"$inc": {"refunded": fen, "left": -fen, "rev": 1}}
        return bool((await self._rows.update_one(which, change, session=tx)).modified_count)

    async def touch(self, id_: str, refunded: int, tx: Tx) -> bool:
        """Touch it as long as so much of it has gone back: whoever gives back at the same time has to look again."""
        which = {"_id": id_, "refunded": refunded}
        return bool((await self._rows.update_one(which, {"$inc": {"rev": 1}}, session=tx)).modified_count)

    async def untake_refund(self, id_: str, fen: int, tx: Tx) -> None:
        """A refund that was counted did not come about."""
        change = {"$inc": {"refunded": -fen, "left": fen, "rev": 1}}
        await self._rows.update_one({"_id": id_, "refunded": {"$gte": fen}}, change, session=tx)

    async def page_of_payer(self, payer: str, request: PageRequest) -> Page[Payment]:
        return await self._page({"payer": payer}, request)

    async def page_of_payee(self, payee: Payee, request: PageRequest) -> Page[Payment]:
        return await self._page({"payee": payee.key}, request)

    async def page(self, states: Collection[PaymentState], request: PageRequest) -> Page[Payment]:
        """For the desk, newest first."""
        which: Document = {"state": {"$in": sorted(state.value for state in states)}} if states else {}
        return await self._page(which, request)

    async def about(self, about: str) -> list[Payment]:
        """All payments for one thing, oldest first (at most 100)."""
        rows = await self._rows.find({"about": about}).sort("_id", 1).limit(100).to_list(None)
        return [_payment(row) for row in rows]

    async def captured_between(self, payee: Payee, since: datetime, until: datetime, most: int) -> list[Payment]:
        """[since, until), in the order in which they were captured."""
        which = {"payee": payee.key, "captured_at": {"$gte": since, "$lt": until}}
        rows = await self._rows.find(which).sort([("captured_at", 1), ("_id", 1)]).limit(most).to_list(None)
        return [_payment(row) for row in rows]

    async def waiting(self, payer: str, now: datetime) -> list[Payment]:
        """What waits to be confirmed by him, newest first."""
        rows = await self._rows.find(_unconfirmed(payer, now)).sort("_id", -1).limit(20).to_list(None)
        return [_payment(row) for row in rows]

    def to_confirm(self, payer: str, now: datetime, most: int) -> Part[Payment]:
        """As `waiting`."""
        newest: list[Document] = [{"$match": _unconfirmed(payer, now)}, {"$sort": {"_id": -1}}, {"$limit": most}]
        return Part("payments", newest, _payment)

    async def of_shift(self, shift: str) -> list[tuple[Purpose, Method, Currency, int, int, int]]:
        """What was captured in it by purpose, method and currency: how many, the sum, and what went back of it."""
        pipeline: list[Document] = [
            {"$match": {"shift": shift, "state": PaymentState.CAPTURED.value}},
            {"$group": {"_id": _GROUPED, "n": {"$sum": 1}, "fen": {"$sum": "$fen"}, "back": {"$sum": "$refunded"}}},
            {"$sort": {"_id": 1}},
        ]
        found = await self._db.aggregate("payments", pipeline)
        return [(*_kind_of(row["_id"]), row["n"], row["fen"], row["back"]) for row in found]

    async def captured_of(
        self, payer: str, purpose: Purpose, since: datetime, until: datetime, most: int
    ) -> list[Payment]:
        """What somebody paid for such things in [since, until), and was not given back whole."""
        which = {
            "payer": payer,
            "purpose": purpose.value,
            "captured_at": {"$gte": since, "$lt": until},
            "left": {"$gt": 0},
        }
        rows = await self._rows.find(which).sort("_id", -1).limit(most).to_list(None)
        return [_payment(row) for row in rows]

    async def lapsed(self, now: datetime, most: int, but: Sequence[str] = ()) -> list[Payment]:
        """Those that waited to be confirmed for too long."""
        which: Document = {"state": PaymentState.WAITING_FOR_CONFIRMATION.value, "until": {"$lte": now}, **_but(but)}
        rows = await self._rows.find(which).sort("until", 1).limit(most).to_list(None)
        return [_payment(row) for row in rows]

    async def stuck(self, before: datetime, most: int, but: Sequence[str] = ()) -> list[Payment]:
        """In work since before that moment: whoever worked on them died."""
        which: Document = {"state": PaymentState.PROCESSING.value, "made_at": {"$lte": before}, **_but(but)}
        rows = await self._rows.find(which).sort("made_at", 1).limit(most).to_list(None)
        return [_payment(row) for row in rows]

    async def many(self, ids: Sequence[str]) -> list[Payment]:
        rows = await self._rows.find({"_id": {"$in": list(ids)}}).to_list(None)
        return [_payment(row) for row in rows]

    async def _page(self, which: Document, request: PageRequest) -> Page[Payment]:
        rows = await page_rows(self._rows, which, request)
        return Page.cut([_payment(row) for row in rows], request)


def _but(ids: Sequence[str]) -> Document:
    return {"_id": {"$nin": list(ids)}} if ids else {}


_GROUPED = {"purpose": "$purpose", "method": "$method", "currency": "$currency"}


def _kind_of(group: Document) -> tuple[Purpose, Method, Currency]:
    return Purpose(group["purpose"]), Method(group["method"]), Currency(group["currency"])


def _unconfirmed(payer: str, now: datetime) -> Document:
    return {"payer": payer, "state": PaymentState.WAITING_FOR_CONFIRMATION.value, "until": {"$gt": now}}


def _row(one: Payment) -> Document:
    row: Document = {
        "payer": one.payer,
        "payee": one.payee.key,
        "fen": one.amount.fen,
        "currency": one.amount.currency.value,
        "method": one.method.value,
        "purpose": one.purpose.value,
        "state": one.state.value,
        "made_at": one.made_at,
        "number": one.number,
        "about": one.about,
        "order": one.order,
        "fee": one.fee,
        "cashier": one.cashier,
        "shift": one.shift,
        "until": one.until,
        "confirmed": one.confirmed,
        "captured_at": one.captured_at,
        "ended_at": one.ended_at,
        "transfer": one.transfer,
        "refunded": one.refunded,
        "left": one.left.fen,
        "reason": one.reason,
        "rev": one.rev,
    }
    return row


def _payment(row: Document) -> Payment:
    kind, id_ = row["payee"].split(":", 1)
    return Payment(
        id=row["_id"],
        payer=row["payer"],
        payee=Payee(PayeeKind(kind), id_),
        amount=Money(row["fen"], Currency(row["currency"])),
        method=Method(row["method"]),
        purpose=Purpose(row["purpose"]),
        state=PaymentState(row["state"]),
        made_at=row["made_at"],
        number=row["number"],
        about=row["about"],
        order=row["order"],
        fee=row["fee"],
        cashier=row["cashier"],
        shift=row["shift"],
        until=row["until"],
        confirmed=row["confirmed"],
        captured_at=row["captured_at"],
        ended_at=row["ended_at"],
        transfer=row["transfer"],
        refunded=row["refunded"],
        reason=row["reason"],
        rev=row["rev"],
    )
