"""Hand-overs in MongoDB: what is to be told and when, what departments said, and in what we differ.

A row is served under a lease (`fence`, `free_at`). Whoever changes it counts `version` up, and each change names the
version it was made from: what the application adds meanwhile is never lost to a worker who finishes late.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core.ids import new_id
from app.core.mongo import Database, Document, DuplicateKey, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKey, PersonKeys
from app.core.sealed import PersonErased
from app.domains.government.handover.model import (
    Difference,
    Handover,
    HandoverState,
    Kind,
    News,
    Step,
    difference_id,
)

_WORDS = "handover words"
_RIVALS = 8
_LOOKED_AT = 32


@dataclass(frozen=True, slots=True)
class Lease:
    """`version` is of the row as it was last read or written under this lease."""

    handover: Handover
    fence: str
    until: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a department's system has from us, and what waits for it."""

    system: str
    open: int
    waiting: int
    oldest: datetime | None


class HandoverStore:
    def __init__(self, db: Database) -> None:
        self._rows = db["handovers"]
        self._db = db

    async def add(self, handover: Handover, tx: Tx) -> None:
        """Once for each number; a repeat adds nothing."""
        new = {**_row(handover), "due_at": handover.made_at, "free_at": handover.made_at, "version": 0}
        await self._rows.update_one({"_id": handover.number}, {"$setOnInsert": new}, upsert=True, session=tx)

    async def get(self, number: str, tx: Tx | None = None) -> Handover | None:
        row = await self._rows.find_one({"_id": number}, session=tx)
        return _handover(row) if row else None

    async def present(self, numbers: Collection[str], system: str) -> dict[str, Handover]:
        """Those of these numbers that were handed to this system."""
        rows = await self._rows.find({"_id": {"$in": list(numbers)}, "system": system}).to_list(None)
        return {row["_id"]: _handover(row) for row in rows}

    async def errand(self, number: str, errand: str, now: datetime, tx: Tx) -> bool:
        """One more to tell. False when it is settled, or was handed to nobody."""
        row = await self._rows.find_one({"_id": number, "open": True}, session=tx)
        if row is None:
            return False
        changed = _handover(row).with_errand(errand)
        change = {"$set": {**_row(changed), "due_at": now}, "$inc": {"version": 1}}
        seen = {"_id": number, "version": row["version"]}
        return bool((await self._rows.update_one(seen, change, session=tx)).modified_count)

    async def put_back(self, changed: Handover, now: datetime, tx: Tx) -> bool:
        """As ops want it, due now; a worker's lease ends with it. False when it is settled."""
        which = {"_id": changed.number, "open": True}
        change = {**_row(changed), "due_at": now, "free_at": now}
        done = await self._rows.update_one(
            which, {"$set": change, "$unset": {"fence": 1}, "$inc": {"version": 1}}, session=tx
        )
        return bool(done.modified_count)

    async def poke(self, numbers: Collection[str], at: datetime) -> int:
        """Have them looked at; whatever is being done about one now is followed by another look."""
        which = {"_id": {"$in": list(numbers)}, "open": True}
        done = await self._rows.update_many(which, {"$set": {"due_at": at}, "$inc": {"version": 1}})
        return int(done.modified_count)

    async def claim(
        self,
        now: datetime,
        lease: timedelta,
        most: int,
        *,
        free: Callable[[str], int] = lambda _: 1,
        within: str | None = None,
        beside: Collection[str] = (),
    ) -> list[Lease]:
        """Rows that are due, of one system or of all `beside` these; nobody else's for the length of the lease.

        `free` tells how many may be taken of a system.
        """
        which: Document = {"open": True, "due_at": {"$lte": now}, "free_at": {"$lte": now}}
        which["system"] = within if within is not None else {"$nin": sorted(beside)}
        rows = await self._rows.find(which).sort("due_at", 1).limit(max(most, _LOOKED_AT)).to_list(None)
        random.shuffle(rows)  # lest all workers go for the same one
        leases: list[Lease] = []
        taken: Counter[str] = Counter()
        for row in rows:
            system = row["system"]
            if len(leases) < most and taken[system] < free(system) and (mine := await self._take(row, now + lease)):
                leases.append(mine)
                taken[system] += 1
        return leases

    async def _take(self, row: Document, until: datetime) -> Lease | None:
        fence, version = new_id(), row["version"] + 1
        seen = {"_id": row["_id"], "version": row["version"], "free_at": row["free_at"]}
        taken = await self._rows.update_one(seen, {"$set": {"free_at": until, "fence": fence}, "$inc": {"version": 1}})
        return Lease(_handover(row), fence, until, version) if taken.modified_count else None

    async def alter(self, lease: Lease, change: Callable[[Handover], Handover]) -> Lease | None:
        """`change` what is there now, whoever wrote it. None when the lease was lost."""
        for _ in range(_RIVALS):
            row = await self._rows.find_one({"_id": lease.handover.number, "fence": lease.fence})
            if row is None:
                return None
            changed = change(_handover(row))
            mine = {"_id": row["_id"], "fence": lease.fence, "version": row["version"]}
            done = await self._rows.update_one(mine, {"$set": _row(changed), "$inc": {"version": 1}})
            if done.modified_count:
                # Written by others meanwhile: the end of this lease must not put off what they want.
                known = lease.version + 1 if row["version"] == lease.version else -1
                return Lease(changed, lease.fence, lease.until, known)
        return None

    async def lay_down(self, lease: Lease, due_at: datetime | None, now: datetime) -> None:
        """End the lease. What was written by others meanwhile is due at once."""
        mine = {"_id": lease.handover.number, "fence": lease.fence}
        change: Document = {"$set": {"free_at": now}, "$unset": {"fence": 1}, "$inc": {"version": 1}}
        change["$set" if due_at else "$unset"]["due_at"] = due_at or 1
        done = await self._rows.update_one({**mine, "version": lease.version}, change)
        if not done.modified_count:
            await self._rows.update_one(mine, {"$set": {"free_at": now, "due_at": now}, "$unset": {"fence": 1}})

    async def systems(self) -> list[str]:
        """Every system that was ever handed anything: a step of the index for each."""
        found: list[str] = []
        while row := await self._rows.find_one(
            {"system": {"$gt": found[-1] if found else ""}}, {"system": 1}, sort=[("system", 1), ("state", 1)]
        ):
            found.append(row["system"])
        return found

    async def of_system(self, system: str, state: HandoverState, after: str, most: int) -> list[Handover]:
        """In the order of their numbers."""
        which = {"system": system, "state": state.value, "_id": {"$gt": after}}
        return [_handover(row) for row in await self._rows.find(which).sort("_id", 1).limit(most).to_list(None)]

    async def waiting(self, system: str, most: int = 10_000) -> Waiting:
        """Counted up to `most`."""
        unsettled = {"$in": [state.value for state in HandoverState if state is not HandoverState.SETTLED]}
        pending = {"system": system, "state": HandoverState.PENDING.value}
        first = await self._rows.find_one(pending, sort=[("_id", 1)])
        return Waiting(
            system,
            await self._rows.count_documents({"system": system, "state": unsettled}, limit=most),
            await self._rows.count_documents(pending, limit=most),
            first["made_at"] if first else None,
        )


class StepStore:
    """What departments said, step by step; their words are sealed under the applicant's key."""

    def __init__(self, db: Database, persons: PersonKeys) -> None:
        self._rows = db["handover_steps"]
        self._persons = persons

    async def keep(self, handover: Handover, news: News, heard_at: datetime) -> News:
        """Once; what is kept under this number then, which is another when they contradict themselves."""
        row = await self._new(handover, news, heard_at)
        with suppress(DuplicateKey):
            await self._rows.insert_one(row)
            return news
        kept = await self._rows.find_one({"_id": row["_id"]})
        assert kept is not None
        return _news(kept, await self._persons.of(handover.citizen))

    async def correct(self, handover: Handover, news: News, heard_at: datetime) -> None:
        """A step that was not applied yet is otherwise than they said first."""
        row = await self._new(handover, news, heard_at)
        await self._rows.replace_one({"_id": row["_id"]}, row, upsert=True)

    async def after(self, handover: Handover) -> list[News]:
        """Steps that were not applied yet, in their order."""
        beyond = {"$gt": _step_id(handover.number, handover.seq), "$lt": f"{handover.number}#~"}
        rows = await self._rows.find({"_id": beyond}).sort("_id", 1).to_list(None)
        key = await self._persons.of(handover.citizen) if rows else None
        return [_news(row, key) for row in rows]

    async def all(self, number: str) -> list[News]:
        """For the desk, without the words."""
        within = {"$gt": f"{number}#", "$lt": f"{number}#~"}
        return [_news(row, None) for row in await self._rows.find({"_id": within}).sort("_id", 1).to_list(None)]

    async def _new(self, handover: Handover, news: News, heard_at: datetime) -> Document:
        words = {"reason": news.reason, "remedy": news.remedy, "points": list(news.points)}
        row: Document = {
            "_id": _step_id(news.number, news.seq),
            "number": news.number,
            "citizen": handover.citizen,
            "seq": news.seq,
            "step": news.step.value,
            "at": news.at,
            "heard_at": heard_at,
        }
        if any(words.values()):
            with suppress(PersonErased):  # he left meanwhile: nobody is told these words
                key = await self._persons.sealing(handover.citizen)
                row["words"] = key.seal_text(json.dumps(words), record=row["_id"], field=_WORDS)
        return row


class DifferenceStore:
    def __init__(self, db: Database) -> None:
        self._rows = db["handover_differences"]

    async def note(self, found: Difference) -> bool:
        """Open, once. False when it was open already."""
        fresh = {"open": True, "place": new_id(), "found_at": found.found_at, "said": found.said}
        gone = {"settled_at": 1, "settled_by": 1, "how": 1}
        again = await self._rows.update_one({"_id": found.id, "open": False}, {"$set": fresh, "$unset": gone})
        if again.modified_count:
            return True
        who = {"system": found.system, "number": found.number, "kind": found.kind.value}
        made = await self._rows.update_one({"_id": found.id}, {"$setOnInsert": {**who, **fresh}}, upsert=True)
        return made.upserted_id is not None

    async def settle(
        self, system: str, number: str, kinds: Sequence[Kind], by: str, how: str, at: datetime, tx: Tx | None = None
    ) -> int:
        """Those of these kinds that are open. How many those were."""
        ids = [difference_id(system, number, kind) for kind in kinds]
        change = {"open": False, "settled_at": at, "settled_by": by, "how": how}
        done = await self._rows.update_many({"_id": {"$in": ids}, "open": True}, {"$set": change}, session=tx)
        return int(done.modified_count)

    async def get(self, difference: str, tx: Tx | None = None) -> Difference | None:
        row = await self._rows.find_one({"_id": difference}, session=tx)
        return _difference(row) if row else None

    async def page(self, request: PageRequest, *, is_open: bool = True) -> Page[tuple[str, Difference]]:
        """The newest found first, each with the place it has in that order."""
        rows = await page_rows(self._rows, {"open": is_open}, request, by="place")
        return Page.cut([(row["place"], _difference(row)) for row in rows], request)

    async def of(self, number: str, system: str) -> list[Difference]:
        ids = [difference_id(system, number, kind) for kind in Kind]
        return [_difference(row) for row in await self._rows.find({"_id": {"$in": ids}}).to_list(None)]


def _step_id(number: str, seq: int) -> str:
    return f"{number}#{seq:06d}"


def _row(one: Handover) -> Document:
    return {
        "citizen": one.citizen,
        "item": one.item,
        "unit": one.unit,
        "system": one.system,
        "made_at": one.made_at,
        "state": one.state.value,
        "open": one.open,
        "todo": list(one.todo),
        "seq": one.seq,
        "attempt": one.attempt,
        "reference": one.reference,
        "fault": one.fault,
        "taken_at": one.taken_at,
        "settled_at": one.settled_at,
    }


def _handover(row: Document) -> Handover:
    return Handover(
        number=row["_id"],
        citizen=row["citizen"],
        item=row["item"],
        unit=row["unit"],
        system=row["system"],
        made_at=row["made_at"],
        state=HandoverState(row["state"]),
        todo=tuple(row["todo"]),
        seq=row["seq"],
        attempt=row["attempt"],
        reference=row["reference"],
        fault=row["fault"],
        taken_at=row["taken_at"],
        settled_at=row["settled_at"],
    )


def _news(row: Document, key: PersonKey | None) -> News:
    text = key.shown(row.get("words"), record=row["_id"], field=_WORDS) if key else None
    words: Mapping[str, object] = json.loads(text) if text else {}
    points = words.get("points")
    return News(
        number=row["number"],
        seq=row["seq"],
        step=Step(row["step"]),
        at=row["at"],
        reason=str(words["reason"]) if words.get("reason") else None,
        remedy=str(words["remedy"]) if words.get("remedy") else None,
        points=tuple(map(str, points)) if isinstance(points, list) else (),
    )


def _difference(row: Document) -> Difference:
    return Difference(
        system=row["system"],
        number=row["number"],
        kind=Kind(row["kind"]),
        found_at=row["found_at"],
        said=row["said"],
        settled_at=row.get("settled_at"),
        settled_by=row.get("settled_by"),
        how=row.get("how"),
    )
