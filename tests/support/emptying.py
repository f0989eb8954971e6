"""What a test wrote is taken out of a database again; the city's own collections and indexes stay.

What it wrote stands in the database's log of writes: to look into each of three hundred collections takes longer than
most tests. Where there is no such log, or much of it, each is looked into.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Set
from typing import Any

from bson import Timestamp
from pymongo import MongoClient, WriteConcern
from pymongo.database import Database

from app.core.collections import COLLECTIONS

_NONE: Set[str] = frozenset()
_LONG = 60
"""Seconds of the log that take longer to read than the collections."""
_ALONE, _SAFE = WriteConcern(w=1, j=False), WriteConcern(w="majority")
_BUCKETS = "system.buckets."  # what a time series keeps its rows in


class Emptying:
    def __init__(self, client: MongoClient[dict[str, Any]]) -> None:
        self._client = client
        self._since: dict[str, Timestamp | None] = {}
        self._left: dict[str, set[str]] = defaultdict(set)

    def begin(self, name: str) -> None:
        """That database is empty now."""
        self._since[name] = self._moment()

    def empty(self, name: str, keep: Set[str] = _NONE) -> bool:
        """Take everything out but what stands in those to `keep`; whether all of the city's collections are there."""
        database = self._client[name]
        present = {one for one in database.list_collection_names() if not one.startswith("system.")}
        for one in present - COLLECTIONS.keys():
            database.drop_collection(one)
        present &= COLLECTIONS.keys()
        since = self._since.get(name)
        known = self._logged(name, since) if since else None
        written = _holding(database, sorted(present)) if known is None else known | self._left[name]
        self._left[name] = written & keep
        _clear(database, sorted((written - keep) & present))
        self.begin(name)
        return present == COLLECTIONS.keys()

    def _moment(self) -> Timestamp | None:
        last = self._client.admin.command("hello").get("lastWrite") or {}
        found = last.get("opTime", {}).get("ts")
        return found if isinstance(found, Timestamp) else None

    def _logged(self, name: str, since: Timestamp) -> set[str] | None:
        """Into what was written since then; None when that takes long, or is no longer in the log."""
        log, now = self._client["local"]["oplog.rs"], self._moment()
        if now is None or now.time - since.time > _LONG or log.find_one({"ts": since}) is None:
            return None
        within = re.compile(f"^{re.escape(name)}\\.")
        rows = log.aggregate(
            [
                {"$match": {"ts": {"$gt": since}}},
                {"$project": {"ns": {"$concatArrays": [["$ns"], {"$ifNull": ["$o.applyOps.ns", []]}]}}},
                {"$unwind": "$ns"},
                {"$match": {"ns": within}},
                {"$group": {"_id": "$ns"}},
            ]
        )
        return {str(row["_id"]).removeprefix(f"{name}.").removeprefix(_BUCKETS) for row in rows}


def _clear(database: Database[dict[str, Any]], names: list[str]) -> None:
    """Nobody waits for each by itself: who waits for the last has waited for all."""
    for name in names:
        concern = _SAFE if name == names[-1] else _ALONE
        database.get_collection(name, write_concern=concern).delete_many({})


def _holding(database: Database[dict[str, Any]], names: list[str]) -> set[str]:
    """Those in which something stands, by one command."""
    if not names:
        return set()

    def told(name: str) -> list[dict[str, object]]:
        return [{"$limit": 1}, {"$project": {"_id": 0, "name": {"$literal": name}}}]

    first, *others = names
    also = [{"$unionWith": {"coll": name, "pipeline": told(name)}} for name in others]
    return {str(row["name"]) for row in database[first].aggregate([*told(first), *also])}
