"""Matters and reports in MongoDB. Words of decisions and appeals are sealed under the author's key.

A matter that is to be looked at has a `turn`: appeals first, then what many reported, then by time.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from app.core.mongo import Database, Document, DuplicateKey, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKey, PersonKeys
from app.domains.voice.conversations.moderation.model import (
    Appeal,
    Decision,
    Matter,
    MatterState,
    MonthCounts,
    PostKind,
    Reason,
    Verdict,
    Visibility,
    matter_id,
)

FIELD = "moderation words"
_ORDER = {MatterState.APPEALED: 0, MatterState.WAITING: 1, MatterState.REPORTED: 2, MatterState.SETTLED: 3}


class ModerationStore:
    def __init__(self, db: Database, persons: PersonKeys) -> None:
        self._matters = db["moderations"]
        self._reports = db["abuse_reports"]
        self._months = db["moderation_months"]
        self._persons = persons

    async def get(self, matter: str, tx: Tx | None = None) -> Matter | None:
        row = await self._matters.find_one({"_id": matter}, session=tx)
        return await self._opened(row, tx) if row else None

    async def many(self, matters: Collection[str]) -> dict[str, Matter]:
        """In one query, with the keys of their authors in another."""
        if not matters:
            return {}
        rows = await self._matters.find({"_id": {"$in": sorted(matters)}}).to_list(None)
        return {one.id: one for one in await self._all(rows)}

    async def add(self, matter: Matter, tx: Tx) -> None:
        """Raises DuplicateKey."""
        await self._matters.insert_one({"_id": matter.id, **await self._row(matter, tx)}, session=tx)

    async def save(self, matter: Matter, was: Matter, tx: Tx) -> bool:
        """False when it was changed meanwhile."""
        same = {"_id": was.id, "rev": was.rev}
        row = await self._row(matter, tx)
        return bool((await self._matters.update_one(same, {"$set": row}, session=tx)).modified_count)

    async def queue(self, state: MatterState, kind: PostKind | None, request: PageRequest) -> Page[Matter]:
        """The longest waiting first; what is settled, the newest first. The cursor is `turn_of`."""
        which: Document = {"state": state.value, **({"kind": kind.value} if kind else {})}
        newest = state is MatterState.SETTLED
        rows = await page_rows(self._matters, which, request, by="turn", newest=newest)
        return Page.cut(await self._all(rows), request)

    async def of_author(self, author: str, request: PageRequest) -> Page[Matter]:
        """What of his was hidden, held or decided on, newest first."""
        rows = await page_rows(self._matters, {"author": author}, request, by="turn")
        return Page.cut(await self._all(rows), request)

    async def every_of(self, author: str, tx: Tx) -> list[Matter]:
        rows = await self._matters.find({"author": author}, {"words": 0}, session=tx).limit(200).to_list(None)
        return [_matter(row, {}) for row in rows]

    async def waiting(self) -> dict[MatterState, int]:
        """How many are to be looked at, by state; each counted up to 10,000."""
        states = [state for state in MatterState if state is not MatterState.SETTLED]
        counted = {s: await self._matters.count_documents({"state": s.value}, limit=10_000) for s in states}
        return {state: int(count) for state, count in counted.items()}

    # Reports

    async def report(self, kind: PostKind, post: str, citizen: str, reason: Reason, at: datetime, tx: Tx) -> bool:
        """False: he did before."""
        row = {"post": matter_id(kind, post), "citizen": citizen, "reason": reason.value, "at": at}
        which = {"_id": f"{matter_id(kind, post)}:{citizen}"}
        if await self._reports.find_one(which, session=tx) is not None:
            return False
        await self._reports.insert_one({**which, **row, "groundless": False}, session=tx)
        return True

    async def found_groundless(self, matter: str, tx: Tx) -> None:
        """A moderator let it stand: those who reported it had no ground."""
        await self._reports.update_many(
            {"post": matter, "settled": {"$exists": False}}, _SETTLED_GROUNDLESS, session=tx
        )

    async def found_right(self, matter: str, tx: Tx) -> None:
        await self._reports.update_many(
            {"post": matter, "settled": {"$exists": False}}, {"$set": {"settled": True}}, session=tx
        )

    async def groundless(self, citizen: str, since: datetime) -> list[datetime]:
        """When he reported without ground, newest first."""
        which = {"citizen": citizen, "groundless": True, "at": {"$gte": since}}
        rows = await self._reports.find(which, {"at": 1}).sort("at", -1).limit(20).to_list(None)
        return [row["at"] for row in rows]

    # What is published

    async def count(self, month: str, tx: Tx, **counts: int) -> None:
        """Names with `__` are places below: `hidden_for__insult`."""
        change = {name.replace("__", "."): by for name, by in counts.items() if by}
        if change:
            await self._months.update_one({"_id": month}, {"$inc": change}, upsert=True, session=tx)

    async def months(self, most: int = 12) -> list[MonthCounts]:
        """The newest first."""
        rows = await self._months.find({}).sort("_id", -1).limit(most).to_list(None)
        return [_month(row) for row in rows]

    async def _row(self, matter: Matter, tx: Tx) -> Document:
        return _row(matter, await self._persons.sealing(matter.author, tx) if matter.author else None)

    async def _opened(self, row: Document, tx: Tx | None) -> Matter:
        key = await self._persons.of(row["author"], tx) if row.get("author") else None
        return _matter(row, _words(row, key))

    async def _all(self, rows: list[Document]) -> list[Matter]:
        keys = await self._persons.many({row["author"] for row in rows if row.get("author")})
        return [_matter(row, _words(row, keys.get(row.get("author", "")))) for row in rows]


_SETTLED_GROUNDLESS = {"$set": {"settled": True, "groundless": True}}


def turn_of(matter: Matter) -> str:
    """Its place in the queue."""
    return f"{_ORDER[matter.state]}~{matter.since.isoformat(timespec='milliseconds')}~{matter.id}"


def _row(one: Matter, key: PersonKey | None) -> Document:
    row: Document = {
        "kind": one.kind.value,
        "post": one.post,
        "author": one.author,
        "state": one.state.value,
        "visibility": one.visibility.value,
        "since": one.since,
        "reports": one.reports,
        "reasons": [reason.value for reason in one.reasons],
        "decisions": [_decision_row(decision) for decision in one.decisions],
        "appealed_at": one.appeal.at if one.appeal else None,
        "turn": turn_of(one),
        "rev": one.rev,
    }
    said = {"decisions": [d.words for d in one.decisions], "appeal": one.appeal.words if one.appeal else ""}
    text = json.dumps(said, ensure_ascii=False)
    row["words"] = key.seal_text(text, record=one.id, field=FIELD) if key else None
    return row


def _decision_row(one: Decision) -> Document:
    return {
        "verdict": one.verdict.value,
        "reason": one.reason.value if one.reason else None,
        "by": one.by,
        "at": one.at,
        "on_appeal": one.on_appeal,
    }


def _words(row: Document, key: PersonKey | None) -> dict[str, Any]:
    text = key.shown(row.get("words"), record=row["_id"], field=FIELD) if key else None
    found: dict[str, Any] = json.loads(text) if text else {}
    return found


def _matter(row: Document, words: dict[str, Any]) -> Matter:
    said = words.get("decisions", [])
    return Matter(
        kind=PostKind(row["kind"]),
        post=row["post"],
        author=row.get("author"),
        state=MatterState(row["state"]),
        visibility=Visibility(row["visibility"]),
        since=row["since"],
        reports=row["reports"],
        reasons=tuple(Reason(one) for one in row["reasons"]),
        decisions=tuple(
            Decision(
                Verdict(one["verdict"]),
                Reason(one["reason"]) if one["reason"] else None,
                said[n] if n < len(said) else "",
                one["by"],
                one["at"],
                one["on_appeal"],
            )
            for n, one in enumerate(row["decisions"])
        ),
        appeal=Appeal(words.get("appeal", ""), row["appealed_at"]) if row.get("appealed_at") else None,
        rev=row["rev"],
    )


def _month(row: Document) -> MonthCounts:
    plain = ("reports", "hidden", "shown", "held", "appeals", "appeals_granted")
    reasons = sorted(row.get("hidden_for", {}).items())
    counted = tuple((Reason(name), int(count)) for name, count in reasons)
    numbers: dict[str, Any] = {name: int(row.get(name, 0)) for name in plain}
    return MonthCounts(row["_id"], **numbers, hidden_for=counted)


__all__ = ["DuplicateKey", "ModerationStore", "turn_of"]
