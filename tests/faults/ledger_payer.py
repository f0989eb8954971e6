"""Payers as a process of their own, to be killed: each moves money, and repeats what was not answered under its key.

What each one wants is drawn from its key, so that the process started after it wants the same. What was answered is
written down at once: no kill takes that back. A line: when, the payer, its turn, what it was, and the transfer.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from app.core.errors import Outcome, Unavailable
from app.core.mongo import DatabaseFault, Tx
from app.domains.payment.ledger.model import (
    FEES,
    Account,
    AccountKind,
    Line,
    Transfer,
    TransferKind,
    Wanted,
    credit,
    debit,
    moved,
    wallet,
)
from app.settings import Settings
from app.wiring import City, build

WALLETS = [wallet(f"payer-{n:03d}") for n in range(200)]
SHOPS = [Account(AccountKind.MERCHANT, f"shop-{n}") for n in range(5)]


class _Payer:
    def __init__(self, city: City, name: str, turn: int, written: int) -> None:
        self._city, self._name, self._turn, self._written = city, name, turn, written
        self._ledger = city.services.payment.ledger

    async def run(self) -> None:
        while True:
            wanted, how = self._wanted()
            try:
                await (self._paid(wanted) if how == "pay" else self._held(wanted, how))
            except Outcome as refused:
                self._write(type(refused).__name__, "")
            self._turn += 1

    async def _paid(self, wanted: Wanted) -> None:
        await self._until_answered("pay", lambda tx: self._ledger.post(wanted, tx))

    async def _held(self, wanted: Wanted, how: str) -> None:
        until = self._city.clock.now() + timedelta(minutes=10)
        held = await self._until_answered("hold", lambda tx: self._ledger.hold(wanted, until, tx))
        settle = self._ledger.void if how == "void" else self._ledger.capture
        await self._until_answered(how, lambda tx: settle(held.id, tx))

    async def _until_answered(self, what: str, work: Callable[[Tx], Awaitable[Transfer]]) -> Transfer:
        while True:
            try:
                done = await self._city.db.transaction(work)
            except (DatabaseFault, Unavailable):
                await asyncio.sleep(0.1)
            else:
                self._write(what, done.id)
                return done

    def _wanted(self) -> tuple[Wanted, str]:
        key = f"{self._name} {self._turn}"
        draw = random.Random(key)
        one, other = draw.sample(WALLETS, 2)
        fen = draw.randrange(2, 60)
        how = draw.choice(["pay", "pay", "pay", "capture", "void"])
        lines: tuple[Line, ...] = moved(one, other, fen)
        if draw.random() < 0.5:
            lines = (debit(one, fen), credit(draw.choice(SHOPS), fen - 1), credit(FEES, 1))
        return Wanted(key, TransferKind.PAYMENT, lines, self._name), how

    def _write(self, what: str, transfer: str) -> None:
        os.write(self._written, f"{time.time()} {self._name} {self._turn} {what} {transfer}\n".encode())


def turns(file: Path) -> dict[str, int]:
    """By payer: the first turn that was not answered to its end."""
    reached: dict[str, int] = {}
    for line in file.read_text().splitlines() if file.exists() else ():
        _, name, turn, what, *_ = line.split(" ")
        if what != "hold":
            reached[name] = int(turn) + 1
    return reached


async def main() -> None:
    name, payers, file = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    reached = turns(file)
    written = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    city = build(Settings())
    names = [f"{name}-{n}" for n in range(payers)]
    await asyncio.gather(*(_Payer(city, one, reached.get(one, 0), written).run() for one in names))


if __name__ == "__main__":
    asyncio.run(main())
