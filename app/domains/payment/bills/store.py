"""Bills in the database. What a citizen reads is asked for with the accounts that he has bound.

Lines, reason and beneficiary are sealed together under the city's key: a bill is its account's, not one citizen's.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.core.mongo import Database, Document, Part, Tx, insert_rows, page_rows
from app.core.paging import Page, PageRequest
from app.core.said import Said, said_of, said_pair
from app.core.sealed import KeyRing
from app.domains.payment.bills.billers.model import BillKind
from app.domains.payment.bills.model import (
    Bill,
    BillEntry,
    BillLine,
    BillState,
    BillStep,
    Engaged,
    Stage,
    Terms,
)

_FIELD = "bill content"
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Owed:
    """A bill as a list of many things shows it; `fen` are left to pay."""

    id: str
    biller: Said
    kind: BillKind
    fen: int
    due: date


class BillStore:
    def __init__(self, db: Database, ring: KeyRing) -> None:
        self._db = db
        self._bills = db["bills"]
        self._ring = ring

    async def add(self, bills: Sequence[Bill], tx: Tx) -> None:
        """Raises DuplicateKey."""
        await insert_rows(self._bills, [{"_id": one.id, **self._row(one)} for one in bills], tx)

    async def save(self, changed: Bill, was: Bill, tx: Tx) -> bool:
        """False when it was changed meanwhile: whatever is decided of a bill is decided of this revision."""
        same = {"_id": was.id, "rev": was.rev}
        return bool((await self._bills.update_one(same, {"$set": self._row(changed)}, session=tx)).modified_count)

    async def get(self, bill: str, tx: Tx | None = None) -> Bill | None:
        """Of whomever: for billers, the desk, and payments under way."""
        row = await self._bills.find_one({"_id": bill}, session=tx)
        return self._bill(row) if row else None

    async def many(self, bills: Collection[str], tx: Tx | None = None) -> dict[str, Bill]:
        if not bills:
            return {}
        rows = await self._bills.find({"_id": {"$in": sorted(bills)}}, session=tx).to_list(None)
        return {row["_id"]: self._bill(row) for row in rows}

    async def among(self, bills: Collection[str], accounts: Collection[str], tx: Tx | None = None) -> dict[str, Bill]:
        """Those of these bills that are of one of the accounts."""
        which = {"_id": {"$in": sorted(bills)}, "account": {"$in": sorted(accounts)}}
        rows = await self._bills.find(which, session=tx).to_list(None)
        return {row["_id"]: self._bill(row) for row in rows}

    async def of_accounts(
        self, accounts: Collection[str], request: PageRequest, *, payable: bool, kind: BillKind | None = None
    ) -> Page[Bill]:
        """What can be paid with the soonest due first; what is over with the latest first. The cursor is `turn_of`."""
        which: Document = {"account": {"$in": sorted(accounts)}, "payable": payable}
        if kind is not None:
            which["kind"] = kind.value
        rows = await page_rows(self._bills, which, request, by="turn", newest=not payable)
        return Page.cut([self._bill(row) for row in rows], request)

    def owed_by(self, citizen: str, most: int) -> Part[Owed]:
        """Of all accounts that he has bound; the soonest due first."""
        bills: Document = {"from": "bills", "localField": "account", "foreignField": "account", "as": "bill"}
        shown = {"biller": 1, "kind": 1, "fen": 1, "paid": 1, "due": 1, "turn": 1}
        soonest = [{"$match": {"payable": True}}, {"$sort": {"turn": 1}}, {"$limit": most}, {"$project": shown}]
        biller = {"from": "billers", "localField": "bill.biller", "foreignField": "_id", "as": "billers"}
        steps: list[Document] = [{"$match": {"citizen": citizen}}, {"$limit": _AT_ONCE}]
        steps += [{"$lookup": {**bills, "pipeline": soonest}}, {"$unwind": "$bill"}]
        steps += [{"$sort": {"bill.turn": 1}}, {"$limit": most}, {"$lookup": biller}]
        return Part("bound_accounts", [*steps, {"$project": {"bill": 1, "billers.name": 1}}], _owed)

    async def payable_of(self, account: str, tx: Tx | None = None) -> list[Bill]:
        which = {"account": account, "payable": True}
        found = self._bills.find(which, session=tx).sort("turn", 1).limit(_AT_ONCE)
        return [self._bill(row) for row in await found.to_list(None)]

    async def owed(self, accounts: Collection[str]) -> tuple[int, int]:
        """(how many can be paid, fen that remain of them)."""
        which = {"$match": {"account": {"$in": sorted(accounts)}, "payable": True}}
        summed = {"_id": None, "count": {"$sum": 1}, "fen": {"$sum": {"$subtract": ["$fen", "$paid"]}}}
        rows = await self._db.aggregate("bills", [which, {"$group": summed}])
        return (rows[0]["count"], rows[0]["fen"]) if rows else (0, 0)

    async def of_biller(self, biller: str, state: BillState, request: PageRequest) -> Page[Bill]:
        """The latest due first."""
        rows = await page_rows(self._bills, {"biller": biller, "state": state.value}, request, by="turn")
        return Page.cut([self._bill(row) for row in rows], request)

    async def in_state(self, state: BillState, request: PageRequest) -> Page[Bill]:
        """For the ops desk, the latest due first."""
        rows = await page_rows(self._bills, {"state": state.value}, request, by="turn")
        return Page.cut([self._bill(row) for row in rows], request)

    async def to_remind_of(self, today: date) -> AsyncIterator[Bill]:
        """Whose day to be looked at has come."""
        after, last = "", f"{today.isoformat()}~~"
        while rows := await self._looks(after, last):
            for row in rows:
                yield self._bill(row)
            after = rows[-1]["look"]

    async def _looks(self, after: str, last: str) -> list[Document]:
        which = {"look": {"$gt": after, "$lt": last}}
        return await self._bills.find(which).sort("look", 1).limit(_AT_ONCE).to_list(None)

    def _row(self, one: Bill) -> Document:
        terms = one.terms
        return {
            "biller": one.biller,
            "kind": one.kind.value,
            "account": one.account,
            "number": one.number,
            "state": one.state.value,
            "payable": one.payable,
            "version": terms.version,
            "fen": terms.fen,
            "paid": one.paid,
            "refunded": one.refunded,
            "due": terms.due.isoformat(),
            "since": terms.since.isoformat() if terms.since else None,
            "until": terms.until.isoformat() if terms.until else None,
            "part_allowed": terms.part_allowed,
            "least": terms.least,
            "content": self._ring.seal_text(_content(terms), record=one.id, field=_FIELD),
            "turn": turn_of(one),
            "rev": one.rev,
            "created_at": one.created_at,
            "changed_at": one.changed_at,
            "engaged": _engaged_row(one.engaged),
            "look": f"{one.look_on.isoformat()}~{one.id}" if one.look_on else None,
            "told": one.told.value if one.told else None,
            "history": [_entry_row(entry) for entry in one.history],
        }

    def _bill(self, row: Document) -> Bill:
        content = json.loads(self._ring.open_text(row["content"], record=row["_id"], field=_FIELD))
        return Bill(
            id=row["_id"],
            kind=BillKind(row["kind"]),
            terms=_terms(row, content),
            state=BillState(row["state"]),
            engaged=Engaged(**row["engaged"]) if row["engaged"] else None,
            look_on=date.fromisoformat(row["look"].partition("~")[0]) if row["look"] else None,
            told=Stage(row["told"]) if row["told"] else None,
            history=tuple(_entry(entry) for entry in row["history"]),
            **{name: row[name] for name in _PLAIN},
        )


_PLAIN = ("biller", "account", "number", "created_at", "changed_at", "rev", "paid", "refunded")


def turn_of(bill: Bill) -> str:
    """Its place in lists."""
    return f"{bill.terms.due.isoformat()}~{bill.id}"


def _content(terms: Terms) -> str:
    content = {
        "lines": [[line.text.zh, line.text.en, line.fen] for line in terms.lines],
        "reason": said_pair(terms.reason),
        "beneficiary": terms.beneficiary,
    }
    return json.dumps(content, ensure_ascii=False)


def _terms(row: Document, content: dict[str, Any]) -> Terms:
    return Terms(
        version=row["version"],
        lines=tuple(BillLine(Said(zh, en), fen) for zh, en, fen in content["lines"]),
        due=date.fromisoformat(row["due"]),
        since=date.fromisoformat(row["since"]) if row["since"] else None,
        until=date.fromisoformat(row["until"]) if row["until"] else None,
        reason=said_of(content["reason"]),
        beneficiary=content["beneficiary"],
        part_allowed=row["part_allowed"],
        least=row["least"],
    )


def _engaged_row(engaged: Engaged | None) -> Document | None:
    return {"payment": engaged.payment, "fen": engaged.fen} if engaged else None


def _entry_row(one: BillEntry) -> Document:
    return {
        "what": one.what.value,
        "at": one.at,
        "version": one.version,
        "fen": one.fen,
        "due": one.due.isoformat(),
    }


def _entry(row: Document) -> BillEntry:
    return BillEntry(BillStep(row["what"]), row["at"], row["version"], row["fen"], date.fromisoformat(row["due"]))


def _owed(row: Document) -> Owed:
    bill = row["bill"]
    name = next((said_of(one["name"]) for one in row["billers"]), Said(bill["biller"]))
    return Owed(bill["_id"], name, BillKind(bill["kind"]), bill["fen"] - bill["paid"], date.fromisoformat(bill["due"]))
