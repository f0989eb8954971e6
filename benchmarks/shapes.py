"""Every query of every store, asked for its plan: none may scan a collection.

Nothing is listed by hand. Each public method of each store is called once with sample values made from its
annotations, a listener takes down the commands it sends, and the database explains them. A store or a method that
is added later is in it, and a parameter without a sample stops the run.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from pymongo import monitoring
from pymongo.errors import PyMongoError

from app.core.errors import RongError
from app.core.mongo import Database, Document, Tx
from app.core.outbox import Outbox
from app.core.paging import PageRequest
from app.core.sealed import KeyRing
from app.domains.identity.citizens.store import CitizenStore
from app.domains.identity.clients.store import ClientStore
from app.domains.identity.guardians.store import GuardianshipStore
from app.domains.identity.organisations.store import OrganisationStore
from app.domains.identity.sessions.store import SessionStore
from app.domains.identity.sign_in.store import ChallengeStore
from app.domains.identity.staff.store import StaffStore
from app.domains.identity.verification.store import VerificationStore
from app.wiring import City
from notifications.store import DeliveryStore, InboxStore, PushDeviceStore
from virtual_card.cards.store import CardStore
from virtual_card.codes.store import CodeStore
from virtual_card.disclosures.store import DisclosureStore

_STORES = (
    CardStore,
    ChallengeStore,
    CitizenStore,
    ClientStore,
    CodeStore,
    DeliveryStore,
    DisclosureStore,
    GuardianshipStore,
    InboxStore,
    OrganisationStore,
    PushDeviceStore,
    SessionStore,
    StaffStore,
    VerificationStore,
)
READ_WHOLE = {"organisations": "the tree, read into memory at start"}
"""Collections that are read from end to end on purpose."""

_EXPLAINED = {"find", "update", "delete", "count", "aggregate", "findAndModify"}
_OF_THE_WIRE = {"lsid", "txnNumber", "autocommit", "startTransaction", "$clusterTime", "$db", "readConcern"}
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
        return "COLLSCAN" in self.stages and self.collection not in READ_WHOLE


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


async def plans(city: City, heard: Heard) -> list[Plan]:
    """`heard` must be a listener of the city's client."""
    found: list[Plan] = []
    for kind in (*_STORES, Outbox):
        store = _store(kind, city)
        for name, method in _public(store):
            heard.commands.clear()
            await _call(city.db, method)
            for command in tuple(heard.commands):
                found += await _explained(city.db, f"{kind.__name__}.{name}", command)
    return found


def _store(kind: type, city: City) -> Any:
    if kind is Outbox:
        return city.outbox
    parts = {"ring": KeyRing.from_settings(city.settings), "persons": city.persons}
    return kind(city.db, **{name: part for name, part in parts.items() if name in inspect.signature(kind).parameters})


def _public(store: object) -> Iterator[tuple[str, Any]]:
    for name, method in inspect.getmembers(store, inspect.ismethod):
        if not name.startswith("_") and (inspect.iscoroutinefunction(method) or inspect.isasyncgenfunction(method)):
            yield name, method


async def _call(db: Database, method: Any) -> None:
    """What it answers does not matter, nor that sample rows clash."""

    async def work(tx: Tx) -> None:
        called = method(**_samples(method, tx))
        if isinstance(called, AsyncIterator):
            async for _ in called:
                break
        else:
            await called

    with suppress(RongError, PyMongoError):
        await db.transaction(work)


def _samples(method: Any, tx: Tx) -> dict[str, Any]:
    hints = get_type_hints(method)
    return {name: _sample(hints[name], tx) for name in inspect.signature(method).parameters}


def _sample(hint: Any, tx: Tx | None) -> Any:
    """A value of that type. Raises TypeError for one it cannot make."""
    if hint is Tx:
        return tx
    if hint is PageRequest:
        return PageRequest(20, "x")
    if get_origin(hint) in (UnionType, Union):
        return _sample(next(one for one in get_args(hint) if one is not NoneType), tx)
    if get_origin(hint) in (list, tuple, frozenset, Sequence):
        return _several(hint, tx)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return next(iter(hint))
    if is_dataclass(hint):
        types = get_type_hints(hint)
        return hint(**{one.name: _sample(types[one.name], tx) for one in fields(hint)})  # type: ignore[operator]
    return _plain(hint)


def _several(hint: Any, tx: Tx | None) -> Any:
    kind = tuple if get_origin(hint) is tuple else frozenset if get_origin(hint) is frozenset else list
    return kind([_sample(get_args(hint)[0], tx)])


_PLAIN: dict[Any, Any] = {str: "x", int: 1, bool: True, bytes: b"x", Any: "x", timedelta: timedelta(1)}


def _plain(hint: Any) -> Any:
    if hint is datetime:
        return datetime.now(UTC)
    if hint is date:
        return datetime.now(UTC).date()
    if hint in _PLAIN:
        return _PLAIN[hint]
    if inspect.isclass(hint) and issubclass(hint, dict):
        return {}
    if get_origin(hint) is not None:  # a mapping of facts
        return {}
    raise TypeError(f"no sample of {hint} to call a store with")


async def _explained(db: Database, method: str, command: Document) -> list[Plan]:
    name = next(iter(command))
    body = {key: value for key, value in command.items() if key not in _OF_THE_WIRE | _UNASKED}
    # An explain takes one statement; an update of several is asked one by one.
    several = {"update": "updates", "delete": "deletes"}.get(name)
    bodies = [{**body, several: [one]} for one in body[several]] if several else [body]
    return [await _plan(db, method, one) for one in bodies]


async def _plan(db: Database, method: str, body: Document) -> Plan:
    explained = await db._db.command({"explain": body, "verbosity": "queryPlanner"})
    name = next(iter(body))
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
