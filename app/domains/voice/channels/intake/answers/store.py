"""Answers in MongoDB, written with what they answer; whom and what is sealed."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime, timedelta

from app.core.ids import new_id
from app.core.mongo import Database, Document, Tx
from app.core.paging import Page, PageRequest
from app.core.sealed import KeyRing
from app.domains.voice.cases.history.model import CaseChannel
from app.domains.voice.channels.intake.answers.model import KEPT, AnswerState, ChannelAnswer, Sent, wait_after

_FIELD = "channel answer"
_UNREAD = {"content": 0}


class ChannelAnswerStore:
    def __init__(self, db: Database, ring: KeyRing) -> None:
        self._rows = db["channel_answers"]
        self._ring = ring

    async def add(self, answer: ChannelAnswer, tx: Tx | None) -> None:
        """Raises DuplicateKey: it is there already."""
        said = {"to": answer.to, "text": answer.text, "subject": answer.subject, "reply_to": answer.reply_to}
        content = json.dumps(said, ensure_ascii=False)
        row: Document = {
            "_id": answer.id,
            "channel": answer.channel.value,
            "state": answer.state.value,
            "content": self._ring.seal_text(content, record=answer.id, field=_FIELD),
            "inbound": answer.inbound,
            "case": answer.case,
            "at": answer.at,
            "due_at": answer.at,
            "attempt": 0,
            "tidy_at": answer.at + KEPT,
        }
        await self._rows.insert_one(row, session=tx)

    async def claim(self, now: datetime, lease: timedelta, most: int) -> list[tuple[ChannelAnswer, str]]:
        """Due ones, each with the fence that settles it."""
        due = {"state": AnswerState.PENDING.value, "due_at": {"$lte": now}}
        rows = await self._rows.find(due).sort("due_at", 1).limit(most).to_list(None)
        claimed = []
        for row in rows:
            fence = new_id()
            mine = {"_id": row["_id"], "state": row["state"], "due_at": row["due_at"], "attempt": row["attempt"]}
            change = {"$set": {"due_at": now + lease, "fence": fence}, "$inc": {"attempt": 1}}
            if (await self._rows.update_one(mine, change)).modified_count:
                claimed.append((self._answer(row | {"attempt": row["attempt"] + 1}, whole=True), fence))
        return claimed

    async def settle(self, answer: ChannelAnswer, fence: str, sent: Sent, now: datetime, most: int) -> AnswerState:
        """Sent, never to be sent, given up, or due again."""
        state = AnswerState.SENT if sent.done else AnswerState.REFUSED
        if sent.again and not sent.done:
            state = AnswerState.PENDING if answer.attempt < most else AnswerState.FAILED
        change: Document = {"state": state.value, "why": sent.why}
        if state is AnswerState.PENDING:
            change["due_at"] = now + wait_after(answer.attempt, sent.after)
        mine = {"_id": answer.id, "state": AnswerState.PENDING.value, "fence": fence}
        await self._rows.update_one(mine, {"$set": change})
        return state

    async def revive(self, answer: str, now: datetime, tx: Tx) -> bool:
        """Try one again that was given up or refused. False when it is none."""
        gone = {"$in": [AnswerState.FAILED.value, AnswerState.REFUSED.value]}
        change = {"state": AnswerState.PENDING.value, "due_at": now, "attempt": 0}
        return bool(
            (await self._rows.update_one({"_id": answer, "state": gone}, {"$set": change}, session=tx)).modified_count
        )

    async def of_inbound(self, inbound: str) -> list[ChannelAnswer]:
        rows = await self._rows.find({"inbound": inbound}, _UNREAD).sort("_id", 1).to_list(None)
        return [self._answer(row) for row in rows]

    async def listed(self, states: Collection[AnswerState], request: PageRequest) -> Page[ChannelAnswer]:
        """The newest first, without whom and what; the cursor is `at`."""
        which: Document = {"state": {"$in": sorted(one.value for one in states)}}
        if request.after is not None:
            which["at"] = {"$lt": datetime.fromisoformat(request.after)}
        rows = await self._rows.find(which, _UNREAD).sort("at", -1).limit(request.first + 1).to_list(None)
        return Page.cut([self._answer(row) for row in rows], request)

    def _answer(self, row: Document, *, whole: bool = False) -> ChannelAnswer:
        content = {}
        if whole:
            content = json.loads(self._ring.open_text(row["content"], record=row["_id"], field=_FIELD))
        return ChannelAnswer(
            id=row["_id"],
            channel=CaseChannel(row["channel"]),
            state=AnswerState(row["state"]),
            at=row["at"],
            attempt=row["attempt"],
            why=row.get("why"),
            inbound=row.get("inbound"),
            case=row.get("case"),
            **content,
        )
