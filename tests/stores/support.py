"""What the tests of stores share: the indexes of a few collections only, and many calls at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from app.core.clock import SystemClock
from app.core.collections import COLLECTIONS
from app.core.mongo import Database, Tx, index_model
from app.core.person_keys import PersonKeys
from app.core.sealed import KeyRing
from tests.conftest import settings_for

T = TypeVar("T")
RING = KeyRing.from_settings(settings_for("mongodb://nowhere.test", "x"))


def persons_of(db: Database) -> PersonKeys:
    return PersonKeys(db, RING, SystemClock())


async def shaped(db: Database, *collections: str) -> Database:
    """Make these collections as `Database.prepare` would; all of them would take a second."""
    for name in collections:
        indexes = [index_model(index) for index in COLLECTIONS[name].indexes]
        if indexes:
            await db[name].create_indexes(indexes)
        else:
            await db[name].insert_one({"_id": "made"})
            await db[name].delete_one({"_id": "made"})
    return db


async def within(db: Database, work: Callable[[Tx], Awaitable[T]]) -> T:
    """One step of a store that wants a transaction."""
    return await db.transaction(work)


async def at_once(count: int, call: Callable[[int], Awaitable[T]]) -> list[T | BaseException]:
    return await asyncio.gather(*(call(n) for n in range(count)), return_exceptions=True)


async def stored(db: Database, collection: str) -> list[dict[str, Any]]:
    return await db[collection].find({}).to_list(None)


def bytes_of(rows: list[dict[str, Any]]) -> bytes:
    """All that is readable in these rows, for asking whether something personal is among it."""
    return b"\n".join(_flat(value) for row in rows for value in row.values())


def _flat(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, dict):
        return b"\n".join(_flat(inner) for inner in value.values())
    return str(value).encode()
