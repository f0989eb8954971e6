"""Messages in MongoDB: one row each, by the channel's id of it, so that it comes in once. What was said is sealed."""

from __future__ import annotations

import json
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from app.core.ids import new_id
from app.core.mongo import Database, Document, DuplicateKey, Tx
from app.core.paging import Page, PageRequest
from app.core.places.model import Point
from app.core.sealed import KeyRing
from app.domains.voice.cases.history.model import CaseChannel
from app.domains.voice.channels.intake.model import KEPT, Heard, Inbound, InboundState

_FIELD = "inbound content"
_UNREAD = {"content": 0}


class InboundStore:
    def __init__(self, db: Database, ring: KeyRing) -> None:
        self._rows = db["inbound_messages"]
        self._ring = ring

    async def add(self, heard: Heard, now: datetime) -> bool:
        """False when it is there already."""
        id_ = self._ring.keyed_hash(heard.key, kind="inbound message")
        row: Document = {
            "_id": id_,
            "channel": heard.channel.value,
            "sender": self.sender_of(heard.channel, heard.sender),
            "state": InboundState.WAITING.value,
            "content": self._ring.seal_text(_written(heard), record=id_, field=_FIELD),
            "placed": heard.point is not None,
            "at": now,
            "due_at": now,
            "attempt": 0,
            "tidy_at": now + KEPT,
        }
        with suppress(DuplicateKey):
            await self._rows.insert_one(row)
            return True
        return False

    def sender_of(self, channel: CaseChannel, sender: str) -> str:
        return self._ring.keyed_hash(f"{channel}:{sender}", kind="inbound sender")

    async def claim(self, now: datetime, lease: timedelta, most: int) -> list[tuple[Inbound, str]]:
        """Due ones with what was said, each with the fence that settles it: another worker takes none of them until the
        lease ends.
        """
        due = {"state": InboundState.WAITING.value, "due_at": {"$lte": now}}
        rows = await self._rows.find(due).sort("due_at", 1).limit(most).to_list(None)
        claimed = []
        for row in rows:
            fence = new_id()
            mine = {"_id": row["_id"], "state": row["state"], "due_at": row["due_at"], "attempt": row["attempt"]}
            change = {"$set": {"due_at": now + lease, "fence": fence}, "$inc": {"attempt": 1}}
            if (await self._rows.update_one(mine, change)).modified_count:
                claimed.append((self._inbound(row | {"attempt": row["attempt"] + 1}, whole=True), fence))
        return claimed

    async def settle(self, now: Inbound, fence: str, tx: Tx | None = None) -> bool:
        """False when it was settled by another meanwhile."""
        mine = {"_id": now.id, "state": InboundState.WAITING.value, "fence": fence}
        change = {"state": now.state.value, "case": now.case, "number": now.number, "why": now.why}
        return bool((await self._rows.update_one(mine, {"$set": change}, session=tx)).modified_count)

    async def postpone(self, inbound: str, fence: str, due_at: datetime, why: str) -> None:
        mine = {"_id": inbound, "state": InboundState.WAITING.value, "fence": fence}
        await self._rows.update_one(mine, {"$set": {"due_at": due_at, "why": why}})

    async def revive(self, inbound: str, now: datetime, tx: Tx) -> bool:
        """Try one that failed again from the start. False when it is none."""
        which = {"_id": inbound, "state": InboundState.FAILED.value}
        change = {"state": InboundState.WAITING.value, "due_at": now, "attempt": 0}
        return bool((await self._rows.update_one(which, {"$set": change}, session=tx)).modified_count)

    async def get(self, inbound: str, *, whole: bool = False) -> Inbound | None:
        row = await self._rows.find_one({"_id": inbound}, None if whole else _UNREAD)
        return self._inbound(row, whole=whole) if row else None

    async def place_of(self, sender: str, since: datetime) -> Point | None:
        """Where this sender said that he is, the latest time since then."""
        which = {"sender": sender, "at": {"$gte": since}, "placed": True}
        row = await self._rows.find_one(which, sort=[("at", -1)])
        heard = self._inbound(row, whole=True).heard if row else None
        return heard.point if heard else None

    async def case_of(self, sender: str, number: str | None) -> str | None:
        """The case that this sender's message became, by its number or the latest."""
        which: Document = {"sender": sender, "case": {"$type": "string"}} | ({"number": number} if number else {})
        row = await self._rows.find_one(which, {"case": 1}, sort=[("at", -1)])
        return str(row["case"]) if row else None

    async def listed(self, states: Collection[InboundState], request: PageRequest) -> Page[Inbound]:
        """The newest first, without what was said; the cursor is `at`."""
        which: Document = {"state": {"$in": sorted(one.value for one in states)}}
        if request.after is not None:
            which["at"] = {"$lt": datetime.fromisoformat(request.after)}
        rows = await self._rows.find(which, _UNREAD).sort("at", -1).limit(request.first + 1).to_list(None)
        return Page.cut([self._inbound(row) for row in rows], request)

    async def count(self, state: InboundState, most: int) -> int:
        return await self._rows.count_documents({"state": state.value}, limit=most)

    def _inbound(self, row: Document, *, whole: bool = False) -> Inbound:
        heard = None
        if whole:
            heard = _read(self._ring.open_text(row["content"], record=row["_id"], field=_FIELD))
        return Inbound(
            id=row["_id"],
            channel=CaseChannel(row["channel"]),
            sender=row["sender"],
            state=InboundState(row["state"]),
            at=row["at"],
            attempt=row["attempt"],
            case=row.get("case"),
            number=row.get("number"),
            why=row.get("why"),
            heard=heard,
        )


def _written(heard: Heard) -> str:
    point = heard.point
    return json.dumps(
        {
            "channel": heard.channel.value,
            "message": heard.message,
            "sender": heard.sender,
            "text": heard.text,
            "at": heard.at.isoformat(),
            "subject": heard.subject,
            "wordless": heard.wordless,
            "verified": heard.verified,
            "point": [point.latitude, point.longitude] if point else None,
        },
        ensure_ascii=False,
    )


def _read(text: str) -> Heard:
    row: dict[str, Any] = json.loads(text)
    at, point = datetime.fromisoformat(row["at"]), Point(*row["point"]) if row["point"] else None
    return Heard(**{**row, "channel": CaseChannel(row["channel"]), "at": at, "point": point})
