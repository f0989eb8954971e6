"""My voice at scale: a city with a million cases over its 1,264 units, and one of a hundredth of it.

`python -m benchmarks voice` (`--cases 20000` for a quick look). Each question is asked one after another, as one client
does, over the services that resolvers call; wall time and the CPU of this process are the caller's, database time is
what the server itself counted (`latencyStats`), so that what grows there is seen apart from everything else.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from pymongo import monitoring
from rich.console import Console
from rich.table import Table

from app.core.ids import new_id
from app.core.paging import PageRequest
from app.core.places.model import Box, Point
from app.core.viewer import Role, Viewer
from app.domains.voice.cases.history.model import CaseKind
from app.domains.voice.cases.reporting.service import Report
from app.domains.voice.figures.indicators.cells.model import CITY
from app.embedded import EmbeddedDatabase
from benchmarks import bed
from benchmarks.machine import cores, described, stay_on
from benchmarks.scale import _city, _latency
from benchmarks.shapes import Heard, Plan, plans
from benchmarks.voice_city import VoiceCity, settled

_TIMES, _ROUNDS = 100, 3
_CLOSE = 0.012  # degrees: a box of about a kilometre
_ROOM = "app.domains.voice"

Ask = Callable[[VoiceCity], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Question:
    """`collection` and `kind` (reads, writes): where the server counts its time; `wanted` in seconds, of p99."""

    name: str
    ask: Ask
    collection: str = "cases"
    kind: str = "reads"
    wanted: float | None = None
    times: int = _TIMES


@dataclass(slots=True)
class Taken:
    """Of one question in one city. `database`: mean microseconds of an operation, by round."""

    walls: list[float]
    cpu: float
    database: list[float]

    def at(self, part: float) -> float:
        ordered = sorted(self.walls)
        return 1_000 * ordered[min(int(part * len(ordered)), len(ordered) - 1)]


def run(console: Console, cases: int) -> None:
    stay_on(set().union(*cores()))  # no server to be kept apart from
    asyncio.run(_run(console, cases))


async def _run(console: Console, cases: int) -> None:
    for name, text in described().items():
        console.print(f"[bold]{name:10}[/] {text}")
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rong-voice-")))
        database = stack.enter_context(EmbeddedDatabase(folder))
        heard = Heard()
        monitoring.register(heard)  # before the cities' clients are made
        settings = bed.settings_for(database.uri, "small", folder)
        cities = {}
        for name, size in (("small", max(cases // 100, 200)), ("large", cases)):
            city, began = await stack.enter_async_context(_city(settings, name)), time.perf_counter()
            cities[name] = await settled(city, database.uri, size)
            took = time.perf_counter() - began
            console.print(f"{size:,} cases over {len(cities[name].units):,} units made in {took:.0f} s")
        taken = {question.name: await _asked(question, cities) for question in QUESTIONS}
        console.print(_table(taken, {name: one.cases for name, one in cities.items()}))
        await _counting(console, cities["small"])
        _print_plans(console, await plans(cities["large"].city, heard, within=_ROOM))


async def _asked(question: Question, cities: Mapping[str, VoiceCity]) -> dict[str, Taken]:
    """In turns, so that what else the machine does falls on both."""
    taken = {name: Taken([], 0.0, []) for name in cities}
    for turn in range(_ROUNDS + 1):
        for name, city in cities.items():
            one = await _turn(question, city)
            if turn:  # the first turn warms
                taken[name].walls += one.walls
                taken[name].cpu += one.cpu / _ROUNDS
                taken[name].database += one.database
    return taken


async def _turn(question: Question, city: VoiceCity) -> Taken:
    before, cpu, walls = await _latency(city.city, question.collection, question.kind), time.process_time(), []
    for _ in range(question.times):
        began = time.perf_counter()
        await question.ask(city)
        walls.append(time.perf_counter() - began)
    spent = 1_000 * (time.process_time() - cpu) / question.times
    after = await _latency(city.city, question.collection, question.kind)
    return Taken(walls, spent, [(after[0] - before[0]) / max(after[1] - before[1], 1)])


def _somewhere(city: VoiceCity) -> Point:
    return random.choice(city.points)


async def _file(city: VoiceCity) -> object:
    citizen = f"bench-{new_id()}"
    viewer = Viewer(role=Role.CITIZEN, actor=citizen, subject=citizen)
    report = Report(CaseKind.HELP, random.choice(city.categories), city.words(), point=_somewhere(city))
    return await city.city.services.voice.cases.file(viewer, report, new_id())


def _handler(city: VoiceCity) -> Viewer:
    unit, scopes = random.choice(city.units), frozenset({"cases"})
    return Viewer(role=Role.PROVIDER_STAFF, actor="handler", organisation=unit, scopes=scopes)


def _seat() -> Viewer:
    scopes = frozenset({"cases:centre"})
    return Viewer(role=Role.PROVIDER_STAFF, actor="seat", organisation="centre-12345", scopes=scopes)


async def _queue(city: VoiceCity) -> object:
    return await city.city.services.voice.unit_cases.desk(_handler(city), (), PageRequest(20))


async def _page(city: VoiceCity) -> object:
    case, citizen = random.choice(city.some)
    found = await city.city.services.voice.cases.one(Viewer(role=Role.CITIZEN, actor=citizen, subject=citizen), case)
    assert found is not None
    return found


async def _mine(city: VoiceCity) -> object:
    _, citizen = random.choice(city.some)
    viewer = Viewer(role=Role.CITIZEN, actor=citizen, subject=citizen)
    return await city.city.services.voice.cases.mine(viewer, None, PageRequest(20))


async def _map(city: VoiceCity) -> object:
    point = _somewhere(city)
    box = Box(point.latitude, point.longitude, point.latitude + _CLOSE, point.longitude + _CLOSE)
    return await city.city.services.voice.centre.map.seen(_seat(), box)


async def _whose(city: VoiceCity) -> object:
    """Of a case in hand: the rules are in memory, and a case without an asset asks nothing of the database."""
    dispatch = city.city.services.voice.centre.dispatch
    proposal = await dispatch.proposal(random.choice(city.in_hand))
    assert proposal.unit is not None
    return proposal


async def _alike(city: VoiceCity) -> object:
    words = city.words()
    return await city.city.services.voice.likeness.public_like(_somewhere(city), random.choice(city.categories), words)


async def _indicators(city: VoiceCity) -> object:
    """All that the page of the city reads: a month with every part, a year's trend, the days."""
    reading = city.city.services.voice.indicators.reading
    months = reading.now()
    return [await reading.board(months), await reading.board(reading.now(12), CITY, ()), await reading.days()]


async def _two_years(city: VoiceCity) -> object:
    reading = city.city.services.voice.indicators.reading
    return await reading.board(reading.now(24))


async def _report(city: VoiceCity) -> object:
    indicators = city.city.services.voice.indicators
    return await indicators.reports.workbook(_seat(), indicators.reading.now(12), CITY, "zh-CN")


QUESTIONS = (
    Question("file a case", _file, "cases", "writes"),
    Question("a unit's queue, a page", _queue),
    Question("a case's page, with its words", _page),
    Question("a citizen's cases, a page", _mine),
    Question("the map, a box of a kilometre", _map),
    Question("whose a case is, by the rules", _whose, wanted=0.001, times=1_000),
    Question("what is like a report", _alike, "case_signs"),
    Question("the indicators' page: a month, a year's trend", _indicators, "case_cells", wanted=1.0, times=20),
    Question("indicators of two years, by unit", _two_years, "case_cells", wanted=1.0, times=5),
    Question("the report of a year as a workbook", _report, "case_cells", times=3),
)


async def _counting(console: Console, city: VoiceCity) -> None:
    """How fast changed cases are folded: those of the small city, all of which are new to it."""
    counting = city.city.services.voice.indicators.counting
    await city.city.db["case_counting"].delete_many({})
    await city.city.db["case_cells"].delete_many({})
    began, cpu = time.perf_counter(), time.process_time()
    folded = await counting.fold()
    took, spent = time.perf_counter() - began, time.process_time() - cpu
    console.print(f"folding: {folded / took:,.0f} changed cases a second, {1_000 * spent / folded:.2f} ms of CPU each")
    began = time.perf_counter()
    differences = await counting.differences()
    took = time.perf_counter() - began
    console.print(f"check against the events: {len(differences)} differences, {folded / took:,.0f} cases a second")


def _table(taken: Mapping[str, Mapping[str, Taken]], sizes: Mapping[str, int]) -> Table:
    table = Table(title=f"{sizes['large']:,} cases against {sizes['small']:,}; wanted: growth ≤ 1.5 ×")
    table.add_column("question")
    headings = ("p50 ms", "p99 ms", "CPU ms", "database µs", "small p50 ms", "small database µs", "growth", "wanted")
    for heading in headings:
        table.add_column(heading, justify="right")
    wanted = {question.name: question.wanted for question in QUESTIONS}
    for name, cities in taken.items():
        table.add_row(name, *_cells(cities["small"], cities["large"]), _limit(wanted[name]))
    return table


def _cells(small: Taken, large: Taken) -> list[str]:
    growth = median(b / max(a, 1.0) for a, b in zip(small.database, large.database, strict=True))
    times = (f"{one:.1f}" for one in (large.at(0.5), large.at(0.99), large.cpu))
    return [
        *times,
        f"{median(large.database):.0f}",
        f"{small.at(0.5):.1f}",
        f"{median(small.database):.0f}",
        f"{growth:.2f} ×",
    ]


def _limit(seconds: float | None) -> str:
    return f"≤ {seconds:g} s" if seconds else ""


def _print_plans(console: Console, found: list[Plan]) -> None:
    scans = [plan for plan in found if plan.scans]
    sorts = [plan for plan in found if plan.sorts]
    console.print(f"{len(found)} queries of my voice explained: {len(scans)} scans, {len(sorts)} sorts in memory")
    for plan in (*scans, *sorts):
        console.print(f"  {plan}")
