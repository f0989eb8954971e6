"""The ledger: how many transfers a second, whether payers of one merchant wait for each other, and whether it stays
quick when it has grown.

`python -m benchmarks ledger` (`--postings 50000` for a quick look). Transfers go through the services of one process,
each in a transaction of its own, as the payments of an API do; so this is what one process gives. What grows is asked
of a ledger of five million postings and of one of a hundredth of it, where every account has as many postings in both:
time is what the database itself counted, so that the way to it is not in it. The database has the cache of a server: a
laptop's keeps a tenth of such a ledger in memory, and what would be measured is the disk.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median, quantiles

from pymongo import monitoring
from rich.console import Console
from rich.table import Table

from app.core.ids import new_id
from app.core.mongo import Tx, command_log
from app.core.paging import PageRequest
from app.domains.payment.ledger.model import (
    FEES,
    MOST_FEN,
    Account,
    AccountKind,
    Line,
    TransferKind,
    Wanted,
    credit,
    debit,
    moved,
    wallet,
)
from app.domains.payment.ledger.store import StatementFilter
from app.embedded import EmbeddedDatabase
from app.wiring import City
from benchmarks import bed
from benchmarks.bed import Row
from benchmarks.ledger_rows import DAYS, Grown, grown
from benchmarks.machine import cores, described, roomy, stay_on
from benchmarks.scale import _city, _latency
from benchmarks.shapes import Heard, Plan, plans

_WALLETS, _PAYERS, _AT_ONCE, _RIVALS = 10_000, 1_000, 64, 8
_SECONDS, _ROUNDS, _TIMES = 8.0, 3, 100
_SHOP = Account(AccountKind.MERCHANT, "bench")
_ROOM = "app.domains.payment.ledger"

Lines = Callable[[], tuple[Line, ...]]
Ask = Callable[[Grown], Awaitable[object]]


def run(console: Console, postings: int) -> None:
    stay_on(set().union(*cores()))  # no server to be kept apart from
    asyncio.run(_run(console, postings))


async def _run(console: Console, postings: int) -> None:
    for name, text in described().items():
        console.print(f"[bold]{name:10}[/] {text}")
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rong-ledger-")))
        database = stack.enter_context(EmbeddedDatabase(folder))
        await asyncio.to_thread(roomy, database.uri)
        heard = Heard()
        monitoring.register(heard)  # before the cities' clients are made
        settings = bed.settings_for(database.uri, "busy", folder)
        busy = await stack.enter_async_context(_city(settings, "busy"))
        _print(console, "transfers", await _transfers(busy))
        ledgers = {}
        for name, size in (("small", max(postings // 100, 2_000)), ("large", postings)):
            city, began = await stack.enter_async_context(_city(settings, name)), time.perf_counter()
            ledgers[name] = await grown(city, database.uri, size)
            console.print(f"{size:,} postings made in {time.perf_counter() - began:.0f} s")
        console.print(await _asked(ledgers))
        _print(console, "proof and folding", await _proven(ledgers["large"]))
        _print_plans(console, await plans(ledgers["large"].city, heard, within=_ROOM))


# Transfers


async def _transfers(city: City) -> list[Row]:
    wallets = [wallet(new_id()) for _ in range(_WALLETS)]
    await _opened(city, wallets)

    def between() -> tuple[Line, ...]:
        one, other = random.sample(wallets, 2)
        return moved(one, other, 1)

    def to_shop() -> tuple[Line, ...]:
        return debit(random.choice(wallets[:_PAYERS]), 100), credit(_SHOP, 99), credit(FEES, 1)

    def to_wallet() -> tuple[Line, ...]:
        return moved(random.choice(wallets[1:_PAYERS]), wallets[0], 1)

    await _volley(city, between, 2)  # warms
    rates: dict[str, list[float]] = {"between": [], "shop": []}
    waits: dict[str, list[float]] = {"between": [], "shop": []}
    for _ in range(_ROUNDS):
        for name, lines in (("between", between), ("shop", to_shop)):
            took = await _volley(city, lines, _SECONDS / 2)
            rates[name].append(len(took) / (_SECONDS / 2))
            waits[name] += took
    one = await _volley(city, to_wallet, _SECONDS / 2, _RIVALS)
    ratio = median(shop / other for shop, other in zip(rates["shop"], rates["between"], strict=True))
    commands, several = await _commands(city, to_shop()), await _commands(city, between())
    return [
        (f"transfers between {_WALLETS:,} wallets, {_AT_ONCE} at once", _told(rates["between"], waits["between"]), ""),
        (f"{_PAYERS:,} payers to one merchant", _told(rates["shop"], waits["shop"]), ""),
        ("the second against the first", f"{ratio:.2f}", "≥ 0.7"),
        (f"payers to one wallet, a guarded row, {_RIVALS} at once", _told([len(one) / (_SECONDS / 2)], one), ""),
        ("commands of a transfer: wallet to wallet; wallet to merchant and fee", f"{several}; {commands}", ""),
    ]


async def _opened(city: City, wallets: Sequence[Account]) -> None:
    """As `Ledger.open` opens them, with something on them. The other side of it is no concern here."""
    await city.services.payment.ledger.open(wallets[0])
    row = await city.db["ledger_accounts"].find_one({"_id": wallets[0].id})
    assert row is not None
    rich = {"balance": 10**9, "available": 10**9, "room": MOST_FEN - 10**9}
    await city.db["ledger_accounts"].delete_many({})
    for start in range(0, len(wallets), 1000):
        some = wallets[start : start + 1000]
        await city.db["ledger_accounts"].insert_many(
            [{**row, **rich, "_id": one.id, "owner": one.owner} for one in some]
        )


async def _volley(city: City, lines: Lines, seconds: float, at_once: int = _AT_ONCE) -> list[float]:
    """So many at once, each when the one before is done; how long each took."""
    took, end = list[float](), time.perf_counter() + seconds

    async def payer() -> None:
        while (began := time.perf_counter()) < end:
            await _post(city, lines())
            took.append(time.perf_counter() - began)

    await asyncio.gather(*(payer() for _ in range(at_once)))
    return took


async def _post(city: City, lines: tuple[Line, ...]) -> None:
    wanted = Wanted(new_id(), TransferKind.PAYMENT, lines, "bench")

    async def work(tx: Tx) -> None:
        await city.services.payment.ledger.post(wanted, tx)

    await city.db.transaction(work)


async def _commands(city: City, lines: tuple[Line, ...]) -> int:
    sent: list[str] = []
    token = command_log.set(sent)
    await _post(city, lines)
    command_log.reset(token)
    return len(sent)


def _told(rates: Sequence[float], waits: Sequence[float]) -> str:
    cuts = quantiles(waits, n=100)
    return f"{median(rates):,.0f} a second, p50 {cuts[49] * 1000:.0f} ms, p99 {cuts[98] * 1000:.0f} ms"


# Growth


@dataclass(frozen=True, slots=True)
class _Question:
    name: str
    ask: Ask
    collection: str = "ledger_postings"


def _wallet(one: Grown) -> Account:
    return random.choice(one.wallets)


def _shop(one: Grown) -> Account:
    return random.choice(one.merchants)


def _then(one: Grown) -> datetime:
    return one.began + timedelta(seconds=random.random() * DAYS * 86_400)


def _of_week(one: Grown) -> StatementFilter:
    since = one.began + timedelta(days=random.randrange(DAYS - 7))
    return StatementFilter(since, since + timedelta(days=7))


_KINDS = StatementFilter(kinds=frozenset({TransferKind.PAYMENT}))
_QUESTIONS = (
    _Question("balance of a wallet", lambda one: one.ledger.balance(_wallet(one)), "ledger_accounts"),
    _Question("balance of a merchant", lambda one: one.ledger.balance(_shop(one))),
    _Question("balance of a wallet at a moment", lambda one: one.ledger.balance_at(_wallet(one), _then(one))),
    _Question("balance of a merchant at a moment", lambda one: one.ledger.balance_at(_shop(one), _then(one))),
    _Question("statement of a wallet, a page", lambda one: one.ledger.statement(_wallet(one), PageRequest())),
    _Question("statement of a merchant, a page", lambda one: one.ledger.statement(_shop(one), PageRequest())),
    _Question("statement of a wallet, payments", lambda one: one.ledger.statement(_wallet(one), PageRequest(), _KINDS)),
    _Question(
        "statement of a wallet, a week", lambda one: one.ledger.statement(_wallet(one), PageRequest(), _of_week(one))
    ),
    _Question(
        "statement of a merchant, a week", lambda one: one.ledger.statement(_shop(one), PageRequest(), _of_week(one))
    ),
    _Question("transfer by id", lambda one: one.ledger.transfer(one.transfer()), "ledger_transfers"),
)


async def _asked(ledgers: Mapping[str, Grown]) -> Table:
    table = Table("database time, µs", title="wanted: ≤ 1.5 ×")
    for one in ledgers.values():
        table.add_column(f"{one.postings:,} postings", justify="right")
    table.add_column("growth", justify="right")
    table.add_column("large, wall", justify="right")
    for question in _QUESTIONS:
        took: dict[str, list[float]] = {name: [] for name in ledgers}
        walls: list[float] = []
        for turn in range(_ROUNDS + 1):
            for name, one in ledgers.items():
                spent, walls = await _turn(question, one)
                if turn:  # the first turn warms
                    took[name].append(spent)
        ratio = median(large / small for small, large in zip(took["small"], took["large"], strict=True))
        cells = [f"{median(times):.0f}" for times in took.values()]
        cuts = quantiles(walls, n=100)
        table.add_row(question.name, *cells, f"{ratio:.2f} ×", f"p50 {cuts[49] * 1e3:.1f} ms, p99 {cuts[98] * 1e3:.1f}")
    return table


async def _turn(question: _Question, one: Grown) -> tuple[float, list[float]]:
    """Mean of the database's time of an operation, and the caller's times."""
    before, walls = await _latency(one.city, question.collection, "reads"), []
    for _ in range(_TIMES):
        began = time.perf_counter()
        await question.ask(one)
        walls.append(time.perf_counter() - began)
    after = await _latency(one.city, question.collection, "reads")
    return (after[0] - before[0]) / max(after[1] - before[1], 1), walls


async def _proven(one: Grown) -> list[Row]:
    began = time.perf_counter()
    verdict = await one.city.services.payment.proof.verify()
    took = time.perf_counter() - began
    rows = verdict.transfers + verdict.postings
    wallets = await _volley(one.city, lambda: moved(*random.sample(one.wallets, 2), 1), 2)
    return [
        (f"proof of {rows:,} rows", f"{took:.0f} s: {rows / took:,.0f} a second; {verdict.counted} faults", "0 faults"),
        ("a round of folding a day of it", f"{median(one.rounds) * 1000:,.0f} ms", ""),
        ("transfers between its wallets", _told([len(wallets) / 2], wallets), ""),
    ]


def _print(console: Console, title: str, rows: Sequence[Row]) -> None:
    table = Table(title, "measured", "wanted")
    for row in rows:
        table.add_row(*row)
    console.print(table)


def _print_plans(console: Console, found: list[Plan]) -> None:
    faults = [(what, plan) for plan in found for what in ("scans", "sorts") if getattr(plan, what)]
    console.print(
        f"{len(found)} queries of {len({plan.method for plan in found})} methods explained: {len(faults)} scan or sort"
    )
    for what, plan in faults:
        console.print(f"  [red]{what}[/] {plan.collection}: {plan.command} by {plan.asks} ({plan.method})")
