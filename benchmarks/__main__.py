"""`python -m benchmarks [names…]`: run what is named, or all but `scale`, and print one table."""

from __future__ import annotations

import argparse
import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import uvloop
from rich.console import Console
from rich.table import Table

from benchmarks import ledger, places, scale, transit, voice
from benchmarks.aside import all_asides
from benchmarks.bed import Bed, Row, made
from benchmarks.cases import QUERIES, cases
from benchmarks.load import Measured, measure
from benchmarks.machine import cores, described, stay_on
from benchmarks.payment_day import day_of_payments
from benchmarks.server import Server
from benchmarks.voice_day import day_of_cases

_HTTP = (*QUERIES, "verify", "show", "collect", "token", "home")
_ASIDE = ("face", "stalls", "changes", "start", "audit", "broadcast", "slots", "search", "queue", "uploads")
_DAY = "voice-day"  # a quarter of an hour: it runs when it is named
_PAYMENT_DAY = "payment-day"
_PEOPLE = 200
console = Console(width=150)


def main() -> None:
    wanted = _arguments()
    stay_on(cores()[1])
    if "scale" in wanted.names or wanted.scale:
        scale.run(console, wanted.citizens)
        return
    if _DAY in wanted.names:
        _print_aside(uvloop.run(day_of_cases(wanted.speed)))
        return
    if _PAYMENT_DAY in wanted.names:
        _print_aside(uvloop.run(day_of_payments(wanted.payments)))
        return
    if "voice" in wanted.names:
        voice.run(console, wanted.cases)
        return
    if "places" in wanted.names:
        places.run(console, wanted.places)
        return
    if "transit" in wanted.names:
        transit.run(console, wanted.feed)
        return
    if "ledger" in wanted.names:
        ledger.run(console, wanted.postings)
        return
    uvloop.run(_run(wanted, set(wanted.names) or {*_HTTP, *_ASIDE}))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    named = [*_HTTP, *_ASIDE, "scale", "voice", "ledger", "places", "transit", _DAY, _PAYMENT_DAY, []]
    parser.add_argument("names", nargs="*", choices=named, help="what to measure")
    parser.add_argument("--rounds", type=int, default=4, help="turns each case gets (4)")
    parser.add_argument("--seconds", type=float, default=2.0, help="length of a turn (2)")
    parser.add_argument("--connections", type=int, default=64, help="requests under way at once (64)")
    parser.add_argument("--scale", action="store_true", help="the same as the name `scale`")
    parser.add_argument("--citizens", type=int, default=1_000_000, help="of the large city of `scale` (1,000,000)")
    parser.add_argument("--cases", type=int, default=1_000_000, help="of the large city of `voice` (1,000,000)")
    parser.add_argument("--payments", type=int, default=20_000, help="of `payment-day` (20,000)")
    parser.add_argument("--places", type=int, default=1_000_000, help="of the large `places` (1,000,000)")
    parser.add_argument("--feed", type=Path, help="of `transit`: a feed (GTFS) whose import is measured as well")
    parser.add_argument("--postings", type=int, default=5_000_000, help="of the large `ledger` (5,000,000)")
    parser.add_argument("--told", type=int, default=100_000, help="citizens a `broadcast` goes to (100,000)")
    parser.add_argument("--speed", type=float, default=100.0, help="of `voice-day`: times faster than life (100)")
    parser.add_argument("--json", type=Path, help="write the figures there as well")
    return parser.parse_args()


async def _run(wanted: argparse.Namespace, names: set[str]) -> None:
    with console.status("making a city"):
        context = made(_PEOPLE)
        bed = await context.__aenter__()
    try:
        measured, aside = await _measured(bed, wanted, names)
    finally:
        await context.__aexit__(None, None, None)
    _print(measured, aside, wanted)
    if wanted.json:
        wanted.json.write_text(json.dumps(_figures(measured, aside), ensure_ascii=False, indent=2), encoding="utf-8")


async def _measured(bed: Bed, wanted: argparse.Namespace, names: set[str]) -> tuple[dict[str, Measured], list[Row]]:
    lasting = wanted.rounds * wanted.seconds + 4
    chosen = await cases(bed, names, lasting)
    with ExitStack() as stack:
        apps = ["rong", *sorted({case.app for case in chosen} - {"rong"})]
        servers = {app: stack.enter_context(Server(app, bed.settings)) for app in apps}
        idle = await servers["rong"].figures()
        with console.status(f"{len(chosen)} cases, {wanted.rounds} rounds of {wanted.seconds:g} s each"):
            measured = await measure(
                chosen, servers, rounds=wanted.rounds, seconds=wanted.seconds, connections=wanted.connections
            )
        after = await servers["rong"].figures()
        with console.status(", ".join(sorted(names & {*_ASIDE}))):
            aside = await all_asides(bed, names, servers, chosen, wanted.seconds, wanted.told)
    memory = f"{idle.memory_mb:.0f} MB idle, {after.memory_mb:.0f} MB after the load"
    return measured, [*aside, ("memory of one API process", memory, "≤ 250 MB")]


def _print(measured: dict[str, Measured], aside: list[Row], wanted: argparse.Namespace) -> None:
    for name, text in described().items():
        console.print(f"[bold]{name:10}[/] {text}")
    table = Table(title=f"{wanted.connections} connections, medians of {wanted.rounds} rounds of {wanted.seconds:g} s")
    table.add_column("request")
    for heading in ("requests/s", "CPU ms", "p50 ms", "p99 ms", "CPU against"):
        table.add_column(heading, justify="right")
    for one in measured.values():
        table.add_row(*_cells(one, measured))
    console.print(table)
    _print_aside(aside)


def _print_aside(aside: list[Row]) -> None:
    others = Table("also", "measured", "wanted")
    for row in aside:
        others.add_row(*row)
    console.print(others)


def _cells(one: Measured, measured: dict[str, Measured]) -> list[str]:
    times = (f"{_middle(values):.1f}" for values in (one.p50, one.p99))
    return [one.case.about, f"{one.rate:,.0f}", f"{one.cpu:.3f}", *times, _against(one, measured)]


def _against(one: Measured, measured: dict[str, Measured]) -> str:
    baseline = one.case.baseline
    if baseline is None:
        return ""
    ratio = one.against(measured[baseline])
    return f"{1 / ratio:.1f} × less than out of the box" if baseline.endswith("/plain") else f"{ratio:.1f} × {baseline}"


def _middle(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def _figures(measured: dict[str, Measured], aside: list[Row]) -> dict[str, Any]:
    return {
        **described(),
        "http": {
            name: {
                "rate": one.rate,
                "cpu_ms": one.cpu,
                "p50_ms": _middle(one.p50),
                "p99_ms": _middle(one.p99),
                "baseline": one.case.baseline,
                "cpu_ratio": one.against(measured[one.case.baseline]) if one.case.baseline else None,
            }
            for name, one in measured.items()
        },
        "aside": [dict(zip(("what", "measured", "wanted"), row, strict=True)) for row in aside],
    }


if __name__ == "__main__":
    main()
