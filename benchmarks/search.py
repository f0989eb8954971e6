"""Searching the catalogue in the process: how long a question takes, how long the index takes to build, and its memory.

Twice, each in a process of its own that has loaded the whole API: the seeded items at their 127,531 offers, and, as the
worst case, 127,531 items that all differ, made of an item's name and the unit that offers it. The questions are those
of the test of the search's quality, each asked anew: nothing is remembered of a question, titles are as in a city that
has been running.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles

import app.server
from app.core.said import UNSAID
from app.core.texts import Reader, Synonyms, Text, TextIndex, dictionaries
from app.domains.government.catalogue.reading import read_item
from app.domains.government.search.keeping.synonyms import SHIPPED
from app.domains.government.search.model import document, places_of
from benchmarks.bed import Row
from benchmarks.machine import resident_mb
from mocks.catalogue import items, offers
from mocks.divisions import governments

QUESTIONS = Path(__file__).resolve().parents[1] / "tests" / "government" / "search_questions.tsv"
_CASES = {"seeded": "search, {texts:,} items at 127,531 offers", "distinct": "search, {texts:,} items that all differ"}
_AT_ONCE = 2_000


def searches() -> list[Row]:
    return [row for case in _CASES for row in _rows(case)]


def _rows(case: str) -> Iterator[Row]:
    done = subprocess.run([sys.executable, "-m", "benchmarks.search", case], stdout=subprocess.PIPE, check=True)
    found = json.loads(done.stdout)
    about = _CASES[case].format(texts=found["texts"])
    for kind, (middle, slowest, asked) in found["kinds"].items():
        yield f"{about}: {kind}", f"p50 {middle:.2f} ms, p99 {slowest:.2f} ms ({asked} asked)", "p50 ≤ 1 ms"
    wanted = "≤ 250 MB" if case == "seeded" else ""
    yield f"{about}: index built in", f"{found['built']:.1f} s", ""
    yield f"{about}: memory of the process", f"{found['memory']:.0f} MB, {found['before']:.0f} MB without it", wanted


def _measured(case: str) -> dict[str, object]:
    assert app.server.create_app  # what an API process has loaded besides
    texts, spent = iter(list(_seeded() if case == "seeded" else _distinct())), 0.0
    before = resident_mb()  # with the texts, which a city keeps as well
    dictionaries.load()
    index = TextIndex(Reader(Synonyms.parsed(SHIPPED.read_text(encoding="utf-8"))))
    batch: list[Text] = []
    for text in texts:
        batch.append(text)
        if len(batch) == _AT_ONCE:
            spent += _added(index, batch)
            batch = []
    started = time.perf_counter()
    index.put(batch)
    index.close_writing()
    built = spent + time.perf_counter() - started
    return {
        "kinds": _asked(index), "built": built, "memory": resident_mb(), "before": before, "texts": len(index),
    }  # fmt: skip


def _added(index: TextIndex, batch: list[Text]) -> float:
    started = time.perf_counter()
    index.add(batch)
    return time.perf_counter() - started


def _asked(index: TextIndex) -> dict[str, tuple[float, float, int]]:
    """p50 and p99 in milliseconds, and how many, by kind of question; and of each beginning, as it is typed."""
    times: defaultdict[str, list[float]] = defaultdict(list)
    for turn in range(4):
        for kind, typed in _questions():
            index.reader.question.cache_clear()
            started = time.perf_counter()
            index.search(typed)
            middle = time.perf_counter()
            index.suggest(typed[: 1 + turn])
            if turn:  # the first turn reads what a running city has read
                times[kind].append((middle - started) * 1000)
                times["suggestions"].append((time.perf_counter() - middle) * 1000)
    return {kind: (*_cut(spent), len(spent)) for kind, spent in times.items()}


def _cut(spent: list[float]) -> tuple[float, float]:
    parts = quantiles(spent, n=100)
    return parts[49], parts[98]


def _questions() -> list[tuple[str, str]]:
    lines = QUESTIONS.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [(kind, typed) for kind, typed, _ in rows]


def _seeded() -> Iterator[Text]:
    units = defaultdict[str, set[str]](set)
    for one in offers():
        units[one.item].add(one.unit)
    for row in items():
        item, _ = read_item(row, "")
        if item is not None:
            divisions = {unit.ljust(12, "0") for unit in units[item.code]}
            yield document(item, UNSAID, places_of(units[item.code], divisions), item.popularity / 100)


def _distinct() -> Iterator[Text]:
    """Its name with the unit's before it, and what people call it."""
    names = {unit.code: unit.name for unit in governments()}
    known = {row["code"]: row for row in items()}
    for one in offers():
        row = known[one.item]
        titles = (f"{names[one.unit]}{row['name'][0]}", row["name"][1], *row.get("also", ()))
        yield Text(f"{one.item}@{one.unit}", titles, weight=row["popularity"] / 100, tags=(f"level:{one.level}",))


if __name__ == "__main__":
    print(json.dumps(_measured(sys.argv[1])))
