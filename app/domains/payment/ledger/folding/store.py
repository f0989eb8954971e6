"""Folds in MongoDB: one row an account and hour, with the balance up to the mark of the hour's last round.

The balance at any moment is that of the last fold at or before it, and what was entered between the two. A round that
is done moves the mark in the transaction that writes its rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pymongo import UpdateOne

from app.core.money import Money
from app.core.mongo import Database, Document, Tx
from app.domains.payment.ledger.model import Account, Balance, Side

_MARK = "mark"
_TICK = timedelta(milliseconds=1)
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Sum:
    """What postings come to: `fen` in the account's own sense."""

    account: Account
    fen: int
    postings: int


class FoldStore:
    def __init__(self, db: Database) -> None:
        self._db = db
        self._folds = db["ledger_folds"]
        self._marks = db["ledger_marks"]

    async def balance(self, account: Account, at: datetime) -> Balance:
        folded = (
            await self._folds.find({"account": account.id, "mark": {"$lte": at}}).sort("mark", -1).limit(1).to_list()
        )
        mark, base = (folded[0]["mark"], folded[0]["balance"]) if folded else (_BEGINNING, 0)
        since = await self.sums({"account": account.id, "at": _within(mark, at)})
        posted = Money(base + sum(one.fen for one in since), account.currency)
        return Balance(account, posted, Money(0, account.currency), posted)

    async def balances(self, accounts: Sequence[Account], at: datetime) -> dict[str, int]:
        """What was entered until then, by account, of many by two commands: for short lists of them."""
        if not accounts:
            return {}
        ids = [account.id for account in accounts]
        folded = await self._db.aggregate("ledger_folds", _last_of({"account": {"$in": ids}, "mark": {"$lte": at}}))
        marks = {row["_id"]: row["mark"] for row in folded}
        found = dict.fromkeys(ids, 0) | {row["_id"]: row["balance"] for row in folded}
        since = [{"account": one, "at": _within(marks.get(one, _BEGINNING), at)} for one in ids]
        for one in await self.sums({"$or": since}):
            found[one.account.id] += one.fen
        return found

    async def mark(self) -> datetime:
        """Everything entered until then is folded."""
        row = await self._marks.find_one({"_id": _MARK})
        return row["at"] if row else _BEGINNING

    async def sums(self, which: Mapping[str, object]) -> list[Sum]:
        """By account, of the postings that match."""
        signed = {"$cond": [{"$eq": ["$side", Side.CREDIT.value]}, "$fen", {"$subtract": [0, "$fen"]}]}
        group = {"_id": "$account", "credits": {"$sum": signed}, "postings": {"$sum": 1}}
        rows = await self._db.aggregate("ledger_postings", [{"$match": dict(which)}, {"$group": group}])
        return [_sum(row) for row in rows]

    async def unfolded(self, mark: datetime, until: datetime) -> list[Sum]:
        return await self.sums({"busy": True, "at": _within(mark, until)})

    async def last(self, accounts: Sequence[Account]) -> dict[str, tuple[int, int]]:
        """By account: the balance and the count of postings of its last fold."""
        which: Document = {"account": {"$in": [account.id for account in accounts]}}
        rows = await self._db.aggregate("ledger_folds", _last_of(which))
        return {row["_id"]: (row["balance"], row["postings"]) for row in rows}

    async def add(self, folded: Sequence[Sum], mark: datetime, tx: Tx) -> None:
        """`folded` are whole balances and counts, up to the mark."""
        hour = f"{mark.astimezone(UTC):%Y-%m-%dT%H}"
        rows = [
            UpdateOne(
                {"_id": f"{one.account.id}@{hour}", "account": one.account.id},
                {"$set": {"mark": mark, "balance": one.fen, "postings": one.postings}},
                upsert=True,
            )
            for one in folded
        ]
        if rows:
            await self._folds.bulk_write(rows, ordered=False, session=tx)

    async def move(self, was: datetime, to: datetime, tx: Tx) -> bool:
        """The mark, from where it was: of two rounds at once one gets True."""
        if was == _BEGINNING:
            done = await self._marks.update_one({"_id": _MARK}, {"$setOnInsert": {"at": to}}, upsert=True, session=tx)
            return done.upserted_id is not None
        done = await self._marks.update_one({"_id": _MARK, "at": was}, {"$set": {"at": to}}, session=tx)
        return bool(done.modified_count)


def _last_of(which: Document) -> list[Document]:
    """The last fold of each account, of those that match."""
    first = {name: {"$first": f"${name}"} for name in ("balance", "postings", "mark")}
    return [{"$match": which}, {"$sort": {"account": -1, "mark": -1}}, {"$group": {"_id": "$account", **first}}]


def _within(mark: datetime, until: datetime) -> Document:
    """After the mark, and until that moment. Moments are whole milliseconds; SecantusDB misses what equals the upper
    end of a range within an index, so that none is asked for.
    """
    return {"$gte": mark + _TICK, "$lt": until + _TICK}


def _sum(row: Document) -> Sum:
    account = Account.parse(row["_id"])
    return Sum(account, row["credits"] if account.side is Side.CREDIT else -row["credits"], row["postings"])
