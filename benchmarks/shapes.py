"""Every query of every store, asked for its plan: none may scan a collection, or sort what it found in memory.

Nothing is listed by hand. Each public method of each class that asks the database is called with sample values made
from its annotations, once with everything that can be given and once with nothing that can be left out; a listener
takes down the commands it sends, and the database explains them. A store or a method that is added later is in it,
and a parameter without a sample stops the run.
"""

from __future__ import annotations

import importlib
import inspect
import itertools
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pymongo import monitoring
from pymongo.errors import PyMongoError

from app.core.errors import RongError
from app.core.mongo import Database, Document, Tx
from app.wiring import City
from benchmarks.samples import arguments

_ROOT = Path(__file__).resolve().parents[1]
_ROOMS = ("app", "notifications", "virtual_card")
_ASKS = re.compile(r"\b_?db\[|_db\.aggregate")
NOT_ASKED = {
    "Audit": "only adds",
    "Database": "the driver itself",
    "DeskSessions": "finds by _id; wants a request of a browser",
    "Resealing": "walks every collection by _id, on purpose",
}
"""Classes that use the database and are not asked, and why."""

READ_WHOLE = {
    "organisations": "the tree, read into memory at start",
    "case_categories": "the tree, read into memory at start",
    "boundaries": "the divisions' shapes, read into memory at start",
    "responsibilities": "some hundreds of rules, read into memory at start",
    "signing_keys": "a handful, read into memory at start",
    "data_keys": "a handful, read into memory at start",
    "FoldStore.sums": "asked with nothing here; what its callers ask of it is explained with them",
    "CitizenStore.count": "an audience of everybody is counted one by one",
}
"""Collections and methods that read from end to end on purpose."""

SORTED = {"Holdings.rows": "what the audit holds of one person"}
"""Methods that sort what no index gives in order, on purpose."""

_EXPLAINED = {"find", "update", "delete", "count", "aggregate", "findAndModify"}
_OF_THE_WIRE = {"lsid", "txnNumber", "autocommit", "startTransaction", "$clusterTime", "$db", "readConcern"}
_UNANSWERED = "no answer in time"
_UNASKED = {"writeConcern", "maxTimeMS", "ordered", "$readPreference"}


@dataclass(frozen=True, slots=True)
class Plan:
    method: str
    collection: str
    command: str
    asks: str
    stages: frozenset[str]

    @property
    def scans(self) -> bool:
        """Or so slow to plan that the database gave no answer."""
        return bool(self.stages & {"COLLSCAN", _UNANSWERED}) and not {self.method, self.collection} & READ_WHOLE.keys()

    @property
    def sorts(self) -> bool:
        """In memory, what no index gave in order."""
        return bool(self.stages & {"SORT", "$sort"}) and self.method not in SORTED


class Heard(monitoring.CommandListener):
    """Commands sent while a method runs, in the order in which they were sent."""

    def __init__(self) -> None:
        self.commands: list[Document] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if event.command_name in _EXPLAINED:
            self.commands.append(dict(event.command))

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        pass

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        pass


async def plans(city: City, heard: Heard, within: str = "") -> list[Plan]:
    """`heard` must be a listener of the city's client; `within`: only of modules whose names begin so."""
    found: dict[Plan, None] = {}  # each once, in order
    for kind in askers(within):
        for name, method in _public(_one(kind, city)):
            for command in await _commands(city.db, method, heard):
                found |= dict.fromkeys(await _explained(city.db, f"{kind.__name__}.{name}", command))
    return list(found)


def askers(within: str = "") -> list[type]:
    """Every class that asks the database by itself, of modules whose names begin so."""
    found = []
    for path in sorted(path for room in _ROOMS for path in (_ROOT / room).rglob("*.py")):
        name = ".".join(path.relative_to(_ROOT).with_suffix("").parts)
        if name.startswith(within) and _ASKS.search(path.read_text(encoding="utf-8")):
            found += [one for one in vars(importlib.import_module(name)).values() if _is_asker(one, name)]
    return [one for one in found if one.__name__ not in NOT_ASKED]


def _is_asker(one: Any, module: str) -> bool:
    return inspect.isclass(one) and one.__module__ == module and bool(_ASKS.search(inspect.getsource(one)))


def _one(kind: type, city: City) -> Any:
    """The city's own, or one like it: parameters are named as the parts of the city are."""
    own = next((part for one in fields(city) if type(part := getattr(city, one.name)) is kind), None)
    names = {"chain": "audit_chain", "verifier": "audit_verifier"}
    wanted = list(inspect.signature(kind).parameters)
    return own or kind(*(getattr(city, names.get(name, name)) for name in wanted))


def _public(store: object) -> Iterator[tuple[str, Any]]:
    for name, method in inspect.getmembers(store, inspect.ismethod):
        if not name.startswith("_") and (inspect.iscoroutinefunction(method) or inspect.isasyncgenfunction(method)):
            yield name, method


async def _commands(db: Database, method: Any, heard: Heard) -> list[Document]:
    """What it sends. What it answers does not matter, nor that sample rows clash or cannot be read."""
    sent: list[Document] = []
    for number in range(sum(1 for _ in arguments(method, None))):

        async def work(tx: Tx, number: int = number) -> None:
            await _called(method(**next(itertools.islice(arguments(method, tx), number, None))))

        heard.commands.clear()
        with suppress(RongError, PyMongoError, ValidationError, LookupError, ValueError, AssertionError):
            await db.transaction(work)
        sent.extend(heard.commands)
    return sent


async def _called(called: Any) -> None:
    if not isinstance(called, AsyncIterator):
        await called
        return
    async for _ in called:
        break


async def _explained(db: Database, method: str, command: Document) -> list[Plan]:
    name = next(iter(command))
    body = {key: value for key, value in command.items() if key not in _OF_THE_WIRE | _UNASKED}
    # An explain takes one statement; an update of several is asked one by one.
    several = {"update": "updates", "delete": "deletes"}.get(name)
    bodies = [{**body, several: [one]} for one in body[several]] if several else [body]
    return [await _plan(db, method, one) for one in bodies]


async def _plan(db: Database, method: str, body: Document) -> Plan:
    name = next(iter(body))
    try:
        explained = await db._db.command({"explain": body, "verbosity": "queryPlanner"})
    except PyMongoError as error:
        if not error.timeout:
            raise
        return Plan(method, body[name], name, _asks(body), frozenset({_UNANSWERED}))
    return Plan(method, body[name], name, _asks(body), frozenset(_stages(explained)))


def _asks(body: Document) -> str:
    asked = body.get("filter") or body.get("query") or body.get("pipeline")
    asked = asked or next((one["q"] for one in body.get("updates") or body.get("deletes") or ()), {})
    sort = f" sort {dict(body['sort'])}" if body.get("sort") else ""
    return (", ".join(asked) if isinstance(asked, dict) else "pipeline") + sort


def _stages(node: Any) -> Iterator[str]:
    """Names of all stages of the plan that won, however deep."""
    if isinstance(node, dict):
        if isinstance(node.get("stage"), str):
            yield node["stage"]
        for key, inner in node.items():
            if key != "rejectedPlans":
                yield from _stages(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _stages(inner)
