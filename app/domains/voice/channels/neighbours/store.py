"""Neighbouring cities and the cases that went there, in MongoDB.

A row that is being served is held under a lease (`fence`, `free_at`). A dispatch to another city takes the lease away,
so that a worker who finishes late overwrites nothing; sending it again waits for its end, lest two post it. Of a city
the key is sealed and read by nobody but the sender.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core.ids import new_id
from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.places.model import Box
from app.core.sealed import KeyRing
from app.domains.voice.channels.neighbours.model import STUCK, Asking, Neighbour, SentCase, SentState, Wire

_KEY = "neighbour key"
_LOOKED_AT = 32
_DUE = (SentState.PENDING.value, SentState.PROMISED.value)


@dataclass(frozen=True, slots=True)
class Lease:
    sent: SentCase
    fence: str


class NeighbourStore:
    def __init__(self, db: Database, ring: KeyRing) -> None:
        self._rows = db["neighbours"]
        self._ring = ring

    async def all(self) -> list[Neighbour]:
        """They are few."""
        return [neighbour_of(row) for row in await self._rows.find({}).sort("_id", 1).limit(500).to_list(None)]

    async def get(self, code: str, tx: Tx | None = None) -> Neighbour | None:
        row = await self._rows.find_one({"_id": code}, session=tx)
        return neighbour_of(row) if row else None

    async def key(self, code: str) -> str:
        """What its door is opened with; empty: nothing is."""
        row = await self._rows.find_one({"_id": code}, {"key": 1})
        sealed = row.get("key") if row else None
        return self._ring.open(sealed, record=code, field=_KEY).decode() if sealed else ""

    async def put(self, one: Neighbour, api_key: str | None, now: datetime, tx: Tx) -> bool:
        """As written; without a key it keeps the one it has. True when it is new."""
        change, first = _neighbour_row(one), {"heard_until": None, "poll_at": now}
        if api_key is not None:
            change["key"] = self._ring.seal(api_key.encode(), record=one.code, field=_KEY)
        written = {"$set": change, "$setOnInsert": first}
        done = await self._rows.update_one({"_id": one.code}, written, upsert=True, session=tx)
        return done.upserted_id is not None

    async def suspend(self, code: str, suspended: bool, tx: Tx) -> bool:
        """False when it was so already."""
        other, change = {"_id": code, "suspended": not suspended}, {"$set": {"suspended": suspended}}
        return bool((await self._rows.update_one(other, change, session=tx)).modified_count)

    async def take_for_news(self, now: datetime, until: datetime) -> Neighbour | None:
        """One that is to be asked for news now, for this worker until then."""
        due = {"suspended": False, "poll_at": {"$lte": now}}
        rows = await self._rows.find(due).sort("poll_at", 1).limit(8).to_list(None)
        for row in rows:
            mine = {"_id": row["_id"], "poll_at": row["poll_at"], "suspended": False}
            if (await self._rows.update_one(mine, {"$set": {"poll_at": until}})).modified_count:
                return neighbour_of(row)
        return None

    async def heard(self, code: str, until: datetime | None, poll_at: datetime) -> None:
        """What it changed up to `until` is known; ask again at `poll_at`. The moment never goes back."""
        await self._rows.update_one({"_id": code}, {"$set": {"poll_at": poll_at}})
        if until is not None:
            newer = {"_id": code, "$or": [{"heard_until": None}, {"heard_until": {"$lt": until}}]}
            await self._rows.update_one(newer, {"$set": {"heard_until": until}})


class SentCaseStore:
    def __init__(self, db: Database) -> None:
        self._rows = db["neighbour_cases"]

    async def get(self, case: str, tx: Tx | None = None) -> SentCase | None:
        row = await self._rows.find_one({"_id": case}, session=tx)
        return _sent(row) if row else None

    async def enlist(self, case: str, number: str, owner: str, neighbour: str, at: datetime, event: str) -> None:
        """To be sent, once for each dispatch (`event`): a repeat changes nothing."""
        first = SentCase(case, number, owner, neighbour, at)
        new = {**_sent_row(first), "due_at": at, "free_at": at, "events": [event]}
        await self._rows.update_one({"_id": case}, {"$setOnInsert": new}, upsert=True)
        row = await self._rows.find_one({"_id": case})
        if row is None or event in row["events"]:
            return
        was = _sent(row)
        again = was.anew(neighbour, at)
        change: Document = {}
        if again != was:
            change = {"$set": {**_sent_row(again), "due_at": at, "free_at": at}, "$unset": {"fence": 1}}
        seen = {"_id": case, "events": {"$ne": event}}
        await self._rows.update_one(seen, {**change, "$push": {"events": {"$each": [event], "$slice": -20}}})

    async def claim(self, now: datetime, lease: timedelta, most: int, free: Callable[[str], int]) -> list[Lease]:
        """What is due to be sent, or to be asked about its token; nobody else's for the length of the lease."""
        due = {"state": {"$in": list(_DUE)}, "due_at": {"$lte": now}, "free_at": {"$lte": now}}
        rows = await self._rows.find(due).sort("due_at", 1).limit(max(most, _LOOKED_AT)).to_list(None)
        random.shuffle(rows)  # lest all workers go for the same one
        leases: list[Lease] = []
        taken: Counter[str] = Counter()
        for row in rows:
            to = row["neighbour"]
            if len(leases) < most and taken[to] < free(to) and (mine := await self._take(row, now + lease)):
                leases.append(mine)
                taken[to] += 1
        return leases

    async def _take(self, row: Document, until: datetime) -> Lease | None:
        fence = new_id()
        seen = {"_id": row["_id"], "free_at": row["free_at"], "state": row["state"], "fence": row.get("fence")}
        taken = await self._rows.update_one(seen, {"$set": {"free_at": until, "fence": fence}})
        return Lease(_sent(row), fence) if taken.modified_count else None

    async def note(self, lease: Lease, changed: SentCase, due_at: datetime | None = None) -> Lease | None:
        """As it is now; with `due_at` the lease ends. None when the lease was lost."""
        change: Document = {"$set": _sent_row(changed)}
        if due_at is not None:
            change["$set"] |= {"due_at": due_at, "free_at": due_at}
            change["$unset"] = {"fence": 1}
        mine = {"_id": lease.sent.case, "fence": lease.fence}
        done = await self._rows.update_one(mine, change)
        return Lease(changed, lease.fence) if done.matched_count else None

    async def put_back(self, changed: SentCase, now: datetime, tx: Tx) -> bool:
        """As the desk wants it, due now; as it is while a worker serves it. False when it is settled."""
        open_ = {"_id": changed.case, "state": {"$ne": SentState.SETTLED.value}}
        free = {**open_, "$or": [{"fence": None}, {"free_at": {"$lte": now}}]}
        change = {"$set": {**_sent_row(changed), "due_at": now, "free_at": now}, "$unset": {"fence": 1}}
        if (await self._rows.update_one(free, change, session=tx)).matched_count:
            return True
        return await self._rows.find_one(open_, {"_id": 1}, session=tx) is not None

    async def has_any(self, neighbour: str) -> bool:
        """Whether it has, or had, one of ours."""
        taken = {"neighbour": neighbour, "remote": {"$type": "string"}}
        return await self._rows.find_one(taken, {"_id": 1}) is not None

    async def move(self, changed: SentCase, was: SentCase, tx: Tx) -> bool:
        """What was heard of it is true here. False when somebody else said something of it meanwhile."""
        seen = {"_id": was.case, "state": was.state.value, "said": was.said, "time": was.time}
        return bool((await self._rows.update_one(seen, {"$set": _sent_row(changed)}, session=tx)).matched_count)

    async def known(self, neighbour: str, remotes: Collection[str]) -> dict[str, SentCase]:
        """Those of its numbers that are ours and not over, by their number there."""
        which = {"neighbour": neighbour, "remote": {"$in": list(remotes)}, "state": SentState.TAKEN.value}
        return {row["remote"]: _sent(row) for row in await self._rows.find(which).to_list(None)}

    async def longest_unheard(self, neighbour: str, before: datetime, most: int) -> list[SentCase]:
        """Those it has and said nothing of since then."""
        which = {"neighbour": neighbour, "state": SentState.TAKEN.value, "heard_at": {"$lte": before}}
        rows = await self._rows.find(which).sort("heard_at", 1).limit(most).to_list(None)
        return [_sent(row) for row in rows]

    async def touch(self, cases: Sequence[str], at: datetime) -> None:
        """They were asked about, and shown."""
        await self._rows.update_many(_taken(cases), {"$set": {"heard_at": at, "silent": 0}})

    async def silent(self, cases: Sequence[str], at: datetime) -> None:
        """They were asked about, and not shown."""
        await self._rows.update_many(_taken(cases), {"$set": {"heard_at": at}, "$inc": {"silent": 1}})

    async def page(self, request: PageRequest, *, stuck: bool = False) -> Page[SentCase]:
        """The newest first: all, or those that need somebody."""
        which: Document = {"state": {"$in": sorted(one.value for one in STUCK)}} if stuck else {}
        rows = await page_rows(self._rows, which, request)
        return Page.cut([_sent(row) for row in rows], request)

    async def counts(self, neighbour: str, most: int = 10_000) -> dict[SentState, int]:
        """How many there are in each state, counted up to `most`."""
        return {
            state: await self._rows.count_documents({"neighbour": neighbour, "state": state.value}, limit=most)
            for state in SentState
        }


def _neighbour_row(one: Neighbour) -> Document:
    return {
        "name": one.name,
        "unit": one.unit,
        "url": one.url,
        "service": one.service,
        "jurisdiction": one.jurisdiction,
        "services": dict(one.services),
        "boxes": [[box.south, box.west, box.north, box.east] for box in one.boxes],
        "wire": one.wire.value,
        "asking": one.asking.value,
        "suspended": one.suspended,
    }


def neighbour_of(row: Document) -> Neighbour:
    return Neighbour(
        code=row["_id"],
        name=row["name"],
        unit=row["unit"],
        url=row["url"],
        service=row["service"],
        jurisdiction=row["jurisdiction"],
        services=row["services"],
        boxes=tuple(Box(*corners) for corners in row["boxes"]),
        wire=Wire(row["wire"]),
        asking=Asking(row["asking"]),
        suspended=row["suspended"],
        heard_until=row["heard_until"],
    )


def _taken(cases: Sequence[str]) -> Document:
    return {"_id": {"$in": list(cases)}, "state": SentState.TAKEN.value}


def _sent_row(one: SentCase) -> Document:
    return {
        "number": one.number,
        "owner": one.owner,
        "neighbour": one.neighbour,
        "made_at": one.made_at,
        "state": one.state.value,
        "time": one.time,
        "attempt": one.attempt,
        "silent": one.silent,
        "token": one.token,
        "remote": one.remote,
        "said": one.said,
        "fault": one.fault,
        "sent_at": one.sent_at,
        "heard_at": one.heard_at,
        "settled_at": one.settled_at,
    }


def _sent(row: Document) -> SentCase:
    return SentCase(
        case=row["_id"],
        number=row["number"],
        owner=row["owner"],
        neighbour=row["neighbour"],
        made_at=row["made_at"],
        state=SentState(row["state"]),
        time=row["time"],
        attempt=row["attempt"],
        silent=row.get("silent", 0),
        token=row["token"],
        remote=row["remote"],
        said=row["said"],
        fault=row["fault"],
        sent_at=row["sent_at"],
        heard_at=row["heard_at"],
        settled_at=row["settled_at"],
    )
