"""Receipts in the database. They are added and never changed, but for what the biller said to the payment."""

from __future__ import annotations

import json
from datetime import date, datetime

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKey, PersonKeys
from app.core.said import Said, said_of, said_pair, said_row
from app.core.sealed import PersonErased
from app.domains.payment.bills.billers.model import BillKind
from app.domains.payment.bills.model import BillLine
from app.domains.payment.bills.receipts.model import Receipt, ReceiptContent
from app.domains.payment.payments.model import Method

_FIELD = "receipt content"


class ReceiptStore:
    def __init__(self, db: Database, persons: PersonKeys) -> None:
        self._receipts = db["receipts"]
        self._persons = persons

    async def add(self, receipt: Receipt, tx: Tx) -> None:
        """Raises DuplicateKey."""
        await self._receipts.insert_one(_row(receipt, await self._key(receipt.citizen, tx)), session=tx)

    async def of(self, citizen: str, receipt: str) -> Receipt | None:
        row = await self._receipts.find_one({"citizen": citizen, "_id": receipt})
        return _receipt(row, await self._persons.of(citizen)) if row else None

    async def get(self, receipt: str, tx: Tx | None = None) -> Receipt | None:
        """Of whomever: for who holds its code."""
        row = await self._receipts.find_one({"_id": receipt}, session=tx)
        return _receipt(row, await self._persons.of(row["citizen"], tx)) if row else None

    async def page(self, citizen: str, request: PageRequest) -> Page[Receipt]:
        """Newest first."""
        rows = await page_rows(self._receipts, {"citizen": citizen}, request)
        key = await self._persons.of(citizen)
        return Page.cut([_receipt(row, key) for row in rows], request)

    async def of_bill(self, citizen: str, bill: str) -> list[Receipt]:
        """His own of this bill, oldest first; what others paid of it is theirs."""
        rows = await self._receipts.find({"citizen": citizen, "bill": bill}).sort("_id", 1).to_list(None)
        key = await self._persons.of(citizen)
        return [_receipt(row, key) for row in rows]

    async def refused(self, request: PageRequest) -> Page[Receipt]:
        """For the ops desk: payments that billers did not take, newest first, without what names people."""
        rows = await page_rows(self._receipts, {"refused": True}, request)
        return Page.cut([_receipt(row, None) for row in rows], request)

    async def told(self, receipt: str, at: datetime, *, refused: bool, tx: Tx) -> bool:
        """What the biller said to the payment. False when it was known."""
        untold = {"_id": receipt, "told_at": None}
        change = {"$set": {"told_at": at, "refused": refused}}
        return bool((await self._receipts.update_one(untold, change, session=tx)).modified_count)

    async def _key(self, citizen: str, tx: Tx) -> PersonKey | None:
        """None of who was erased while he paid: his receipt names nobody."""
        try:
            return await self._persons.sealing(citizen, tx)
        except PersonErased:
            return None


def _row(one: Receipt, key: PersonKey | None) -> Document:
    return {
        "_id": one.id,
        "number": one.number,
        "citizen": one.citizen,
        "bill": one.bill,
        "biller": one.biller,
        "biller_name": said_row(one.biller_name),
        "kind": one.kind.value,
        "bill_number": one.bill_number,
        "since": one.since.isoformat() if one.since else None,
        "until": one.until.isoformat() if one.until else None,
        "fen": one.fen,
        "whole": one.whole,
        "method": one.method.value,
        "at": one.at,
        "told_at": one.told_at,
        "refused": one.refused,
        "content": _sealed(one, key),
    }


def _sealed(one: Receipt, key: PersonKey | None) -> bytes | None:
    if key is None or one.content is None:
        return None
    content = {
        "lines": [[line.text.zh, line.text.en, line.fen] for line in one.content.lines],
        "reason": said_pair(one.content.reason),
        "beneficiary": one.content.beneficiary,
        "account": one.content.account,
    }
    return key.seal_text(json.dumps(content, ensure_ascii=False), record=one.id, field=_FIELD)


def _receipt(row: Document, key: PersonKey | None) -> Receipt:
    return Receipt(
        id=row["_id"],
        biller_name=said_of(row["biller_name"]),
        kind=BillKind(row["kind"]),
        since=date.fromisoformat(row["since"]) if row["since"] else None,
        until=date.fromisoformat(row["until"]) if row["until"] else None,
        method=Method(row["method"]),
        content=_content(row, key),
        **{name: row[name] for name in _PLAIN},
    )


_PLAIN = ("number", "citizen", "bill", "biller", "bill_number", "fen", "whole", "at", "told_at", "refused")


def _content(row: Document, key: PersonKey | None) -> ReceiptContent | None:
    text = key.shown(row["content"], record=row["_id"], field=_FIELD) if key else None
    if text is None:
        return None
    read = json.loads(text)
    lines = tuple(BillLine(Said(zh, en), fen) for zh, en, fen in read["lines"])
    return ReceiptContent(lines, said_of(read["reason"]), read["beneficiary"], read["account"])
