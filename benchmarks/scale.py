"""Does it stay quick when the city grows? A large city and one of a hundredth of it, in one database server.

Rows are copies of rows that the stores wrote, each with its own ids, added without indexes, which are then built.
Database time is what the server itself counted for the collection (`latencyStats`), so the way to it is not in it.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

import bson
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient, WriteConcern, monitoring
from rich.console import Console
from rich.table import Table

from app.core.collections import COLLECTIONS
from app.core.events import Event
from app.core.mongo import Tx
from app.core.paging import PageRequest
from app.core.said import Said
from app.core.viewer import Role, Viewer
from app.domains.government.applications.history.model import Content, State
from app.domains.government.applications.model import begun
from app.domains.government.applications.store import ApplicationStore, Desk, turn_of
from app.domains.government.catalogue.model import Category, Depth, Item, ItemState
from app.domains.identity.citizens.model import Group
from app.domains.identity.sessions.model import Audience
from app.embedded import EmbeddedDatabase
from app.wiring import City, build
from benchmarks import bed
from benchmarks.machine import described
from benchmarks.shapes import READ_WHOLE, SORTED, Heard, Plan, plans
from notifications.messages.store import InboxStore
from virtual_card.codes.model import KeptCode, Purpose

_TIMES = 150
_ROUNDS = 3
_PER_BATCH = 5_000
_COPIED = (
    *("citizens", "phones", "cards", "card_numbers", "disclosures", "inbox", "codes", "sessions"),
    "service_applications",
)
_ID = dict(zip(_COPIED, "cpkndiosa", strict=True))
"""The letter that an id of the collection begins with: what refers to it holds the same letter and number."""

Ask = Callable[[City, int], Awaitable[object]]


def run(console: Console, citizens: int) -> None:
    asyncio.run(_run(console, citizens))


async def _run(console: Console, citizens: int) -> None:
    for name, text in described().items():
        console.print(f"[bold]{name:10}[/] {text}")
    with tempfile.TemporaryDirectory(prefix="rong-scale-") as folder, EmbeddedDatabase(Path(folder)) as database:
        sizes = {"small": max(citizens // 100, 100), "large": citizens}
        heard = Heard()
        monitoring.register(heard)  # before the cities' clients are made
        settings = bed.settings_for(database.uri, "small", Path(folder))
        async with _city(settings, "small") as small, _city(settings, "large") as large:
            for name, city in (("small", small), ("large", large)):
                began = time.perf_counter()
                await _fill(city, database.uri, sizes[name])
                console.print(f"{sizes[name]:,} citizens made in {time.perf_counter() - began:.0f} s")
            grown = await _grown({"small": small, "large": large}, sizes)
            console.print(_table(grown, sizes))
            _print_plans(console, await plans(large, heard))


@asynccontextmanager
async def _city(settings: Mapping[str, str], name: str) -> AsyncIterator[City]:
    city = build(bed.settings_of({**settings, "RONG_MONGODB_DATABASE": name}))
    await city.start(follow=False)
    try:
        yield city
    finally:
        await city.stop()


async def _fill(city: City, uri: str, citizens: int) -> None:
    """One citizen by the stores, taken as the pattern of all."""
    patterns = await _patterns(city)
    await city.db.drop()
    await asyncio.to_thread(_copy, uri, city.db.name, patterns, citizens)
    await city.db.prepare()


async def _patterns(city: City) -> dict[str, dict[str, Any]]:
    """By collection, a row as the stores write it."""
    card = bed.card_of(1, city)
    ends = city.clock.now() + timedelta(days=1)

    async def work(tx: Tx) -> None:
        await bed.settle_one(city, 1, card, b"no photo", tx)
        code = KeptCode("hash", card.id, card.holder, Purpose.GATE, ends, None)
        await city.services.codes._codes.add(code, tx)
        device = bed.device()
        await city.services.sessions.open(card.holder, Audience.CITIZEN, device, {}, tx)

    await city.db.transaction(work)
    await _applied(city, card.holder)
    told = Event("e", "disclosure.made", card.holder, {"organisation": bed.HALL, "purpose": "gate"}, city.clock.now())
    await city.dispatcher.tell(told)
    rows = {name: await city.db[name].find_one({}) for name in _COPIED}
    return {name: row for name, row in rows.items() if row is not None}


async def _applied(city: City, citizen: str) -> None:
    """One application, under way."""
    viewer, now = Viewer(role=Role.CITIZEN, actor=citizen, subject=citizen), city.clock.now()
    item = Item(
        *("X", 1, ItemState.PUBLISHED, "x", Said("事项"), Category.HOUSEHOLD, frozenset(), frozenset(), 1),
        *(Depth.ONLINE_WHOLE, 20, 10),
    )
    draft = begun("a", viewer, citizen, item, "unit", ("above",), now)
    content = Content({"phone": "1" * 11, "address": "一" * 40, "remark": "二" * 80})
    one = draft.submitted("FZ2026-0001-23456-7", content, item, 10, viewer, now).timed(city.calendar.current, now)
    store = ApplicationStore(city.db, city.persons)
    await city.db.transaction(lambda tx: store.add(one, 1, tx))


# A hundred districts, and months of birth over a hundred years: audiences are chosen by them.
_SPREAD = {
    "areas": ["35", "3501", {"$concat": ["3501", {"$substrBytes": ["$_id", 34, 2]}]}],
    "birth_month": {"$concat": ["19", {"$substrBytes": ["$_id", 32, 2]}, "-01"]},
}


def _key(letter: str, number: int) -> str:
    return f"{letter}{number:035d}"


def _copy(uri: str, database: str, patterns: dict[str, dict[str, Any]], citizens: int) -> None:
    with MongoClient[dict[str, Any]](uri) as client:
        for name, row in patterns.items():
            into = client[database].get_collection(name, write_concern=WriteConcern(w=1, j=False))
            for rows in _batches(_template(name, row), citizens):
                into.insert_many(rows, ordered=False)
        client[database]["citizens"].update_many({}, [{"$set": _SPREAD}])


def _template(name: str, row: dict[str, Any]) -> bytes:
    """The row in BSON, where every number of a citizen is the same 35 digits, to be replaced."""
    letters = {"holder": "c", "citizen": "c", "card": "k", "message": "m", "number": "n", "by": "c"}
    if name == "service_applications":  # its places in the lists hold its id too
        row = {**row, **{key: f"{row[key][:10]}~{_key('a', 0)}" for key in ("turn", "look")}}
    marked = {key: _key(letters[key], 0) if key in letters else value for key, value in row.items()}
    return bson.encode({**marked, "_id": _key(_ID[name], 0)})


def _batches(template: bytes, citizens: int) -> Iterator[list[RawBSONDocument]]:
    digits = b"0" * 35
    for start in range(0, citizens, _PER_BATCH):
        numbers = range(start, min(start + _PER_BATCH, citizens))
        yield [RawBSONDocument(template.replace(digits, b"%035d" % number)) for number in numbers]


@dataclass(frozen=True, slots=True)
class Grown:
    """Mean database time of one query in µs: the rounds' median for each city, and of the rounds' ratios."""

    name: str
    small: float
    large: float
    ratio: float


def _asked() -> dict[str, tuple[str, str, Ask]]:
    """By name: the collection, whether it reads or writes, and the query for a citizen's number."""
    return {
        "card by holder": ("cards", "reads", lambda city, n: city.cards.newest_of(_key("c", n))),
        "disclosures, a page": ("disclosures", "reads", _disclosures),
        "inbox, a page": ("inbox", "reads", lambda city, n: InboxStore(city.db).page(_key("c", n), PageRequest())),
        "inbox, unread": ("inbox", "reads", lambda city, n: InboxStore(city.db).unread(_key("c", n))),
        "citizen by id": ("citizens", "reads", lambda city, n: city.db["citizens"].find_one({"_id": _key("c", n)})),
        "citizen by phone": ("phones", "reads", lambda city, n: city.db["phones"].find_one({"_id": _key("p", n)})),
        "session by id": ("sessions", "reads", lambda city, n: city.services.sessions._sessions.get(_key("s", n))),
        "audience, ten people of a district": ("citizens", "reads", _of_district),
        "audience, ten elders of two districts": ("citizens", "reads", _elders),
        "applications, a page": ("service_applications", "reads", _applications),
        "application by id": ("service_applications", "reads", _application),
        "work list of a unit, a page": ("service_applications", "reads", _work_list),
        "code, used once": ("codes", "writes", _code_used),
    }


async def _of_district(city: City, number: int) -> object:
    return await _audience(city, number, Group(districts=(f"3501{number % 100:02d}",)))


async def _elders(city: City, number: int) -> object:
    districts = tuple(f"3501{(number + n) % 100:02d}" for n in range(2))
    return await _audience(city, number, Group(districts=districts, born_until="1940-01"))


async def _audience(city: City, number: int, group: Group) -> object:
    """Somewhere in the first half of a broadcast."""
    return await city.citizens.ids(group, after=_key("c", number // 2), before="d", most=10)


async def _disclosures(city: City, number: int) -> object:
    return await city.services.disclosures._disclosures.of_citizen(_key("c", number), PageRequest())


async def _applications(city: City, number: int) -> object:
    return await ApplicationStore(city.db, city.persons).of_citizen(_key("c", number), (), PageRequest())


async def _application(city: City, number: int) -> object:
    return await ApplicationStore(city.db, city.persons).bare(_key("a", number))


async def _work_list(city: City, number: int) -> object:
    """Somewhere in a list that holds all of them."""
    desk = Desk("unit", None, State.SUBMITTED)
    store = ApplicationStore(city.db, city.persons)
    first = await store.on_desk(desk, PageRequest(1))
    after = f"{turn_of(first.items[0])[:10]}~{_key('a', number)}"
    return await store.on_desk(desk, PageRequest(20, after))


async def _code_used(city: City, number: int) -> object:
    now = city.clock.now()

    async def work(tx: Tx) -> bool:
        return await city.services.codes._codes.use(_key("o", number), Purpose.GATE, None, now, tx)

    return await city.db.transaction(work)


async def _grown(cities: Mapping[str, City], sizes: Mapping[str, int]) -> list[Grown]:
    rows = []
    for name, (collection, kind, ask) in _asked().items():
        times: dict[str, list[float]] = {size: [] for size in cities}
        for turn in range(_ROUNDS + 1):
            for size, city in cities.items():
                took = await _database_time(city, collection, kind, ask, sizes[size])
                if turn:  # the first turn warms
                    times[size].append(took)
        ratios = [large / small for small, large in zip(times["small"], times["large"], strict=True)]
        rows.append(Grown(name, median(times["small"]), median(times["large"]), median(ratios)))
    return rows


async def _database_time(city: City, collection: str, kind: str, ask: Ask, citizens: int) -> float:
    before = await _latency(city, collection, kind)
    for _ in range(_TIMES):
        await ask(city, random.randrange(citizens))
    after = await _latency(city, collection, kind)
    return (after[0] - before[0]) / (after[1] - before[1])


async def _latency(city: City, collection: str, kind: str) -> tuple[int, int]:
    """(µs, operations) that the server has counted for the collection."""
    rows = await city.db.aggregate(collection, [{"$collStats": {"latencyStats": {}}}])
    counted = rows[0]["latencyStats"][kind]
    return int(counted["latency"]), int(counted["ops"])


def _table(grown: list[Grown], sizes: Mapping[str, int]) -> Table:
    table = Table("database time of a query, µs", title="wanted: ≤ 1.5 ×")
    for heading in (f"{sizes['small']:,} citizens", f"{sizes['large']:,}", "growth"):
        table.add_column(heading, justify="right")
    for one in grown:
        table.add_row(one.name, f"{one.small:.0f}", f"{one.large:.0f}", f"{one.ratio:.2f} ×")
    return table


def _print_plans(console: Console, found: list[Plan]) -> None:
    faults = {
        "scans": [plan for plan in found if plan.scans],
        "sorts in memory": [plan for plan in found if plan.sorts],
    }
    console.print(
        f"{len({plan.method for plan in found})} store methods, {len(found)} queries explained over "
        f"{len({plan.collection for plan in found})} of {len(COLLECTIONS)} collections: "
        + ", ".join(f"{len(some)} {fault}" for fault, some in faults.items())
    )
    for fault, some in faults.items():
        for plan in some:
            console.print(f"  [red]{fault}[/] {plan.collection}: {plan.command} by {plan.asks} ({plan.method})")
    for heading, named in (("read whole", READ_WHOLE), ("sorted", SORTED)):
        for name, why in named.items():
            console.print(f"  {heading} on purpose: {name}, {why}")
