"""Billers in the database, one row an organisation."""

from __future__ import annotations

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.said import said_of, said_row
from app.domains.payment.bills.billers.model import Alphabet, Biller, BillerState, BillerWay, BillKind, NumberRule


class BillerStore:
    def __init__(self, db: Database) -> None:
        self._billers = db["billers"]

    async def add(self, biller: Biller, tx: Tx) -> None:
        """Raises DuplicateKey."""
        await self._billers.insert_one({"_id": biller.id, **_row(biller)}, session=tx)

    async def save(self, changed: Biller, was: Biller, tx: Tx) -> bool:
        """False when it was changed meanwhile."""
        same = {"_id": was.id, "rev": was.rev}
        return bool((await self._billers.update_one(same, {"$set": _row(changed)}, session=tx)).modified_count)

    async def get(self, biller: str, tx: Tx | None = None) -> Biller | None:
        row = await self._billers.find_one({"_id": biller}, session=tx)
        return _biller(row) if row else None

    async def all(self) -> list[Biller]:
        """Some hundreds at most: a city's utilities, schools and hospitals."""
        return [_biller(row) for row in await self._billers.find({}).sort("_id", 1).to_list(None)]

    async def page(self, request: PageRequest) -> Page[Biller]:
        rows = await page_rows(self._billers, {}, request, newest=False)
        return Page.cut([_biller(row) for row in rows], request)


def _row(one: Biller) -> Document:
    rule = one.number
    return {
        "kind": one.kind.value,
        "name": said_row(one.name),
        "number": {
            "shortest": rule.shortest,
            "longest": rule.longest,
            "alphabet": rule.alphabet.value,
            "example": rule.example,
        },
        "account_name": said_row(one.account_name),
        "way": one.way.value,
        "system": one.system,
        "state": one.state.value,
        "since": one.since,
        "rev": one.rev,
    }


def _biller(row: Document) -> Biller:
    rule = row["number"]
    return Biller(
        id=row["_id"],
        kind=BillKind(row["kind"]),
        name=said_of(row["name"]),
        number=NumberRule(rule["shortest"], rule["longest"], Alphabet(rule["alphabet"]), rule["example"]),
        account_name=said_of(row["account_name"]),
        way=BillerWay(row["way"]),
        system=row["system"],
        state=BillerState(row["state"]),
        since=row["since"],
        rev=row["rev"],
    )
