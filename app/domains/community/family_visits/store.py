"""Visits and the places they take, in MongoDB. A place is a number that only guarded additions change."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core.mongo import Database, Document, Part, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKey, PersonKeys
from app.core.said import UNSAID, Said
from app.domains.community.family_visits.model import KEPT, FamilyVisit, FamilyVisitState

SAID = "family visit"
_AT_ONCE, _MOST_OPEN = 100, 500
_COUNTED = timedelta(days=2)


class FamilyVisitStore:
    def __init__(self, db: Database, persons: PersonKeys) -> None:
        self._visits = db["family_visits"]
        self._places = db["family_visit_places"]
        self._persons = persons

    async def add(self, one: FamilyVisit, tx: Tx) -> None:
        key = await self._persons.sealing(one.citizen, tx)
        await self._visits.insert_one({**_fixed(one), **_moving(one, key)}, session=tx)

    async def save(self, one: FamilyVisit, was: FamilyVisit, tx: Tx) -> bool:
        """False when it was changed meanwhile."""
        key = await self._persons.of(one.citizen, tx)
        before = {"_id": was.id, "rev": was.rev}
        return bool((await self._visits.update_one(before, {"$set": _moving(one, key)}, session=tx)).modified_count)

    async def get(self, visit: str, tx: Tx | None = None) -> FamilyVisit | None:
        return next(iter(await self._found({"_id": visit}, 1, tx)), None)

    async def own(self, visit: str, citizen: str, tx: Tx | None = None) -> FamilyVisit | None:
        return next(iter(await self._found({"_id": visit, "citizen": citizen}, 1, tx)), None)

    async def mine(self, citizen: str, request: PageRequest) -> Page[FamilyVisit]:
        """Newest first."""
        return await self._page({"citizen": citizen}, request)

    async def of_resident(self, resident: str, request: PageRequest) -> Page[FamilyVisit]:
        """Newest first."""
        return await self._page({"resident": resident}, request)

    async def of_house(self, house: str, state: FamilyVisitState | None, request: PageRequest) -> Page[FamilyVisit]:
        """Newest first; open ones when no state is named."""
        which: Document = {"open": True} if state is None else {"state": state.value}
        return await self._page({"house": house, **which}, request)

    async def of_city(self, state: FamilyVisitState | None, request: PageRequest) -> Page[FamilyVisit]:
        """For the desk."""
        return await self._page({"state": state.value} if state else {}, request)

    async def open_of(self, which: Document, tx: Tx) -> list[FamilyVisit]:
        return await self._found({**which, "open": True}, _MOST_OPEN, tx)

    async def unanswered(self, now: datetime, but: Collection[str]) -> list[str]:
        """Those whose time has come and which nobody has settled."""
        which = {"state": FamilyVisitState.ASKED.value, "starts_at": {"$lte": now}, "_id": {"$nin": sorted(but)}}
        rows = await self._visits.find(which, {"_id": 1}).sort("starts_at", 1).limit(_AT_ONCE).to_list(None)
        return [row["_id"] for row in rows]

    async def to_remind(self, now: datetime, most: int) -> list[FamilyVisit]:
        which = {"state": FamilyVisitState.ACCEPTED.value, "remind_at": {"$lte": now}}
        return await self._all(await self._visits.find(which).sort("remind_at", 1).limit(most).to_list(None))

    # Places

    async def take(self, place: str, most: int, until: datetime, tx: Tx) -> bool:
        """False when none is left."""
        fresh = {"$setOnInsert": {"taken": 0, "tidy_at": until + _COUNTED}}
        await self._places.update_one({"_id": place}, fresh, upsert=True, session=tx)
        free = {"_id": place, "taken": {"$lt": most}}
        return bool((await self._places.update_one(free, {"$inc": {"taken": 1}}, session=tx)).modified_count)

    async def give_back(self, place: str, tx: Tx) -> None:
        taken = {"_id": place, "taken": {"$gt": 0}}
        await self._places.update_one(taken, {"$inc": {"taken": -1}}, session=tx)

    async def taken(self, places: Collection[str]) -> dict[str, int]:
        rows = await self._places.find({"_id": {"$in": sorted(places)}}).to_list(None) if places else []
        return {row["_id"]: row["taken"] for row in rows}

    async def _page(self, which: Document, request: PageRequest) -> Page[FamilyVisit]:
        return Page.cut(await self._all(await page_rows(self._visits, which, request)), request)

    async def _found(self, which: Document, most: int, tx: Tx | None) -> list[FamilyVisit]:
        return await self._all(await self._visits.find(which, session=tx).limit(most).to_list(None), tx)

    async def _all(self, rows: Sequence[Document], tx: Tx | None = None) -> list[FamilyVisit]:
        keys = await self._persons.many({row["citizen"] for row in rows}, tx)
        return [_visit(row, keys[row["citizen"]]) for row in rows]


def _fixed(one: FamilyVisit) -> Document:
    return {
        "_id": one.id,
        "house": one.house,
        "stay": one.stay,
        "resident": one.resident,
        "citizen": one.citizen,
        "starts_at": one.starts_at,
        "ends_at": one.ends_at,
        "people": one.people,
        "asked_at": one.asked_at,
        "tidy_at": one.ends_at + KEPT,
    }


def _moving(one: FamilyVisit, key: PersonKey) -> Document:
    moving: Document = {"state": one.state.value, "open": one.open, "rev": one.rev, "remind_at": one.remind_at}
    if key.secret is not None:
        text = json.dumps([one.words, one.reason], ensure_ascii=False)
        moving["said"] = key.seal_text(text, record=one.id, field=SAID)
    return moving


def _visit(row: Document, key: PersonKey) -> FamilyVisit:
    text = key.shown(row["said"], record=row["_id"], field=SAID)
    words, reason = json.loads(text) if text else ("", "")
    return FamilyVisit(
        id=row["_id"],
        house=row["house"],
        stay=row["stay"],
        resident=row["resident"],
        citizen=row["citizen"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        people=row["people"],
        words=words,
        asked_at=row["asked_at"],
        state=FamilyVisitState(row["state"]),
        reason=reason,
        rev=row["rev"],
        remind_at=row.get("remind_at"),
    )


@dataclass(frozen=True, slots=True)
class VisitComing:
    """An agreed visit, and at which house."""

    id: str
    house: Said
    starts_at: datetime


def visits_coming(citizen: str, now: datetime, most: int) -> Part[VisitComing]:
    """That somebody will make; the soonest first."""
    which = {"citizen": citizen, "open": True, "state": FamilyVisitState.ACCEPTED.value, "ends_at": {"$gt": now}}
    named = {"from": "care_houses", "localField": "house", "foreignField": "_id", "as": "houses"}
    steps: list[Document] = [{"$match": which}, {"$sort": {"starts_at": 1}}, {"$limit": most}, {"$lookup": named}]
    return Part("family_visits", [*steps, {"$project": {"starts_at": 1, "houses.name": 1}}], _coming)


def _coming(row: Document) -> VisitComing:
    house = next((Said(*one["name"]) for one in row["houses"]), UNSAID)
    return VisitComing(row["_id"], house, row["starts_at"])
