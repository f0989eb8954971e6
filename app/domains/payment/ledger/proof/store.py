"""The rows of a whole ledger, read piece by piece in the order in which they are proven, and the last verdict.

A row that other hands put there and that cannot be read comes as `Unreadable`, and does not stop the reader.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypeVar

from bson.int64 import Int64

from app.core.mongo import Database, Document, Tx
from app.domains.payment.ledger.model import Account, AccountState
from app.domains.payment.ledger.proof.model import Entry, Fault, Fold, Kept, Numbers, Standing, Verdict, Wrong
from app.domains.payment.ledger.store import line_of, transfer_of

T = TypeVar("T")
_VERDICT = "verdict"
_MARK = "mark"
_READ = 1_000
_ENTRY = {"transfer": 1, "account": 1, "side": 1, "fen": 1, "at": 1, "seq": 1, "after": 1}
# Money is counted in whole numbers, which the driver gives in two kinds.
_WHOLE = {int, Int64}
_NUMBERS = tuple(Numbers.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row that is none of the ledger's."""

    id: str


class ProofStore:
    def __init__(self, db: Database) -> None:
        self._accounts = db["ledger_accounts"]
        self._transfers = db["ledger_transfers"]
        self._postings = db["ledger_postings"]
        self._folds = db["ledger_folds"]
        self._marks = db["ledger_marks"]

    async def transfers(self) -> AsyncIterator[list[Kept | Unreadable]]:
        """All, by id."""
        after = ""
        while rows := await self._transfers.find({"_id": {"$gt": after}}).sort("_id", 1).limit(_READ).to_list(None):
            yield [_read(_kept, row) for row in rows]
            after = rows[-1]["_id"]

    async def transfer(self, id_: str, tx: Tx) -> Kept | Unreadable | None:
        row = await self._transfers.find_one({"_id": id_}, session=tx)
        return _read(_kept, row) if row else None

    async def known(self, ids: Sequence[str], **wanted: Any) -> set[str]:
        """Which of these are transfers, such as are wanted."""
        found = self._transfers.find({"_id": {"$in": list(ids)}, **wanted}, {"_id": 1})
        return {row["_id"] async for row in found}

    async def entries_of(self, transfers: Sequence[str], tx: Tx | None = None) -> Mapping[str, list[Entry]]:
        """By transfer; what cannot be read is met in `entries`."""
        found: dict[str, list[Entry]] = defaultdict(list)
        async for row in self._postings.find({"transfer": {"$in": list(transfers)}}, _ENTRY, session=tx):
            entry = _read(_entry, row)
            if isinstance(entry, Entry):
                found[entry.transfer].append(entry)
        return found

    async def entries(self) -> AsyncIterator[list[Entry | Unreadable]]:
        """All, by account and in the order in which they were entered."""
        order = [("account", 1), ("at", 1), ("seq", 1), ("_id", 1)]
        cursor, piece = self._postings.find({}, _ENTRY).sort(order).batch_size(_READ), list[Entry | Unreadable]()
        async for row in cursor:
            piece.append(_read(_entry, row))
            if len(piece) == _READ:
                yield piece
                piece = []
        yield piece

    async def entries_since(self, account: Account, seq: int, tx: Tx) -> list[Entry]:
        """Of a guarded account, beyond that place."""
        which = {"account": account.id, "seq": {"$gt": seq}}
        return [_entry(row) async for row in self._postings.find(which, _ENTRY, session=tx).sort("seq", 1)]

    async def standings(self) -> AsyncIterator[Standing | Unreadable]:
        """All accounts that have a row, by id."""
        async for row in self._accounts.find({}).sort("_id", 1).batch_size(_READ):
            yield _read(_standing, row)

    async def standing(self, account: Account, tx: Tx) -> Standing | Unreadable | None:
        row = await self._accounts.find_one({"_id": account.id}, session=tx)
        return _read(_standing, row) if row else None

    async def pending(self, account: Account, tx: Tx) -> list[Kept]:
        """Transfers that hold something, of which this account is a party."""
        which = {"state": "pending", "until": {"$exists": True}, "lines.account": account.id}
        found = [_read(_kept, row) async for row in self._transfers.find(which, session=tx)]
        return [one for one in found if isinstance(one, Kept)]

    async def folds(self) -> AsyncIterator[Fold]:
        """All, by account and mark."""
        async for row in self._folds.find({}).sort([("account", 1), ("mark", 1)]).batch_size(_READ):
            yield Fold(str(row["account"]), row["mark"], row["balance"], row["postings"])

    async def mark(self) -> datetime | None:
        """Nothing is entered at this moment or before it any more."""
        row = await self._marks.find_one({"_id": _MARK})
        return row["at"] if row else None

    async def keep(self, verdict: Verdict) -> None:
        row = {**asdict(verdict), "faults": [{**asdict(one), "wrong": one.wrong.value} for one in verdict.faults]}
        await self._marks.update_one({"_id": _VERDICT}, {"$set": row}, upsert=True)

    async def kept(self) -> Verdict | None:
        """The last verdict."""
        row = await self._marks.find_one({"_id": _VERDICT}, {"_id": 0})
        if row is None:
            return None
        faults = tuple(Fault(**{**one, "wrong": Wrong(one["wrong"])}) for one in row.pop("faults"))
        return Verdict(**row, faults=faults)


def _read(how: Callable[[Document], T], row: Document) -> T | Unreadable:
    try:
        return how(row)
    except (KeyError, ValueError, TypeError, AttributeError):
        return Unreadable(str(row["_id"]))


def _kept(row: Document) -> Kept:
    return Kept(transfer_of(row), str(row["content"]))


def _entry(row: Document) -> Entry:
    line = line_of(row)
    # What is read from an index alone says null of what is not there.
    said = [value for name in ("seq", "after") if (value := row.get(name)) is not None]
    if not {type(value) for value in (row["fen"], *said)} <= _WHOLE:
        raise ValueError("no whole number")
    if not isinstance(row["at"], datetime):
        raise ValueError("no moment")
    return Entry(
        str(row["_id"]), str(row["transfer"]), row["account"], line, row["at"], row.get("seq"), row.get("after")
    )


def _standing(row: Document) -> Standing:
    account = Account.parse(row["_id"])
    if not account.guarded:
        return Standing(account, AccountState(row["state"]), None)
    values = [row[name] for name in _NUMBERS]
    if not {type(value) for value in values} <= _WHOLE:
        raise ValueError("no whole number")
    return Standing(account, AccountState(row["state"]), Numbers(*values))
