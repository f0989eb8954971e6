"""Seals anew what older keys sealed, so that these can be destroyed; runs while the city does.

One walk over every collection that holds sealed values, in the order of `_id`, some hundred rows at a time. Each
update holds the bytes it was read with: whoever writes meanwhile wins, and is looked at in the next walk. How far it
came stands with the key that seals, so that whoever continues after a kill goes on from there; beginning a batch
twice does no harm. When a walk met nothing old, and began when every process was sure to seal under the present key,
the keys before it are destroyed. A value that does not open keeps them all.

A citizen's values that were sealed before there were person keys are sealed under his own key here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from app.core.clock import Clock
from app.core.collections import COLLECTIONS, Sealed
from app.core.data_keys import DataKeys, KnownKey, Progress
from app.core.mongo import Database, Document
from app.core.person_keys import PersonKeys
from app.core.sealed import KeyRing, PersonErased, SealBroken, key_of

log = structlog.get_logger()
# A process that was cut off from the change stream when a key was made seals under the one before until it hears.
QUIET = timedelta(hours=1)
_BATCH = 200
_PAUSE = 0.1  # seconds between batches: at most 2,000 rows a second, which the change stream tells to every process
_SEALED = {name: shape.sealed for name, shape in sorted(COLLECTIONS.items()) if shape.sealed}


@dataclass(frozen=True, slots=True)
class Resealed:
    """What a run did. `clean`: a whole walk met nothing old. `stuck`: values that no key opens."""

    rows: int
    clean: bool
    stuck: int
    destroyed: tuple[str, ...]


class Resealing:
    def __init__(
        self, db: Database, ring: KeyRing, data_keys: DataKeys, persons: PersonKeys, clock: Clock, pause: float = _PAUSE
    ) -> None:
        self._db = db
        self._ring = ring
        self._data_keys = data_keys
        self._persons = persons
        self._clock = clock
        self._pause = pause

    async def run(self, within: timedelta = timedelta(days=1)) -> Resealed:
        """Walk until nothing old is left or the time is over, then destroy what has retired. The next run goes on."""
        present, ends = await self._present(), self._clock.now() + within
        progress, rows = await self._data_keys.progress(present.id), 0
        while self._wanted(progress, present):
            before = 0 if progress is None or progress.ended_at else progress.old
            progress = await self._walk(present.id, progress, ends)
            rows += progress.old - before
            if progress.stuck or self._clock.now() >= ends:
                break
        clean = progress is not None and progress.clean
        return Resealed(rows, clean, progress.stuck if progress else 0, await self._destroy(present, progress))

    async def _present(self) -> KnownKey:
        sealing = self._ring.sealing
        return next(key for key in await self._data_keys.known() if key.id == sealing)

    def _wanted(self, progress: Progress | None, present: KnownKey) -> bool:
        """Whether another walk is due: none was clean, or what was sealed since could be under an older key."""
        if progress is None or not progress.clean:
            return True
        return progress.began_at < present.seals_from + QUIET <= self._clock.now()

    async def _destroy(self, present: KnownKey, progress: Progress | None) -> tuple[str, ...]:
        if progress is None or not progress.clean or progress.began_at < present.seals_from + QUIET:
            return ()
        old = [key.id for key in await self._data_keys.known() if key.id < present.id and not key.destroyed_at]
        return tuple([key_id for key_id in old if await self._data_keys.destroy(key_id)])

    async def _walk(self, key_id: str, left: Progress | None, ends: datetime) -> Progress:
        """One walk, from where it was left, to its end or that of the time."""
        progress = left if left and left.ended_at is None else Progress(self._clock.now())
        for name in (name for name in _SEALED if name >= progress.collection):
            after: str | None = progress.after if name == progress.collection else ""
            while after is not None:
                after, old, stuck = await self._batch(name, after)
                progress = replace(progress, old=progress.old + old, stuck=progress.stuck + stuck)
                if after is not None:
                    progress = replace(progress, collection=name, after=after)
                    await self._data_keys.keep_progress(key_id, progress)
                    if self._clock.now() >= ends:
                        return progress
                    await asyncio.sleep(self._pause)
        progress = replace(progress, ended_at=self._clock.now())
        await self._data_keys.keep_progress(key_id, progress)
        return progress

    async def _batch(self, name: str, after: str) -> tuple[str | None, int, int]:
        """The last `_id` looked at (None: the collection has ended), how many values were old, and how many stuck."""
        fields = _SEALED[name]
        wanted = {path: 1 for one in fields for path in (one.path, one.record, one.owner or "_id")}
        rows = await self._db[name].find({"_id": {"$gt": after}}, wanted).sort("_id", 1).limit(_BATCH).to_list(None)
        old = [(row, one, value) for row in rows for one in fields if (value := self._old(row, one)) is not None]
        changes = [await self._anew(row, one, value) for row, one, value in old]
        await self._db.update_each(name, [change for change in changes if change is not None])
        if stuck := changes.count(None):
            log.error("sealed values do not open", collection=name, count=stuck)
        return (rows[-1]["_id"] if rows else None), len(changes) - stuck, stuck

    def _old(self, row: Document, one: Sealed) -> bytes | None:
        """The value, when it is not sealed as it would be now."""
        value = at(row, one.path)
        if not isinstance(value, bytes) or (key_id := key_of(value)) is None:
            return None
        personal = one.owner is not None and at(row, one.owner) is not None
        return value if personal or key_id != self._ring.sealing else None

    async def _anew(self, row: Document, one: Sealed, value: bytes) -> tuple[Document, Document] | None:
        """The guarded update that seals it as it would be now; None when it does not open."""
        as_read = {"_id": row["_id"], one.path: value}
        try:
            return as_read, {"$set": {one.path: await self._sealed(row, one, value)}}
        except PersonErased:  # of the time before person keys, and its owner is gone
            return as_read, {"$unset": {one.path: ""}}
        except SealBroken:
            return None

    async def _sealed(self, row: Document, one: Sealed, value: bytes) -> bytes:
        record, owner = str(at(row, one.record)), at(row, one.owner) if one.owner else None
        if owner is None:
            return self._ring.seal(
                self._ring.open(value, record=record, field=one.field), record=record, field=one.field
            )
        plain = (await self._persons.of(owner)).open(value, record=record, field=one.field)
        return (await self._persons.sealing(owner)).seal(plain, record=record, field=one.field)


def at(row: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path; None when there is none."""
    value: Any = row
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value
