"""Threads in MongoDB, sealed: a citizen's under his own key, and a passing person's, gone in a day, under the city's.

They lie apart: what belongs to a citizen goes with him, and what belongs to nobody is not kept.
"""

from __future__ import annotations

from datetime import datetime

from pydantic import TypeAdapter

from app.core.mongo import Database, Document, Tx
from app.core.person_keys import PersonKeys
from app.core.sealed import KeyRing
from app.domains.government.answers.asking.model import KEPT_PASSED_ON, Asker, PassedOn, Thread, Turn
from app.domains.government.answers.entries.model import HandOver

FIELD, SUMMARY = "ask turns", "ask summary"
_TURNS: TypeAdapter[tuple[Turn, ...]] = TypeAdapter(tuple[Turn, ...])


class ThreadStore:
    def __init__(self, db: Database, ring: KeyRing, persons: PersonKeys) -> None:
        self._of_citizens = db["ask_sessions"]
        self._passing = db["passing_asks"]
        self._ring = ring
        self._persons = persons

    async def get(self, id_: str, asker: Asker, now: datetime, tx: Tx | None = None) -> Thread | None:
        """His own, and not over yet."""
        alive = {"_id": id_, "tidy_at": {"$gt": now}}
        if asker.citizen is not None:
            row = await self._of_citizens.find_one({"citizen": asker.citizen, **alive}, session=tx)
        else:
            row = await self._passing.find_one({**alive, "device": asker.device}, session=tx)
        return await self._thread(row, asker, tx) if row else None

    async def put(self, thread: Thread, now: datetime, tx: Tx) -> bool:
        """A new thread, or its next revision; False when another turn was written meanwhile."""
        row = await self._row(thread, now, tx)
        rows = self._passing if thread.asker.citizen is None else self._of_citizens
        if thread.revision == 1:
            await rows.insert_one(row, session=tx)
            return True
        before = {**_owner(thread.asker), "_id": thread.id, "revision": thread.revision - 1}
        return bool((await rows.replace_one(before, row, session=tx)).modified_count)

    async def _row(self, thread: Thread, now: datetime, tx: Tx) -> Document:
        plain, citizen = _TURNS.dump_json(thread.turns), thread.asker.citizen
        if citizen is not None:
            key = await self._persons.sealing(citizen, tx)
            turns = key.seal(plain, record=thread.id, field=FIELD)
        else:
            turns = self._ring.seal(plain, record=thread.id, field=FIELD)
        return {
            "_id": thread.id,
            **_owner(thread.asker),
            "begun_at": thread.begun_at,
            "revision": thread.revision,
            "turns": turns,
            "tidy_at": thread.expires_at(now),
        }

    async def _thread(self, row: Document, asker: Asker, tx: Tx | None) -> Thread:
        if asker.citizen is not None:
            key = await self._persons.of(asker.citizen, tx)
            plain = key.open(row["turns"], record=row["_id"], field=FIELD)
        else:
            plain = self._ring.open(row["turns"], record=row["_id"], field=FIELD)
        return Thread(row["_id"], asker, row["begun_at"], _TURNS.validate_json(plain), row["revision"])


def _owner(asker: Asker) -> Document:
    return {"device": asker.device} if asker.citizen is None else {"citizen": asker.citizen}


class PassedOnStore:
    def __init__(self, db: Database, persons: PersonKeys) -> None:
        self._rows = db["ask_handovers"]
        self._persons = persons

    async def add(self, passed: PassedOn, tx: Tx) -> None:
        key = await self._persons.sealing(passed.citizen, tx)
        row = {
            "_id": passed.id,
            "thread": passed.thread,
            "citizen": passed.citizen,
            "to": passed.to.value,
            "item": passed.item,
            "summary": key.seal_text(passed.summary, record=passed.id, field=SUMMARY),
            "at": passed.at,
            "tidy_at": passed.at + KEPT_PASSED_ON,
        }
        await self._rows.insert_one(row, session=tx)

    async def get(self, id_: str, citizen: str) -> PassedOn | None:
        """His own."""
        row = await self._rows.find_one({"citizen": citizen, "_id": id_})
        if row is None:
            return None
        key = await self._persons.of(citizen)
        summary = key.open_text(row["summary"], record=id_, field=SUMMARY)
        return PassedOn(id_, row["thread"], citizen, HandOver(row["to"]), row["item"], summary, row["at"])
