"""Broadcasts in MongoDB. Whoever runs one holds a lease with a fence; a pause or a cancellation takes the run away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from app.core.ids import new_id
from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from notifications.broadcasts.model import Audience, Broadcast, BroadcastState, Change
from notifications.preferences.model import Urgency
from notifications.templates.model import TemplateRef


class BroadcastStore:
    def __init__(self, db: Database) -> None:
        self._broadcasts = db["broadcasts"]

    async def add(self, broadcast: Broadcast, tx: Tx) -> None:
        await self._broadcasts.insert_one(_row(broadcast), session=tx)

    async def get(self, broadcast: str, tx: Tx | None = None) -> Broadcast | None:
        row = await self._broadcasts.find_one({"_id": broadcast}, session=tx)
        return _broadcast(row) if row else None

    async def page(self, request: PageRequest, owner: str | None = None, *, test: bool = False) -> Page[Broadcast]:
        """Newest first; of one owner and its mode, if it is named."""
        rows = await page_rows(self._broadcasts, {"owner": owner, "test": test} if owner else {}, request)
        return Page.cut([_broadcast(row) for row in rows], request)

    async def save(self, changed: Broadcast, was: Broadcast, due_at: datetime, tx: Tx) -> bool:
        """Another state. False when it is in another one already. Whoever ran it runs it no more."""
        before = {"_id": was.id, "state": was.state.value}
        change = {
            "state": changed.state.value,
            "history": _history(changed),
            "total": changed.total,
            "until": changed.until,
            "due_at": due_at,
            "fence": None,
        }
        return bool((await self._broadcasts.update_one(before, {"$set": change}, session=tx)).modified_count)

    async def claim(self, now: datetime, lease: timedelta) -> tuple[Broadcast, str] | None:
        """A running one that nobody holds, with the fence of this run."""
        due = {"state": BroadcastState.RUNNING.value, "due_at": {"$lte": now}}
        async for row in self._broadcasts.find(due).sort([("due_at", 1), ("_id", 1)]).limit(5):
            fence = new_id()
            mine = {"_id": row["_id"], "state": row["state"], "due_at": row["due_at"], "fence": row["fence"]}
            change = {"$set": {"due_at": now + lease, "fence": fence}}
            if (await self._broadcasts.update_one(mine, change)).modified_count:
                return _broadcast(row), fence
        return None

    async def hold(self, broadcast: str, fence: str, until: datetime) -> bool:
        """Go on for this long. False: it was paused, cancelled, or taken over."""
        changed = await self._broadcasts.update_one(_held(broadcast, fence), {"$set": {"due_at": until}})
        return bool(changed.matched_count)

    async def put_off(self, broadcast: str, fence: str, until: datetime) -> None:
        """A channel could not take all of these people's messages: the same ones again, later."""
        change = {"$set": {"due_at": until}, "$inc": {"tries": 1}}
        await self._broadcasts.update_one(_held(broadcast, fence), change)

    async def advance(self, broadcast: str, fence: str, cursor: str, count: int) -> bool:
        """These have it. Counted though it was paused meanwhile; not when another run has gone on."""
        mine = {"_id": broadcast, "cursor": {"$lt": cursor}, "fence": {"$in": [fence, None]}}
        change = {"$set": {"cursor": cursor, "tries": 0}, "$inc": {"sent": count}}
        return bool((await self._broadcasts.update_one(mine, change)).modified_count)

    async def finish(self, done: Broadcast, fence: str, tx: Tx) -> bool:
        change = {"$set": {"state": done.state.value, "history": _history(done), "fence": None}}
        return bool((await self._broadcasts.update_one(_held(done.id, fence), change, session=tx)).modified_count)


def _held(broadcast: str, fence: str) -> Document:
    return {"_id": broadcast, "state": BroadcastState.RUNNING.value, "fence": fence}


def _history(broadcast: Broadcast) -> list[Document]:
    return [{"state": one.state.value, "at": one.at, "by": one.by} for one in broadcast.history]


def _row(broadcast: Broadcast) -> Document:
    ref = broadcast.template
    return {
        "_id": broadcast.id,
        "owner": broadcast.owner,
        "title": broadcast.title,
        "template": {"code": ref.code, "version": ref.version, "owner": ref.owner},
        "audience": asdict(broadcast.audience),
        "urgency": broadcast.urgency.value,
        "pace": broadcast.pace,
        "made_by": broadcast.made_by,
        "made_at": broadcast.made_at,
        "state": broadcast.state.value,
        "test": broadcast.test,
        "total": broadcast.total,
        "sent": broadcast.sent,
        "cursor": broadcast.cursor,
        "tries": broadcast.tries,
        "until": broadcast.until,
        "history": _history(broadcast),
        "due_at": broadcast.made_at,
        "fence": None,
    }


def _broadcast(row: Mapping[str, Any]) -> Broadcast:
    audience: dict[str, Any] = {
        name: tuple(part) if isinstance(part, list) else part for name, part in row["audience"].items()
    }
    return Broadcast(
        id=row["_id"],
        owner=row["owner"],
        title=row["title"],
        template=TemplateRef(**row["template"]),
        audience=Audience(**audience),
        urgency=Urgency(row["urgency"]),
        pace=row["pace"],
        made_by=row["made_by"],
        made_at=row["made_at"],
        state=BroadcastState(row["state"]),
        test=row["test"],
        total=row["total"],
        sent=row["sent"],
        cursor=row["cursor"],
        tries=row["tries"],
        until=row["until"],
        history=tuple(Change(BroadcastState(one["state"]), one["at"], one["by"]) for one in row["history"]),
    )
