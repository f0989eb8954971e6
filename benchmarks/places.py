"""The directory: what is near among ten thousand places, a hundred thousand and a million, and what words find.

`python -m benchmarks places` (`--places 100000` for a quick look). Services of one process are asked, one question
after the other, from points where people live; what it took of the processor is the process's own, without the
database's. Beside the cells the same question is put to a 2dsphere index, which the city does not have: why, is in
ADR 0047. Words are looked for up to a hundred thousand places, with what their index takes. Rows are added without
indexes, which are then built.
"""

from __future__ import annotations

import asyncio
import random
import resource
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from pymongo import IndexModel, MongoClient, WriteConcern
from rich.console import Console
from rich.table import Table

from app.core.collections import COLLECTIONS
from app.core.mongo import command_log, index_model
from app.core.paging import PageRequest
from app.core.places.model import Point
from app.core.said import Said
from app.domains.life.directory.hours.notation import parsed_hours
from app.domains.life.directory.kinds.model import PlaceClass
from app.domains.life.directory.places.model import PlaceDraft, Source, Which, id_from, place_of
from app.domains.life.directory.places.store import cells_of, new_row
from app.embedded import EmbeddedDatabase
from app.wiring import City
from benchmarks import bed
from benchmarks.machine import cores, described, resident_mb, roomy, stay_on
from benchmarks.scale import _city
from mocks.places import SeededPlace, seeded_places

_FEW, _ASKED, _AT_ONCE, _MADE, _READ = 10_000, 300, 5_000, 10_000, 100_000
_WORDS = ("药店", "公厕", "榕安大药房", "yaodian", "充电站", "社区卫生", "依伯拌面", "养老", "24小时便利店", "图书馆")
Ask = Callable[[Point], Awaitable[object]]


def run(console: Console, places: int) -> None:
    stay_on(set().union(*cores()))
    asyncio.run(_run(console, places))


async def _run(console: Console, places: int) -> None:
    for name, text in described().items():
        console.print(f"[bold]{name:10}[/] {text}")
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rong-places-")))
        database = stack.enter_context(EmbeddedDatabase(folder))
        await asyncio.to_thread(roomy, database.uri)
        table = Table("question", "places", "p50 ms", "p99 ms", "CPU ms", "commands", "growth")
        before = dict[str, float]()
        for size in sorted({_FEW, min(_READ, places), places}):
            name = f"places{size}"
            city = await stack.enter_async_context(_city(bed.settings_for(database.uri, name, folder), name))
            sphere = _Sphere(database.uri, city.db.name)
            await _filled(console, city, sphere, size)
            for question, ask in _questions(city, size).items():
                await _measured(table, question, size, ask, before)
            await _measured(table, "the same by 2dsphere, any", size, sphere.any, before)
            await _measured(table, "the same by 2dsphere, a sort", size, sphere.sort, before)
            await asyncio.to_thread(sphere.close)
            console.print(f"{size:,} places asked")
        console.print(table)


def _questions(city: City, size: int) -> dict[str, Ask]:
    directory, rng = city.services.life.directory, random.Random(3)
    first = PageRequest(20)

    def near(which: Which, open_now: bool = False) -> Ask:
        return lambda at: directory.places.near(at, which, 20_000, open_now, first)

    asked: dict[str, Ask] = {
        "near me, any": near(Which()),
        "near me, a class": near(Which(PlaceClass.HEALTH)),
        "near me, a sort": near(Which(kind="pharmacy")),
        "near me, a rare sort": near(Which(kind="museum")),
        "near me, open now": near(Which(kind="pharmacy"), open_now=True),
    }
    if size <= _READ:  # an index of words over a million places is no question of one city
        asked["by words"] = lambda at: directory.search.search(rng.choice(_WORDS), Which(), None, False, first)
        asked["by words, near me"] = lambda at: directory.search.search(rng.choice(_WORDS), Which(), at, False, first)
    return asked


async def _measured(table: Table, question: str, size: int, ask: Ask, before: dict[str, float]) -> None:
    points = [_home(random.Random(n)) for n in range(_ASKED)]
    for point in points[:20]:
        await ask(point)
    took, cpu, log = list[float](), _cpu(), list[str]()
    mark = command_log.set(log)
    for point in points:
        began = time.perf_counter()
        await ask(point)
        took.append(1_000 * (time.perf_counter() - began))
    command_log.reset(mark)
    middle, spent = median(took), 1_000 * (_cpu() - cpu) / _ASKED
    growth = f"{middle / before[question]:.1f} ×" if question in before else ""
    before.setdefault(question, middle)
    late = quantiles(took, n=100)[98]
    table.add_row(
        *(question, f"{size:,}", f"{middle:.1f}", f"{late:.1f}", f"{spent:.1f}", f"{len(log) / _ASKED:.1f}", growth)
    )


def _home(rng: random.Random) -> Point:
    """Where somebody is: mostly in the inner districts."""
    return Point(rng.gauss(26.06, 0.03), rng.gauss(119.31, 0.03))


async def _filled(console: Console, city: City, sphere: _Sphere, size: int) -> None:
    """As an import would write them, without looking for doubles."""
    now, made, began = city.clock.now(), list[dict[str, Any]](), time.perf_counter()
    for one in seeded_places(min(size, _MADE)):
        source = Source("bench", one.reference)
        made.append(new_row(place_of(id_from(source), _draft(one), source, now)))
    await asyncio.to_thread(sphere.write, made, size)
    written = time.perf_counter()
    await asyncio.to_thread(sphere.index)
    spent = f"written in {written - began:.0f} s, indexes in {time.perf_counter() - written:.0f} s"
    console.print(f"{size:,} places {spent}")
    if size <= _READ:
        console.print(await _read(city, size))


async def _read(city: City, size: int) -> str:
    """The index of words, as a process builds it when it is searched first."""
    keeper, began, before = city.services.life.directory.search.keeper, time.perf_counter(), resident_mb()
    await keeper.open()
    index = await keeper.index()
    assert len(index) == size
    took, held = time.perf_counter() - began, resident_mb() - before
    return f"{size:,} places read for words in {took:.0f} s; their index takes {held:.0f} MB"


def _moved(row: dict[str, Any], number: int, rng: random.Random) -> dict[str, Any]:
    """The same sort of place somewhere else: to think up a million of them takes minutes."""
    at = Point(row["latitude"] + rng.gauss(0, 0.01), row["longitude"] + rng.gauss(0, 0.01))
    moved = {"latitude": at.latitude, "longitude": at.longitude, **cells_of(at), "twin": str(number), "keys": []}
    return {**row, "_id": f"{number:032x}", **moved}


def _geo(row: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]}


def _draft(one: SeededPlace) -> PlaceDraft:
    point, hours = Point(one.latitude, one.longitude), parsed_hours(one.hours)
    return PlaceDraft(one.kind, Said(one.zh), point, one.address, one.phone, hours=hours)


class _Sphere:
    """Writes the places, and asks the same question of `$geoNear` over a 2dsphere index."""

    def __init__(self, uri: str, database: str) -> None:
        self._client: MongoClient[dict[str, Any]] = MongoClient(uri)
        self._rows = self._client[database]["places"]

    def write(self, made: list[dict[str, Any]], size: int) -> None:
        self._rows.drop()
        quick, rng = self._rows.with_options(write_concern=WriteConcern(w=1, j=False)), random.Random(size)
        for start in range(0, size, _AT_ONCE):
            numbers = range(start, min(start + _AT_ONCE, size))
            rows = [made[n] if n < len(made) else _moved(made[n % len(made)], n, rng) for n in numbers]
            quick.insert_many([{**row, "at": _geo(row)} for row in rows], ordered=False)

    def index(self) -> None:
        """All at once, those of the city and the spheres: the rows are read through once."""
        spheres = [IndexModel([("at", "2dsphere")]), IndexModel([("kind", 1), ("at", "2dsphere")])]
        self._rows.create_indexes([*map(index_model, COLLECTIONS["places"].indexes), *spheres])

    async def any(self, point: Point) -> object:
        return await asyncio.to_thread(self._near, point, {"active": True})

    async def sort(self, point: Point) -> object:
        return await asyncio.to_thread(self._near, point, {"active": True, "kind": "pharmacy"})

    def close(self) -> None:
        self._client.close()

    def _near(self, point: Point, which: dict[str, Any]) -> object:
        at = {"type": "Point", "coordinates": [point.longitude, point.latitude]}
        near = {"near": at, "distanceField": "metres", "key": "at", "query": which, "maxDistance": 20_000}
        return list(self._rows.aggregate([{"$geoNear": near}, {"$limit": 21}]))


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
