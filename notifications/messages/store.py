"""The inbox in MongoDB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from pymongo.errors import BulkWriteError

from app.core.mongo import Database, Document, Part, page_rows
from app.core.paging import Page, PageRequest
from notifications.messages.model import Message, Routing
from notifications.preferences.model import Urgency
from notifications.templates.model import TemplateRef

MOST_UNREAD = 99
_DUPLICATE = 11000
_ROUTINGS = TypeAdapter(tuple[Routing, ...])


class InboxStore:
    def __init__(self, db: Database) -> None:
        self._inbox = db["inbox"]

    async def add(self, messages: Sequence[Message]) -> list[Message]:
        """Write each once: of one that is there already, the first is kept and given back."""
        if not messages:
            return []
        try:
            await self._inbox.insert_many([_row(message) for message in messages], ordered=False)
        except BulkWriteError as error:
            faults = error.details["writeErrors"]
            if any(fault["code"] != _DUPLICATE for fault in faults):
                raise
            return await self._kept(messages, {fault["index"] for fault in faults})
        return list(messages)

    async def page(self, citizen: str, request: PageRequest) -> Page[Message]:
        """Newest first."""
        rows = await page_rows(self._inbox, {"citizen": citizen}, request)
        return Page.cut([message_of(row) for row in rows], request)

    async def get(self, citizen: str, message: str) -> Message | None:
        row = await self._inbox.find_one({"citizen": citizen, "_id": message})
        return message_of(row) if row else None

    async def some(self, wanted: Sequence[tuple[str, str]]) -> list[Message]:
        """Messages by (citizen, id)."""
        which = {"citizen": {"$in": sorted({c for c, _ in wanted})}, "_id": {"$in": [m for _, m in wanted]}}
        return [message_of(row) for row in await self._inbox.find(which).to_list(None)]

    async def unread(self, citizen: str) -> int:
        """How many are unread, counted up to 99."""
        return await self._inbox.count_documents({"citizen": citizen, "read_at": None}, limit=MOST_UNREAD)

    def unread_part(self, citizen: str) -> Part[int]:
        """As `unread`, together with other questions."""
        steps: list[Document] = [{"$match": {"citizen": citizen, "read_at": None}}, {"$limit": MOST_UNREAD}]
        return Part("inbox", [*steps, {"$count": "unread"}], lambda row: int(row["unread"]))

    async def mark_read(self, citizen: str, message: str, at: datetime) -> bool:
        """The first time counts: True."""
        unread = {"citizen": citizen, "_id": message, "read_at": None}
        return bool((await self._inbox.update_one(unread, {"$set": {"read_at": at}})).modified_count)

    async def unread_ids(self, citizen: str, most: int) -> list[str]:
        """The oldest unread."""
        rows = (
            await self._inbox.find({"citizen": citizen, "read_at": None}, {"_id": 1})
            .sort("_id", 1)
            .limit(most)
            .to_list(None)
        )
        return [row["_id"] for row in rows]

    async def mark_all_read(self, citizen: str, until: str, at: datetime) -> int:
        """All unread ones up to this id; how many."""
        unread = {"citizen": citizen, "read_at": None, "_id": {"$lte": until}}
        return int((await self._inbox.update_many(unread, {"$set": {"read_at": at}})).modified_count)

    async def _kept(self, messages: Sequence[Message], repeated: set[int]) -> list[Message]:
        again = [messages[index] for index in repeated]
        which = {"citizen": {"$in": sorted({m.citizen for m in again})}, "message": {"$in": [m.key for m in again]}}
        rows = await self._inbox.find(which).to_list(None)
        first = {(row["citizen"], row["message"]): message_of(row) for row in rows}
        return [first.get((message.citizen, message.key), message) for message in messages]


def _row(message: Message) -> Document:
    template = message.template
    return {
        "_id": message.id,
        "message": message.key,
        "citizen": message.citizen,
        "event": message.event,
        "source": message.source,
        "urgency": message.urgency.value,
        "template": {"code": template.code, "version": template.version, "owner": template.owner},
        "facts": dict(message.facts),
        "sealed": message.sealed,
        "routings": _ROUTINGS.dump_python(message.routings, mode="json"),
        "at": message.at,
        "read_at": message.read_at,
        "test": message.test,
    }


def message_of(row: Mapping[str, Any]) -> Message:
    return Message(
        id=row["_id"],
        key=row["message"],
        citizen=row["citizen"],
        event=row["event"],
        source=row["source"],
        urgency=Urgency(row["urgency"]),
        template=TemplateRef(**row["template"]),
        facts=row["facts"],
        at=row["at"],
        sealed=row["sealed"],
        routings=_ROUTINGS.validate_python(row["routings"]),
        read_at=row["read_at"],
        test=row.get("test", False),
    )
