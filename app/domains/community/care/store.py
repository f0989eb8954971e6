"""The care list, its steps, and what is to be sent to contacts, in MongoDB. A step is a row whose key says which one it
is: no two workers write it twice.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.core.mongo import Database, Document, Part, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKey, PersonKeys
from app.domains.community.care.model import (
    OPEN,
    CareEntry,
    CarePrivate,
    CareState,
    CareStep,
    Pause,
    Rhythm,
    Sign,
    Told,
)

PRIVATE = "care entry"
_AT_ONCE = 100


class CareStore:
    def __init__(self, db: Database, persons: PersonKeys) -> None:
        self._entries = db["care_entries"]
        self._steps = db["care_steps"]
        self._posts = db["care_posts"]
        self._persons = persons

    async def add(self, one: CareEntry, tx: Tx) -> None:
        """Raises DuplicateKey: he stands on the list."""
        key = await self._persons.sealing(one.citizen, tx)
        await self._entries.insert_one(_row(one, key), session=tx)

    async def save(self, one: CareEntry, was: CareEntry, tx: Tx) -> bool:
        """False when it was changed meanwhile."""
        key = await self._persons.of(one.citizen, tx)
        before = {"_id": was.id, "citizen": was.citizen, "rev": was.rev}
        return bool((await self._entries.replace_one(before, _row(one, key), session=tx)).modified_count)

    async def get(self, entry: str, tx: Tx | None = None) -> CareEntry | None:
        return next(iter(await self._found({"_id": entry}, tx)), None)

    async def of(self, citizen: str, tx: Tx | None = None) -> CareEntry | None:
        """The open one of a citizen."""
        return next(iter(await self._found({"citizen": citizen, "open": True}, tx)), None)

    async def listed(
        self, organisations: Collection[str] | None, state: CareState | None, request: PageRequest
    ) -> Page[CareEntry]:
        """Of the whole city when no organisation is named; open ones when no state is."""
        which: Document = {"state": state.value} if state else {"open": True}
        mine = {} if organisations is None else {"organisation": {"$in": sorted(organisations)}}
        return await self._page({**which, **mine}, request)

    async def missed(self, organisations: Collection[str] | None, request: PageRequest) -> Page[CareEntry]:
        """Those of whom nobody knows yet whether they are well; of the whole city for the desk."""
        which: Document = {"missed": True, "state": CareState.ACTIVE.value}
        mine = {} if organisations is None else {"organisation": {"$in": sorted(organisations)}}
        return await self._page({**which, **mine}, request)

    async def due(self, now: datetime, but: Collection[str]) -> list[str]:
        """Those whose step is due; but those, for which nothing can be done now."""
        which = {"look_at": {"$lte": now}, "_id": {"$nin": sorted(but)}}
        found = self._entries.find(which, {"_id": 1}).sort("look_at", 1).limit(_AT_ONCE)
        return [row["_id"] for row in await found.to_list(None)]

    # Steps

    async def note(self, step: CareStep, citizen: str, tx: Tx) -> None:
        row = {"entry": step.entry, "citizen": citizen, "due_at": step.due_at, "told": int(step.told)}
        await self._steps.insert_one({"_id": step.id, **row, "at": step.at, "case": step.case}, session=tx)

    async def steps(self, entry: str, most: int = 40) -> list[CareStep]:
        """Newest first."""
        rows = await self._steps.find({"entry": entry}).sort("at", -1).limit(most).to_list(None)
        return [CareStep(row["entry"], row["due_at"], Told(row["told"]), row["at"], row["case"]) for row in rows]

    async def to_post(self, step: CareStep, citizen: str, tx: Tx) -> None:
        await self._posts.insert_one(
            {"_id": step.id, "entry": step.entry, "citizen": citizen, "open": True}, session=tx
        )

    async def unposted(self, after: str) -> list[tuple[str, str]]:
        """(message, entry), by their ids."""
        which = {"open": True, "_id": {"$gt": after}}
        rows = await self._posts.find(which).sort("_id", 1).limit(_AT_ONCE).to_list(None)
        return [(row["_id"], row["entry"]) for row in rows]

    async def posted(self, message: str) -> None:
        await self._posts.update_one({"_id": message, "open": True}, {"$set": {"open": False}})

    async def _found(self, which: Document, tx: Tx | None) -> list[CareEntry]:
        return await self._all(await self._entries.find(which, session=tx).limit(1).to_list(None), tx)

    async def _page(self, which: Document, request: PageRequest) -> Page[CareEntry]:
        return Page.cut(await self._all(await page_rows(self._entries, which, request)), request)

    async def _all(self, rows: Sequence[Document], tx: Tx | None = None) -> list[CareEntry]:
        keys = await self._persons.many({row["citizen"] for row in rows}, tx)
        return [_entry(row, keys[row["citizen"]]) for row in rows]


def _row(one: CareEntry, key: PersonKey) -> Document:
    return {
        "_id": one.id,
        "citizen": one.citizen,
        "residency": one.residency,
        "estate": one.estate,
        "organisation": one.organisation,
        "rhythm": [list(one.rhythm.weekdays), one.rhythm.minute],
        "state": one.state.value,
        "open": one.state in OPEN,
        "missed": one.missed,
        "by": one.by,
        "made_at": one.made_at,
        "private": _sealed(one, key),
        "due_at": one.due_at,
        "told": int(one.told),
        "look_at": one.look_at,
        "pause": one.pause.value if one.pause else None,
        "sign": one.sign.value if one.sign else None,
        "sign_at": one.sign_at,
        "rev": one.rev,
    }


def _sealed(one: CareEntry, key: PersonKey) -> bytes | None:
    if one.private is None or key.secret is None:
        return None
    text = json.dumps([one.private.contact, one.private.phone, one.private.note], ensure_ascii=False)
    return key.seal_text(text, record=one.id, field=PRIVATE)


def _entry(row: Document, key: PersonKey) -> CareEntry:
    text = key.shown(row["private"], record=row["_id"], field=PRIVATE)
    return CareEntry(
        id=row["_id"],
        citizen=row["citizen"],
        residency=row["residency"],
        estate=row["estate"],
        organisation=row["organisation"],
        rhythm=Rhythm(tuple(row["rhythm"][0]), row["rhythm"][1]),
        state=CareState(row["state"]),
        by=row["by"],
        made_at=row["made_at"],
        private=CarePrivate(*json.loads(text)) if text else None,
        due_at=row["due_at"],
        told=Told(row["told"]),
        look_at=row["look_at"],
        pause=Pause(row["pause"]) if row["pause"] else None,
        sign=Sign(row["sign"]) if row["sign"] else None,
        sign_at=row["sign_at"],
        rev=row["rev"],
    )


@dataclass(frozen=True, slots=True)
class CareDue:
    """What waits for whom the list is about."""

    id: str
    state: CareState
    due_at: datetime | None


def care_due(citizen: str, until: datetime) -> Part[CareDue]:
    """A round that ends by then, or a proposal."""
    proposed, active = ({"state": state.value} for state in (CareState.PROPOSED, CareState.ACTIVE))
    which = {"citizen": citizen, "open": True, "$or": [proposed, {**active, "due_at": {"$lte": until}}]}
    return Part("care_entries", [{"$match": which}, {"$limit": 1}, {"$project": {"state": 1, "due_at": 1}}], _care_due)


def _care_due(row: Document) -> CareDue:
    return CareDue(row["_id"], CareState(row["state"]), row["due_at"])
