"""Transit: importing a feed, its memory in a process, and what is asked of it, at 5,000 stops and 1.2 million calls.

`python -m benchmarks transit` (`--feed FILE` measures the import of another feed as well, and what each takes of
memory). Each question is asked of the service in this process, then as the app asks it: the trusted document over the
ASGI app, with nothing left out but the network. What it took of the processor is the process's own, without the
database's.
"""

from __future__ import annotations

import asyncio
import json
import pickle
import random
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from statistics import median, quantiles
from zoneinfo import ZoneInfo

import httpx2
from rich.console import Console
from rich.table import Table

from app.core.memory import give_back
from app.core.mongo import command_log
from app.core.places.model import Point
from app.domains.life.transit.feeds.building import parts_of
from app.domains.life.transit.feeds.model import Findings
from app.domains.life.transit.timetable.model import Timetable
from app.domains.life.transit.timetable.packing import Piece, unpacked
from app.domains.life.transit.timetable.store import TimetableStore
from app.embedded import EmbeddedDatabase
from app.server import OPERATIONS, create_app
from app.wiring import City
from benchmarks import bed
from benchmarks.bed import OPS
from benchmarks.machine import cores, described, resident_mb, stay_on
from benchmarks.scale import _city
from graphql_schema.endpoint.trusted import TrustedDocuments
from graphql_schema.schema import citizen_schema
from graphql_schema.types.common import global_id

STOPS, _LINES, _LONG = 5_000, 200, 30
_ASKED, _JOURNEYS = 1_000, 200
_MORNING = datetime(2026, 11, 30, 8, tzinfo=ZoneInfo("Asia/Shanghai"))
_SERVICES = (("WK", 16), ("WE", 24))
Ask = Callable[[int], Awaitable[object]]


def run(console: Console, feed: Path | None) -> None:
    stay_on(set().union(*cores()))
    asyncio.run(_run(console, feed))


async def _run(console: Console, feed: Path | None) -> None:
    for name, text in described().items():
        console.print(f"[bold]{name:10}[/] {text}")
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rong-transit-")))
        database = stack.enter_context(EmbeddedDatabase(folder))
        city = await stack.enter_async_context(_city(bed.settings_for(database.uri, "transit", folder), "transit"))
        large = folder / "large.zip"
        await asyncio.to_thread(made, large)
        console.print("a feed is made")
        console.print(await _imports(city, [one for one in (feed, large) if one is not None], folder))
        console.print(await _questions(stack, city))


async def _imports(city: City, files: list[Path], folder: Path) -> Table:
    table = Table("feed", "stops", "trips", "calls", "in force after", "rows", "peak memory", "held in memory")
    aside = len(files) > 1  # in processes of their own, which takes as long again
    for file in files:
        read = await asyncio.to_thread(_read_aside, file) if aside else None
        began = time.perf_counter()
        done = (await city.services.life.transit.feeds.run(OPS, lambda one=file: one.open("rb"))).report  # type: ignore[misc]
        took, found = time.perf_counter() - began, done.summary
        assert found is not None
        pieces = await TimetableStore(city.db).pieces(done.version)
        held = await asyncio.to_thread(_pieces_aside, folder / "pieces", pieces) if aside else None
        table.add_row(
            *(file.name, f"{found.stops:,}", f"{found.trips:,}", f"{found.calls:,}", f"{took:.1f} s"),
            *(str(len(pieces)), f"{read['peak']:.0f} MB" if read else "", f"{held:.0f} MB" if held else ""),
        )
    return table


async def _questions(stack: AsyncExitStack, city: City) -> Table:
    table = Table("question", "p50 ms", "p99 ms", "CPU ms", "commands")
    transport = httpx2.ASGITransport(create_app(city=city))
    http = await stack.enter_async_context(httpx2.AsyncClient(transport=transport, base_url="http://city.test"))
    served = _served(city)
    for question, ask in {**_of_services(city, served), **_of_the_app(http, served)}.items():
        await _measured(table, question, ask, _JOURNEYS if question == "journey" else _ASKED)
    return table


def _served(city: City) -> list[str]:
    """Stops where something calls: a walk over the grid leaves some out."""
    table = city.services.life.transit.keeper.held
    assert table is not None
    return [stop.id for stop, passing in zip(table.stops, table.passing, strict=True) if passing]


def _of_services(city: City, served: list[str]) -> dict[str, Ask]:
    transit, rng = city.services.life.transit, random.Random(5)

    async def departures(n: int) -> object:
        return transit.departures.board(served[n % len(served)], 10, at=_MORNING)

    async def near(n: int) -> object:
        return transit.stops.near(_place(n % STOPS), 800, 20)

    async def search(n: int) -> object:
        return transit.stops.search(f"站{n % STOPS}", 10)

    async def journey(n: int) -> object:
        return await transit.journeys.find(served[n % len(served)], rng.choice(served), _MORNING)

    return {"departures": departures, "stops near": near, "search by name": search, "journey": journey}


def _of_the_app(http: httpx2.AsyncClient, served: list[str]) -> dict[str, Ask]:
    document = "sha256:" + TrustedDocuments(citizen_schema, OPERATIONS / "citizen").ids()["TransitDepartures"]

    async def departures(n: int) -> object:
        given = {"stop": global_id("TransitStop", served[n % len(served)]), "first": 10, "at": _MORNING.isoformat()}
        answer = await http.post("/graphql", json={"documentId": document, "variables": given})
        assert answer.json()["data"]["transitDepartures"]["stop"], answer.text
        return answer

    return {"departures, as the app asks": departures}


async def _measured(table: Table, question: str, ask: Ask, times: int) -> None:
    for n in range(times // 20):
        await ask(n * 97)
    took, cpu, log = list[float](), _cpu(), list[str]()
    mark = command_log.set(log)
    for n in range(times):
        began = time.perf_counter()
        await ask(n * 5 + 1)
        took.append(1_000 * (time.perf_counter() - began))
    command_log.reset(mark)
    spent, late = 1_000 * (_cpu() - cpu) / times, quantiles(took, n=100)[98]
    table.add_row(question, f"{median(took):.2f}", f"{late:.2f}", f"{spent:.2f}", f"{len(log) / times:.1f}")


def made(file: Path) -> None:
    """A city of 5,000 stops and 200 lines of 30 stops each way, every 16 minutes (24 at weekends)."""
    rng = random.Random(11)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("agency.txt", "agency_name,agency_url,agency_timezone\nBus,https://bus.test,Asia/Shanghai\n")
        archive.writestr("stops.txt", "stop_id,stop_name,stop_lat,stop_lon\n" + "".join(map(_stop, range(STOPS))))
        routes = "".join(f"R{n},{n}路,3\n" for n in range(_LINES))
        archive.writestr("routes.txt", "route_id,route_short_name,route_type\n" + routes)
        week = "WK,1,1,1,1,1,0,0,20260101,20281231\nWE,0,0,0,0,0,1,1,20260101,20281231\n"
        days = "monday,tuesday,wednesday,thursday,friday,saturday,sunday"
        archive.writestr("calendar.txt", f"service_id,{days},start_date,end_date\n{week}")
        trips = ["route_id,service_id,trip_id,direction_id\n"]
        with archive.open("stop_times.txt", "w") as times:
            times.write(b"trip_id,arrival_time,departure_time,stop_id,stop_sequence\n")
            for line in range(_LINES):
                for direction, stops in enumerate(_both_ways(rng)):
                    for trip, service, text in _trips(line, direction, stops):
                        trips.append(f"R{line},{service},{trip},{direction}\n")
                        times.write(text.encode())
        archive.writestr("trips.txt", "".join(trips))


def _both_ways(rng: random.Random) -> tuple[list[int], list[int]]:
    """A walk over the grid of stops, there and back."""
    side = int(STOPS**0.5)
    row, column, along = rng.randrange(side), rng.randrange(side), list[int]()
    while len(along) < _LONG:
        number = row * side + column
        if number not in along and number < STOPS:
            along.append(number)
        row = min(side - 1, max(0, row + rng.choice((-1, 0, 1))))
        column = min(side - 1, max(0, column + rng.choice((-1, 0, 1))))
    return along, along[::-1]


def _trips(line: int, direction: int, stops: list[int]) -> Iterator[tuple[str, str, str]]:
    for service, every in _SERVICES:
        for n, start in enumerate(range(330 + line % every, 1350, every)):
            trip = f"{line}-{direction}-{service}-{n}"
            calls = ((start + 2 * turn, stop, turn) for turn, stop in enumerate(stops))
            text = "".join(
                f"{trip},{at // 60:02d}:{at % 60:02d}:00,{at // 60:02d}:{at % 60:02d}:00,S{stop},{turn}\n"
                for at, stop, turn in calls
            )
            yield trip, service, text


def _stop(n: int) -> str:
    point = _place(n)
    return f"S{n},站{n},{point.latitude:.6f},{point.longitude:.6f}\n"


def _place(n: int) -> Point:
    side = int(STOPS**0.5)
    return Point(25.95 + n // side * 0.003, 119.15 + n % side * 0.0033)


def _read_aside(file: Path) -> dict[str, float]:
    """In a process of its own, which has nothing else in memory."""
    done = subprocess.run([sys.executable, "-m", "benchmarks.transit", str(file)], stdout=subprocess.PIPE, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _pieces_aside(file: Path, pieces: list[Piece]) -> float:
    """MB that a process takes for it which has nothing else to do but read it."""
    file.write_bytes(pickle.dumps(pieces))
    command = [sys.executable, "-m", "benchmarks.transit", "--held", str(file)]
    return float(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)


def _held(file: Path) -> float:
    before = resident_mb()
    table = Timetable("bench", unpacked(pickle.loads(file.read_bytes())))
    give_back()
    return resident_mb() - before if table.trips else 0.0


def _read(file: Path) -> dict[str, float]:
    with file.open("rb") as opened:
        assert parts_of(opened, Findings()) is not None
    return {"peak": _peak_mb()}


def _peak_mb() -> float:
    """Of this process since it was started: what `getrusage` says is its parent's as well."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


if __name__ == "__main__":
    if sys.argv[1] == "--held":
        print(_held(Path(sys.argv[2])))
    else:
        print(json.dumps(_read(Path(sys.argv[1]))))
