"""Refunds in MongoDB: ids, amounts and codes. What the desk noted is sealed under the payer's key; lists come without
it.
"""

from __future__ import annotations

import asyncio
from weakref import WeakValueDictionary

from app.core.money import Currency, Money
from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKey, PersonKeys
from app.core.sealed import PersonErased
from app.domains.payment.refunds.model import Cause, Part, Refund, RefundReason, RefundState, Way

_MOST_OF_PAYMENT = 500
_FIELD = "refund note"


class RefundStore:
    def __init__(self, db: Database, persons: PersonKeys) -> None:
        self._refunds = db["refunds"]
        self._persons = persons
        self._of_payments: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def one_at_a_time(self, payment: str) -> asyncio.Lock:
        """Refunds of one payment meet at its row. Those of this process wait here, which costs less than colliding
        there; what they may do the database decides.
        """
        return self._of_payments.setdefault(payment, asyncio.Lock())

    async def add(self, refund: Refund, tx: Tx) -> None:
        """Raises DuplicateKey."""
        await self._refunds.insert_one({"_id": refund.id, **_row(refund)}, session=tx)

    async def settle(self, now: Refund, was: Refund, tx: Tx) -> bool:
        """False when it stands elsewhere by now."""
        row = _row(now)
        change = {name: row[name] for name in ("state", "parts", "settled_at", "fault")}
        if now.note is not None:
            change["note"] = await self._sealed(now.id, now.payer, now.note, tx)
        which = {"_id": was.id, "state": was.state.value}
        return bool((await self._refunds.update_one(which, {"$set": change}, session=tx)).modified_count)

    async def get(self, refund: str, tx: Tx | None = None) -> Refund | None:
        """With what the desk noted, as long as it can be read."""
        row = await self._refunds.find_one({"_id": refund}, session=tx)
        if row is None or row["note"] is None:
            return _refund(row) if row else None
        return _refund(row, await self._persons.of(row["payer"], tx))

    async def of_payments(self, payments: list[str]) -> list[Refund]:
        """The oldest first."""
        found = self._refunds.find({"payment": {"$in": payments}}).sort("_id", 1).limit(_MOST_OF_PAYMENT)
        return [_refund(row) for row in await found.to_list(None)]

    async def under_way(self, payer: str, tx: Tx | None = None) -> bool:
        """Whether something that goes back to him has not arrived: it is at the gateway, or waits for the desk."""
        open_ = sorted({RefundState.UNDER_WAY.value, RefundState.STRANDED.value})
        return (
            await self._refunds.find_one({"payer": payer, "state": {"$in": open_}}, {"_id": 1}, session=tx) is not None
        )

    async def of_payee(self, payee: str, request: PageRequest) -> Page[Refund]:
        """Newest first."""
        return await self._page({"payee": payee}, request)

    async def in_state(self, state: RefundState, request: PageRequest) -> Page[Refund]:
        """For the desk, newest first."""
        return await self._page({"state": state.value}, request)

    async def count(self, state: RefundState, most: int = 10_000) -> int:
        return await self._refunds.count_documents({"state": state.value}, limit=most)

    async def _sealed(self, refund: str, payer: str, note: str, tx: Tx) -> bytes | None:
        """Nothing of who was erased: the audit has it, under its own lock."""
        try:
            key = await self._persons.sealing(payer, tx)
        except PersonErased:
            return None
        return key.seal_text(note, record=refund, field=_FIELD)

    async def _page(self, which: Document, request: PageRequest) -> Page[Refund]:
        return Page.cut([_refund(row) for row in await page_rows(self._refunds, which, request)], request)


def _row(one: Refund) -> Document:
    return {
        "payment": one.payment,
        "payer": one.payer,
        "payee_kind": one.payee_kind,
        "payee": one.payee,
        "fen": one.amount.fen,
        "currency": one.amount.currency.value,
        "before": one.before,
        "cause": one.cause.value,
        "reason": one.reason.value,
        "by": one.by,
        "at": one.at,
        "state": one.state.value,
        "parts": [{"way": part.way.value, "fen": part.fen} for part in one.parts],
        "settled_at": one.settled_at,
        "fault": one.fault,
        "note": None,
    }


def _refund(row: Document, key: PersonKey | None = None) -> Refund:
    return Refund(
        id=row["_id"],
        payment=row["payment"],
        payer=row["payer"],
        payee_kind=row["payee_kind"],
        payee=row["payee"],
        amount=Money(row["fen"], Currency(row["currency"])),
        before=row["before"],
        cause=Cause(row["cause"]),
        reason=RefundReason(row["reason"]),
        by=row["by"],
        at=row["at"],
        state=RefundState(row["state"]),
        parts=tuple(Part(Way(part["way"]), part["fen"]) for part in row["parts"]),
        settled_at=row["settled_at"],
        fault=row["fault"],
        note=key.shown(row["note"], record=row["_id"], field=_FIELD) if key else None,
    )
