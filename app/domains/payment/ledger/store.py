"""The ledger in MongoDB. Guarded accounts keep a balance beside their postings; busy ones have postings only.

Of a guarded account `available` is what may be debited and `room` what may be credited: both stand in the filter of the
update that enters a line, so that no two of any number of rivals take the same fen, and none goes below or above.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pymongo import ReturnDocument

from app.core.money import Money
from app.core.mongo import Database, Document, Tx, insert_rows
from app.core.paging import Page, PageRequest
from app.domains.payment.ledger.errors import (
    AccountClosed,
    AccountFrozen,
    AccountUnknown,
    BalanceTooHigh,
    InsufficientBalance,
    TransferConflict,
)
from app.domains.payment.ledger.model import (
    Account,
    AccountKind,
    AccountState,
    Balance,
    FreezeReason,
    Line,
    Place,
    Posting,
    Side,
    Transfer,
    TransferKind,
    TransferState,
)

_SIDES = {side.value: side for side in Side}
_ENTERED = {"seq": 1, "balance": 1, "moved_at": 1}
# All that is read of a posting stands in the index that gives an account's postings in their order: the rows of one
# account lie scattered over the collection, and fetching them is what would grow with it.
_READ = dict.fromkeys(("_id", "transfer", "account", "side", "fen", "kind", "at", "about", "other", "seq", "after"), 1)
_NEWEST = [("at", -1), ("seq", -1), ("_id", -1)]
_TICK = timedelta(milliseconds=1)
_OPEN, _FROZEN, _CLOSED = AccountState.OPEN.value, AccountState.FROZEN.value, AccountState.CLOSED.value


@dataclass(frozen=True, slots=True)
class Entered:
    """What entering a line made of a guarded account. `at` never goes back from one posting to the next."""

    seq: int
    after: int
    at: datetime


@dataclass(frozen=True, slots=True)
class StatementFilter:
    """`since` and `until` are moments (from, before); `kinds` empty means all; `side` is as seen by the owner."""

    since: datetime | None = None
    until: datetime | None = None
    kinds: frozenset[TransferKind] = frozenset()
    incoming: bool | None = None


class LedgerStore:
    def __init__(self, db: Database) -> None:
        self._accounts = db["ledger_accounts"]
        self._transfers = db["ledger_transfers"]
        self._postings = db["ledger_postings"]

    # Accounts

    async def open(self, account: Account, most: int, limit: int, at: datetime, tx: Tx | None) -> None:
        """Once: what is there stays. `most` may lie on it; `limit` is how far a credit line may be used."""
        row: Document = {"kind": account.kind.value, "owner": account.owner, "currency": account.currency.value}
        row |= {"state": _OPEN, "opened_at": at, "guarded": account.guarded}
        if account.guarded:
            room = 0 if account.side is Side.DEBIT else most
            numbers = {"balance": 0, "held": 0, "available": limit, "room": room, "most": most, "limit": limit}
            row |= {**numbers, "seq": 0, "moved_at": at}
        await self._accounts.update_one({"_id": account.id}, {"$setOnInsert": row}, upsert=True, session=tx)

    async def balance(self, account: Account, tx: Tx | None = None) -> Balance | None:
        """Of a guarded account."""
        row = await self._accounts.find_one({"_id": account.id}, session=tx)
        return _balance(row) if row and row["guarded"] else None

    async def balances(self, ids: Sequence[str]) -> list[Balance]:
        rows = await self._accounts.find({"_id": {"$in": list(ids)}, "guarded": True}).to_list(None)
        return [_balance(row) for row in rows]

    async def owned(self, owner: str) -> list[Balance]:
        """Of the guarded accounts of one owner."""
        return [_balance(row) async for row in self._accounts.find({"owner": owner, "guarded": True}).sort("_id", 1)]

    async def state(self, account: Account, tx: Tx | None = None) -> AccountState | None:
        row = await self._accounts.find_one({"_id": account.id}, {"state": 1}, session=tx)
        return AccountState(row["state"]) if row else None

    async def freeze(self, account: Account, why: FreezeReason, tx: Tx) -> bool:
        """False when it is closed, unknown, or frozen for this already."""
        which = {"_id": account.id, "state": {"$in": [_OPEN, _FROZEN]}, "frozen_for": {"$ne": why.value}}
        change = {"$set": {"state": _FROZEN}, "$push": {"frozen_for": why.value}}
        return bool((await self._accounts.update_one(which, change, session=tx)).modified_count)

    async def unfreeze(self, account: Account, why: FreezeReason, tx: Tx) -> bool:
        """Open again when no other reason stands. False when it was not frozen for this."""
        which = {"_id": account.id, "state": _FROZEN, "frozen_for": why.value}
        last = {**which, "frozen_for": [why.value]}
        freed = await self._accounts.update_one(last, {"$set": {"state": _OPEN, "frozen_for": []}}, session=tx)
        if freed.modified_count:
            return True
        change = {"$pull": {"frozen_for": why.value}}
        return bool((await self._accounts.update_one(which, change, session=tx)).modified_count)

    async def close(self, account: Account, was: AccountState, tx: Tx) -> bool:
        """On which nothing lies."""
        which: Document = {"_id": account.id, "state": was.value}
        if account.guarded:
            which |= {"balance": 0, "held": 0}
        return bool((await self._accounts.update_one(which, {"$set": {"state": _CLOSED}}, session=tx)).modified_count)

    async def limit(self, account: Account, limit: int, tx: Tx) -> bool:
        """Another limit for a credit line. What is used beyond a lower one stays owed; nothing more can be used."""
        row = await self._accounts.find_one({"_id": account.id}, session=tx)
        if row is None:
            return False
        change = {"$inc": {"available": limit - row["limit"]}, "$set": {"limit": limit}}
        same = {"_id": account.id, "limit": row["limit"]}
        return bool((await self._accounts.update_one(same, change, session=tx)).matched_count)

    # Lines

    async def enter(self, line: Line, at: datetime, tx: Tx) -> Entered:
        """Raises InsufficientBalance, BalanceTooHigh, AccountFrozen, AccountClosed, AccountUnknown."""
        free = -line.fen if line.side is Side.DEBIT else line.fen
        inc = {"balance": line.grows, "available": free, "room": -free, "seq": 1}
        which: Document = {"_id": line.account.id}
        if line.side is Side.DEBIT:
            which |= {"state": _OPEN, "available": {"$gte": line.fen}}
        else:
            which |= {"state": {"$in": [_OPEN, _FROZEN]}, "room": {"$gte": line.fen}}
        return await self._entered(line, which, inc, at, tx)

    async def reserve(self, line: Line, tx: Tx) -> None:
        """Hold a debit back. Raises as `enter`."""
        which = {"_id": line.account.id, "state": _OPEN, "available": {"$gte": line.fen}}
        change = {"$inc": {"available": -line.fen, "held": line.fen}}
        if not (await self._accounts.update_one(which, change, session=tx)).modified_count:
            raise await self._refusal(line, tx)

    async def release(self, line: Line, tx: Tx) -> None:
        change = {"$inc": {"available": line.fen, "held": -line.fen}}
        await self._accounts.update_one({"_id": line.account.id, "held": {"$gte": line.fen}}, change, session=tx)

    async def take_held(self, line: Line, held: int, at: datetime, tx: Tx) -> Entered:
        """Enter a debit that was held for `held` fen, whatever has become of the account: it was promised."""
        inc = {"balance": line.grows, "held": -held, "available": held - line.fen, "room": line.fen, "seq": 1}
        return await self._entered(line, {"_id": line.account.id, "held": {"$gte": held}}, inc, at, tx)

    async def _entered(self, line: Line, which: Document, inc: Mapping[str, int], at: datetime, tx: Tx) -> Entered:
        """One command changes the row and says what it is now: a payment waits for each command of its transaction."""
        change = {"$inc": dict(inc), "$max": {"moved_at": at}}
        row = await self._accounts.find_one_and_update(
            which, change, _ENTERED, return_document=ReturnDocument.AFTER, session=tx
        )
        if row is None:
            raise await self._refusal(line, tx)
        return Entered(row["seq"], row["balance"], row["moved_at"])

    async def _refusal(self, line: Line, tx: Tx) -> Exception:
        found = await self.balance(line.account, tx)
        if found is None:
            return AccountUnknown()
        if found.state is AccountState.CLOSED:
            return AccountClosed()
        if line.side is Side.CREDIT:
            return BalanceTooHigh(found.most or Money(0, line.account.currency))
        return AccountFrozen() if found.state is AccountState.FROZEN else InsufficientBalance(found.available)

    # Transfers

    async def add(self, transfer: Transfer, tx: Tx) -> Transfer | None:
        """None when it was added; what stands under this id already, of the same content. Raises TransferConflict."""
        row = _transfer_row(transfer)
        done = await self._transfers.update_one({"_id": transfer.id}, {"$setOnInsert": row}, upsert=True, session=tx)
        if done.upserted_id is not None:
            return None
        before = await self._transfers.find_one({"_id": transfer.id}, session=tx)
        if before is None or before["content"] != row["content"]:
            raise TransferConflict
        return transfer_of(before)

    async def get(self, id_: str, tx: Tx | None = None) -> Transfer | None:
        row = await self._transfers.find_one({"_id": id_}, session=tx)
        return transfer_of(row) if row else None

    async def settle(self, was: Transfer, now: Transfer, tx: Tx) -> bool:
        """From pending to posted or voided, once."""
        change = {
            "state": now.state.value,
            "posted": [_line_row(line) for line in now.posted],
            "settled_at": now.settled_at,
        }
        which = {"_id": was.id, "state": TransferState.PENDING.value}
        return bool((await self._transfers.update_one(which, {"$set": change}, session=tx)).modified_count)

    async def about(self, about: str) -> list[Transfer]:
        """In the order in which they came."""
        return [transfer_of(row) async for row in self._transfers.find({"about": about}).sort("serial", 1).limit(200)]

    async def many(self, ids: Collection[str]) -> list[Transfer]:
        return [transfer_of(row) async for row in self._transfers.find({"_id": {"$in": sorted(ids)}})]

    async def lapsed(self, now: datetime, most: int) -> list[str]:
        """Ids of pending transfers whose time is over."""
        which = {"state": TransferState.PENDING.value, "until": {"$lte": now}}
        return [row["_id"] async for row in self._transfers.find(which, {"_id": 1}).sort("until", 1).limit(most)]

    # Postings

    async def write(self, postings: Sequence[Posting], tx: Tx) -> None:
        await insert_rows(self._postings, [_posting_row(one) for one in postings], tx)

    async def statement(self, account: Account, which: StatementFilter, request: PageRequest) -> Page[Posting]:
        """Newest first. The cursor is a `Place`."""
        query: Document = {"account": account.id, **_filtered(account, which)}
        most = request.first + 1
        found = self._some(query, most) if request.after is None else self._beyond(account, query, request.after, most)
        return Page.cut(await found, request)

    async def _beyond(self, account: Account, query: Document, after: str, most: int) -> list[Posting]:
        """What comes after that place, by bounds of the index alone: an `$or` would have the rows fetched. The turn of
        a guarded account's postings never runs against their moments; of a busy one's, those of the same moment come
        first, and then the rest.
        """
        place, within = Place.parse(after), query.get("at", {})
        if place is None:
            return []
        if account.guarded:
            turn = {"at": _before(within, place.at + _TICK), "seq": {"$lt": place.seq}}
            return await self._some({**query, **turn}, most)
        same = {"at": {**within, "$eq": place.at}, "_id": {"$lt": place.key}}
        found = await self._some({**query, **same}, most)
        if len(found) < most:
            found += await self._some({**query, "at": _before(within, place.at)}, most - len(found))
        return found

    async def _some(self, query: Document, most: int) -> list[Posting]:
        rows = await self._postings.find(query, _READ).sort(_NEWEST).limit(most).to_list(None)
        return [_posting(row) for row in rows]

    async def between(self, account: Account, since: datetime, until: datetime, most: int) -> list[Posting]:
        """In rising order, [since, until): for a month's summary and the files of a statement."""
        which = {"account": account.id, "at": {"$gte": since, "$lt": until}}
        order = [("at", 1), ("seq", 1), ("_id", 1)]
        return [_posting(row) async for row in self._postings.find(which, _READ).sort(order).limit(most)]

    async def last_before(self, account: Account, at: datetime) -> Posting | None:
        """Of a guarded account: the last posting entered at that moment or before it."""
        which = {"account": account.id, "at": {"$lt": at + _TICK}}  # SecantusDB: see folding
        row = await self._postings.find_one(which, _READ, sort=_NEWEST)
        return _posting(row) if row else None


def _filtered(account: Account, which: StatementFilter) -> Document:
    query: Document = {}
    if which.since or which.until:
        query["at"] = {
            **({"$gte": which.since} if which.since else {}),
            **({"$lt": which.until} if which.until else {}),
        }
    if which.kinds:
        query["kind"] = {"$in": sorted(kind.value for kind in which.kinds)}
    if which.incoming is not None:
        grows = account.side
        other = Side.CREDIT if grows is Side.DEBIT else Side.DEBIT
        query["side"] = (grows if which.incoming else other).value
    return query


def _before(within: Document, moment: datetime) -> Document:
    return {**within, "$lt": min(within.get("$lt", moment), moment)}


def _line_row(line: Line) -> Document:
    return {"account": line.account.id, "side": line.side.value, "fen": line.fen}


def line_of(row: Document) -> Line:
    return Line(Account.parse(row["account"]), _SIDES[row["side"]], row["fen"])


def _transfer_row(one: Transfer) -> Document:
    row: Document = {
        "serial": one.serial,
        "kind": one.kind.value,
        "lines": [_line_row(line) for line in one.lines],
        "state": one.state.value,
        "at": one.at,
        "about": one.about,
        "reverses": one.reverses,
        "posted": [_line_row(line) for line in one.posted],
        "settled_at": one.settled_at,
        "content": one.content,
    }
    return {**row, "until": one.until} if one.until else row


def transfer_of(row: Document) -> Transfer:
    return Transfer(
        id=row["_id"],
        serial=row["serial"],
        kind=TransferKind(row["kind"]),
        lines=tuple(map(line_of, row["lines"])),
        state=TransferState(row["state"]),
        at=row["at"],
        about=row["about"],
        reverses=row["reverses"],
        until=row.get("until"),
        posted=tuple(map(line_of, row["posted"])),
        settled_at=row["settled_at"],
    )


def _posting_row(one: Posting) -> Document:
    row: Document = {
        "_id": one.id,
        "transfer": one.transfer,
        "account": one.account.id,
        "side": one.side.value,
        "fen": one.fen,
        "kind": one.kind.value,
        "at": one.at,
        "about": one.about,
        "other": one.other,
    }
    return {**row, "busy": True} if one.seq is None else {**row, "seq": one.seq, "after": one.after}


def _posting(row: Document) -> Posting:
    return Posting(
        id=row["_id"],
        transfer=row["transfer"],
        account=Account.parse(row["account"]),
        side=Side(row["side"]),
        fen=row["fen"],
        kind=TransferKind(row["kind"]),
        at=row["at"],
        about=row["about"],
        other=row["other"],
        seq=row.get("seq"),
        after=row.get("after"),
    )


def _balance(row: Mapping[str, Any]) -> Balance:
    account = Account.parse(row["_id"])
    return Balance(
        account,
        Money(row["balance"], account.currency),
        Money(row["held"], account.currency),
        Money(row["available"], account.currency),
        AccountState(row["state"]),
        Money(row["most"], account.currency),
        frozenset(map(FreezeReason, row.get("frozen_for", ()))),
    )


__all__ = ["AccountKind", "Entered", "LedgerStore", "StatementFilter", "line_of", "transfer_of"]
