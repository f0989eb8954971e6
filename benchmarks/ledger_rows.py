"""A ledger that has been used for a month, made quickly: rows as the ledger writes them, so many times.

Every wallet has paid fifty times, every merchant has been paid five thousand times, whatever the whole comes to; each
payment is a transfer of two lines. Money came in once for all, by one transfer a wallet. The whole is sound: it is
proven.
"""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pymongo import MongoClient, WriteConcern

from app.core.collections import COLLECTIONS
from app.core.ids import first_id
from app.core.mongo import index_model
from app.domains.payment.ledger.folding.service import Folding
from app.domains.payment.ledger.folding.store import FoldStore
from app.domains.payment.ledger.model import (
    GATEWAY,
    MOST_FEN,
    Account,
    AccountKind,
    Line,
    Posting,
    Transfer,
    TransferKind,
    TransferState,
    moved,
    transfer_id,
    wallet,
)
from app.domains.payment.ledger.service import Ledger
from app.domains.payment.ledger.store import _posting_row, _transfer_row
from app.wiring import City

DAYS = 30
_EACH, _OF_SHOP = 50, 5_000
_PER_BATCH = 2_000
_FIRST = 10**6


@dataclass(slots=True)
class Grown:
    """`rounds`: how long folding each day of it took, in seconds."""

    city: City
    postings: int
    wallets: list[Account]
    merchants: list[Account]
    began: datetime
    rounds: list[float] = field(default_factory=list)

    @property
    def ledger(self) -> Ledger:
        return self.city.services.payment.ledger

    def transfer(self) -> str:
        return transfer_id(f"bench {random.randrange(len(self.wallets) * _EACH)}")


@dataclass(slots=True)
class _MovedClock:
    at: datetime

    def now(self) -> datetime:
        return self.at


async def grown(city: City, uri: str, postings: int) -> Grown:
    wallets = [wallet(f"w{n:07d}") for n in range(max(postings // (2 * _EACH), 1))]
    merchants = [Account(AccountKind.MERCHANT, f"m{n:05d}") for n in range(max(postings // (2 * _OF_SHOP), 1))]
    now = city.clock.now()
    one = Grown(city, postings, wallets, merchants, now - timedelta(days=DAYS + 1))
    await city.db.drop()
    await asyncio.to_thread(_fill, uri, city.db.name, one)
    await city.db.prepare()
    await _fold(one)
    return one


async def _fold(one: Grown) -> None:
    """Day by day, as they went by."""
    clock = _MovedClock(one.began)
    folding = Folding(one.city.db, FoldStore(one.city.db), clock)
    for _ in range(DAYS + 1):
        clock.at += timedelta(days=1)
        began = time.perf_counter()
        await folding.fold()
        one.rounds.append(time.perf_counter() - began)


def _fill(uri: str, database: str, one: Grown) -> None:
    with MongoClient[dict[str, Any]](uri) as client:
        _insert(client, database, "ledger_accounts", _accounts(one))
        transfers, postings = list[dict[str, Any]](), list[dict[str, Any]]()
        for transfer, lines in _lives(one):
            transfers.append(transfer)
            postings += lines
            if len(transfers) == _PER_BATCH:
                _insert(client, database, "ledger_transfers", transfers)
                _insert(client, database, "ledger_postings", postings)
                transfers, postings = [], []
        _insert(client, database, "ledger_transfers", transfers)
        _insert(client, database, "ledger_postings", postings)
        # Here, for a city's own client waits ten seconds for an answer, and not for minutes.
        for name in ("ledger_accounts", "ledger_transfers", "ledger_postings"):
            client[database][name].create_indexes([index_model(index) for index in COLLECTIONS[name].indexes])


def _insert(client: MongoClient[dict[str, Any]], database: str, name: str, rows: list[dict[str, Any]]) -> None:
    into = client[database].get_collection(name, write_concern=WriteConcern(w=1, j=False))
    for start in range(0, len(rows), _PER_BATCH):
        into.insert_many(rows[start : start + _PER_BATCH], ordered=False)


def _accounts(one: Grown) -> list[dict[str, Any]]:
    left = _FIRST - sum(_fen(turn) for turn in range(_EACH))
    numbers = {"balance": left, "held": 0, "available": left, "room": MOST_FEN - left, "most": MOST_FEN, "limit": 0}
    row = {"kind": "wallet", "currency": "CNY", "state": "open", "opened_at": one.began, "guarded": True, **numbers}
    row |= {"seq": _EACH + 1, "moved_at": one.began + timedelta(days=DAYS)}
    return [{"_id": account.id, "owner": account.owner, **row} for account in one.wallets]


def _fen(turn: int) -> int:
    return 100 + turn


def _lives(one: Grown) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Each wallet is filled at the beginning and then pays in its turn; time goes on evenly."""
    for number, account in enumerate(one.wallets):
        at = one.began + timedelta(seconds=number % 600)
        yield _rows(f"filled {number}", moved(GATEWAY, account, _FIRST), at, {account: (1, _FIRST)})
    count, left = len(one.wallets) * _EACH, _FIRST
    step = timedelta(days=DAYS) / count
    for turn in range(_EACH):
        left -= _fen(turn)
        for number, account in enumerate(one.wallets):
            at_all = turn * len(one.wallets) + number
            at = one.began + timedelta(seconds=700) + step * at_all
            shop = one.merchants[at_all % len(one.merchants)]
            lines = moved(account, shop, _fen(turn))
            yield _rows(
                f"bench {at_all}",
                lines,
                at.replace(microsecond=at.microsecond // 1000 * 1000),
                {account: (turn + 2, left)},
            )


def _rows(
    key: str, lines: tuple[Line, ...], at: datetime, after: dict[Account, tuple[int, int]]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    serial = first_id(at)[:19] + str(uuid.uuid4())[19:]
    asked = (transfer_id(key), serial, TransferKind.PAYMENT, lines, TransferState.POSTED, at, f"bill-{serial}")
    one = Transfer(*asked, posted=lines, settled_at=at)
    postings = []
    for number, line in enumerate(lines):
        seq, balance = after.get(line.account, (None, None))
        other = lines[1 - number].account.id
        postings.append(
            Posting(
                f"{serial}:{number}",
                *(one.id, line.account, line.side, line.fen, one.kind, at, one.about, other, seq, balance),
            )
        )
    return {"_id": one.id, **_transfer_row(one)}, [_posting_row(posting) for posting in postings]
