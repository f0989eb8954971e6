"""Proposals and who supports them in MongoDB. Words are sealed under their author's key, replies under the city's.

`rank` orders the public list by state and time; `look` is the day on which time may change a proposal.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from app.core.calendar.clock import WorkingClock
from app.core.calendar.model import WorkingCalendar
from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKey, PersonKeys
from app.core.sealed import KeyRing
from app.domains.voice.conversations.moderation.model import Visibility
from app.domains.voice.conversations.proposals.model import Proposal, ProposalLevel, ProposalState, Reply, Terms

WORDS, REPLY = "proposal words", "proposal reply"
_AT_ONCE = 200


class ProposalStore:
    def __init__(self, db: Database, ring: KeyRing, persons: PersonKeys) -> None:
        self._proposals = db["proposals"]
        self._supports = db["proposal_supports"]
        self._ring = ring
        self._persons = persons

    async def add(self, proposal: Proposal, calendar: WorkingCalendar, tx: Tx) -> None:
        row = await self._row(proposal, calendar, tx)
        await self._proposals.insert_one({"_id": proposal.id, "supports": 0, **row}, session=tx)

    async def save(self, proposal: Proposal, was: Proposal, calendar: WorkingCalendar, tx: Tx) -> bool:
        """All but the count of those who support it. False when it was changed meanwhile."""
        row, same = await self._row(proposal, calendar, tx), {"_id": was.id, "rev": was.rev}
        return bool((await self._proposals.update_one(same, {"$set": row}, session=tx)).modified_count)

    async def get(self, proposal: str, tx: Tx | None = None) -> Proposal | None:
        row = await self._proposals.find_one({"_id": proposal}, session=tx)
        return (await self._all([row], tx))[0] if row else None

    async def listed(self, state: ProposalState | None, request: PageRequest) -> Page[Proposal]:
        """Those that everybody may read, newest change of state first; the cursor is `rank_of`."""
        which: Document = {"shown": True, **({"state": state.value} if state else {})}
        rows = await page_rows(self._proposals, which, request, by="rank")
        return Page.cut(await self._all(rows), request)

    async def of_author(self, author: str, request: PageRequest) -> Page[Proposal]:
        rows = await page_rows(self._proposals, {"author": author}, request)
        return Page.cut(await self._all(rows), request)

    async def open_count(self, author: str, states: Collection[ProposalState], most: int, tx: Tx) -> int:
        """Up to `most`."""
        which = {"author": author, "state": {"$in": sorted(state.value for state in states)}}
        return int(await self._proposals.count_documents(which, limit=most, session=tx))

    async def owed(self, unit: str, state: ProposalState, request: PageRequest) -> Page[Proposal]:
        """By this unit, the first due first; the cursor is `turn_of`."""
        rows = await page_rows(self._proposals, {"unit": unit, "state": state.value}, request, by="turn", newest=False)
        return Page.cut(await self._all(rows), request)

    async def in_state(self, state: ProposalState, request: PageRequest) -> Page[Proposal]:
        """For the desk, newest first."""
        rows = await page_rows(self._proposals, {"state": state.value}, request)
        return Page.cut(await self._all(rows), request)

    async def to_look_at(self, today: date) -> list[Proposal]:
        """Whose days are over, or whose reply is overdue; some at a time."""
        which = {"look": {"$lte": today.isoformat()}}
        return await self._all(await self._proposals.find(which).sort("look", 1).limit(_AT_ONCE).to_list(None))

    # Support

    async def support(self, proposal: str, citizen: str, tx: Tx) -> bool:
        """False: he does already."""
        which: Document = {"_id": f"{proposal}:{citizen}"}
        if await self._supports.find_one(which, session=tx) is not None:
            return False
        await self._supports.insert_one({**which, "proposal": proposal, "citizen": citizen}, session=tx)
        return True

    async def take_back(self, proposal: str, citizen: str, tx: Tx) -> bool:
        return bool((await self._supports.delete_one({"_id": f"{proposal}:{citizen}"}, session=tx)).deleted_count)

    async def does_support(self, proposal: str, citizen: str) -> bool:
        return await self._supports.find_one({"_id": f"{proposal}:{citizen}"}) is not None

    async def count(self, proposal: str, by: int, tx: Tx) -> bool:
        """While it collects, and while it is shown."""
        collecting = {"_id": proposal, "state": ProposalState.COLLECTING.value, "shown": True}
        change = {"$inc": {"supports": by}}
        return bool((await self._proposals.update_one(collecting, change, session=tx)).modified_count)

    async def supported_by(self, citizen: str, most: int, tx: Tx) -> list[str]:
        """Proposals, by id."""
        rows = await self._supports.find({"citizen": citizen}, session=tx).limit(most).to_list(None)
        return [row["proposal"] for row in rows]

    async def next(self, of: str, after: str, most: int, tx: Tx) -> list[str]:
        """Citizens who support it, by id, after this one."""
        which = {"proposal": of, "citizen": {"$gt": after}}
        rows = await self._supports.find(which, session=tx).sort("citizen", 1).limit(most).to_list(None)
        return [row["citizen"] for row in rows]

    async def leave(self, author: str, tx: Tx) -> int:
        """What he wrote is gone, and that it was his. How many were let go."""
        found = self._proposals.find({"author": author}, {"_id": 1, "state": 1}, session=tx).limit(_AT_ONCE)
        rows, gone = await found.to_list(None), {"author": None, "name": "", "left": True}
        collecting = {ProposalState.DRAFT.value, ProposalState.MODERATED.value, ProposalState.COLLECTING.value}
        for row in rows:
            ended: Document = {"state": ProposalState.WITHDRAWN.value, "shown": False, "look": None}
            change = {**gone, **(ended if row["state"] in collecting else {})}
            await self._proposals.update_one(
                {"_id": row["_id"]}, {"$set": change, "$unset": {"words": ""}, "$inc": {"rev": 1}}, session=tx
            )
        return len(rows)

    async def _row(self, one: Proposal, calendar: WorkingCalendar, tx: Tx) -> Document:
        row = _plain(one, calendar)
        if one.author is not None:
            key = await self._persons.sealing(one.author, tx)
            words = json.dumps({"title": one.title, "text": one.text}, ensure_ascii=False)
            row["words"] = key.seal_text(words, record=one.id, field=WORDS)
        if one.reply is not None:
            sealed = self._ring.seal_text(one.reply.text, record=one.id, field=REPLY)
            row["reply"] = {"adopted": one.reply.adopted, "at": one.reply.at, "by": one.reply.by, "text": sealed}
        return row

    async def _all(self, rows: list[Document], tx: Tx | None = None) -> list[Proposal]:
        keys = await self._persons.many({row["author"] for row in rows if row["author"]}, tx)
        return [self._proposal(row, keys.get(row["author"])) for row in rows]

    def _proposal(self, row: Document, key: PersonKey | None) -> Proposal:
        words = key.shown(row.get("words"), record=row["_id"], field=WORDS) if key else None
        said = json.loads(words) if words else {"title": "", "text": ""}
        return Proposal(
            id=row["_id"],
            level=ProposalLevel(row["level"]),
            title=said["title"],
            text=said["text"],
            state=ProposalState(row["state"]),
            visibility=Visibility(row["visibility"]),
            terms=Terms(**row["terms"]),
            clock=_clock(row["clock"]),
            reply=self._reply(row),
            left=row.get("left", False),
            **{name: row[name] for name in _PLAIN},
        )

    def _reply(self, row: Document) -> Reply | None:
        if (said := row.get("reply")) is None:
            return None
        text = self._ring.open_text(said["text"], record=row["_id"], field=REPLY)
        return Reply(text, said["adopted"], said["at"], said["by"])


_PLAIN = (
    *("author", "name", "area", "at", "changed_at", "unit", "supports", "opened_at", "closes_at", "reached_at"),
    *("escalated_at", "rev"),
)


def rank_of(one: Proposal) -> str:
    """Its place in the public list: by when it was put up."""
    return f"{_stamp(one.opened_at or one.at)}~{one.id}"


def turn_of(one: Proposal, calendar: WorkingCalendar) -> str:
    """Its place among those that are owed a reply."""
    return f"{one.due(calendar) or ''}~{one.id}"


def _stamp(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")


def _plain(one: Proposal, calendar: WorkingCalendar) -> Document:
    look = one.looks_on(calendar)
    terms = {"threshold": one.terms.threshold, "days": one.terms.days, "reply_days": one.terms.reply_days}
    return {
        "author": one.author,
        "name": one.name,
        "level": one.level.value,
        "area": one.area,
        "state": one.state.value,
        "at": one.at,
        "changed_at": one.changed_at,
        "visibility": one.visibility.value,
        "unit": one.unit,
        "terms": terms,
        "opened_at": one.opened_at,
        "closes_at": one.closes_at,
        "reached_at": one.reached_at,
        "clock": _clock_row(one.clock),
        "escalated_at": one.escalated_at,
        "rev": one.rev,
        "shown": one.is_shown,
        "rank": rank_of(one),
        "turn": turn_of(one, calendar),
        "look": look.isoformat() if look else None,
    }


def _clock_row(clock: WorkingClock | None) -> dict[str, Any] | None:
    if clock is None:
        return None
    return {"rule": clock.rule, "days": clock.days, "started": clock.started, "stopped": clock.stopped}


def _clock(row: Document | None) -> WorkingClock | None:
    return WorkingClock(row["rule"], row["days"], row["started"], stopped=row["stopped"]) if row else None
