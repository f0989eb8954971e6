"""Stays, and who may visit, in MongoDB."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from app.core.mongo import Database, Document, Part, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKey, PersonKeys
from app.core.said import UNSAID, Said
from app.domains.community.family_visits.stays.model import (
    MOST_RELATIVES,
    OPEN,
    Kinship,
    Relative,
    Stay,
    StayState,
)

LABEL = "family stay"
_MOST_STAYS, _MOST_TO_VISIT = 20, 50


class StayStore:
    def __init__(self, db: Database, persons: PersonKeys) -> None:
        self._stays = db["family_stays"]
        self._relatives = db["family_relatives"]
        self._persons = persons

    async def add(self, one: Stay, tx: Tx) -> None:
        """Raises DuplicateKey: he stands in the list of that house."""
        key = await self._persons.sealing(one.citizen, tx)
        row = {"_id": one.id, "house": one.house, "citizen": one.citizen, "by": one.by, "asked_at": one.asked_at}
        row["label"] = key.seal_text(one.label, record=one.id, field=LABEL)
        await self._stays.insert_one({**row, **_moving(one)}, session=tx)

    async def save(self, one: Stay, was: Stay, tx: Tx) -> bool:
        """False when it was changed meanwhile."""
        before = {"_id": was.id, "citizen": was.citizen, "rev": was.rev}
        return bool((await self._stays.update_one(before, {"$set": _moving(one)}, session=tx)).modified_count)

    async def get(self, stay: str, tx: Tx | None = None) -> Stay | None:
        return next(iter(await self._found({"_id": stay}, 1, tx)), None)

    async def own(self, stay: str, citizen: str, tx: Tx | None = None) -> Stay | None:
        return next(iter(await self._found({"_id": stay, "citizen": citizen}, 1, tx)), None)

    async def at(self, house: str, citizen: str, tx: Tx) -> Stay | None:
        """The open one of somebody at a house."""
        return next(iter(await self._found({"citizen": citizen, "house": house, "open": True}, 1, tx)), None)

    async def of_citizen(self, citizen: str, tx: Tx | None = None) -> list[Stay]:
        """Open ones."""
        return await self._found({"citizen": citizen, "open": True}, _MOST_STAYS, tx)

    async def many(self, stays: Collection[str]) -> dict[str, Stay]:
        if not stays:
            return {}
        return {one.id: one for one in await self._found({"_id": {"$in": sorted(stays)}}, len(stays), None)}

    async def of_house(self, house: str, state: StayState | None, request: PageRequest) -> Page[Stay]:
        """Newest first; open ones when no state is named."""
        which: Document = {"open": True} if state is None else {"state": state.value}
        rows = await page_rows(self._stays, {"house": house, **which}, request)
        return Page.cut(await self._all(rows), request)

    # Who may visit

    async def name(self, one: Relative, tx: Tx) -> None:
        """Said again, it is as it is said now."""
        said = {"kinship": one.kinship.value, "by": one.by, "named_at": one.named_at}
        change = {"$set": said, "$setOnInsert": {"_id": one.id, "resident": one.resident}}
        which = {"stay": one.stay, "citizen": one.citizen}
        await self._relatives.update_one(which, change, upsert=True, session=tx)

    async def unname(self, relative: str, resident: str, tx: Tx) -> Relative | None:
        """Who it was."""
        row = await self._relatives.find_one_and_delete({"_id": relative, "resident": resident}, session=tx)
        return _relative(row) if row else None

    async def relative(self, stay: str, citizen: str, tx: Tx | None = None) -> Relative | None:
        row = await self._relatives.find_one({"stay": stay, "citizen": citizen}, session=tx)
        return _relative(row) if row else None

    async def relatives(self, stays: Collection[str], tx: Tx | None = None) -> list[Relative]:
        """In the order in which they were named."""
        if not stays:
            return []
        which = {"stay": {"$in": sorted(stays)}}
        found = self._relatives.find(which, session=tx).sort("named_at", 1).limit(len(stays) * (MOST_RELATIVES + 1))
        return [_relative(row) for row in await found.to_list(None)]

    async def named_in(self, citizen: str) -> list[Relative]:
        """Where somebody was named, the newest first."""
        found = self._relatives.find({"citizen": citizen}).sort("named_at", -1).limit(_MOST_TO_VISIT)
        return [_relative(row) for row in await found.to_list(None)]

    async def kin(self, stays: Collection[str], citizens: Collection[str]) -> dict[tuple[str, str], Kinship]:
        """By stay and visitor."""
        if not stays:
            return {}
        which = {"stay": {"$in": sorted(stays)}, "citizen": {"$in": sorted(citizens)}}
        rows = await self._relatives.find(which).to_list(None)
        return {(row["stay"], row["citizen"]): Kinship(row["kinship"]) for row in rows}

    async def forget_relatives(self, stay: str, tx: Tx) -> None:
        await self._relatives.delete_many({"stay": stay}, session=tx)

    async def _found(self, which: Document, most: int, tx: Tx | None) -> list[Stay]:
        return await self._all(await self._stays.find(which, session=tx).sort("_id", -1).limit(most).to_list(None), tx)

    async def _all(self, rows: Sequence[Document], tx: Tx | None = None) -> list[Stay]:
        keys = await self._persons.many({row["citizen"] for row in rows}, tx)
        return [_stay(row, keys[row["citizen"]]) for row in rows]


def _moving(one: Stay) -> Document:
    return {"state": one.state.value, "open": one.state in OPEN, "rev": one.rev}


def _stay(row: Document, key: PersonKey) -> Stay:
    label = key.shown(row["label"], record=row["_id"], field=LABEL) or ""
    state = StayState(row["state"])
    return Stay(row["_id"], row["house"], row["citizen"], label, state, row["by"], row["asked_at"], row["rev"])


def _relative(row: Document) -> Relative:
    kinship = Kinship(row["kinship"])
    return Relative(row["_id"], row["stay"], row["resident"], row["citizen"], kinship, row["by"], row["named_at"])


@dataclass(frozen=True, slots=True)
class StayAsked:
    """A house asks somebody whether he stays there."""

    id: str
    house: Said


def stays_asked(citizen: str, most: int) -> Part[StayAsked]:
    which = {"citizen": citizen, "open": True, "state": StayState.ASKED.value}
    named = {"from": "care_houses", "localField": "house", "foreignField": "_id", "as": "houses"}
    steps: list[Document] = [{"$match": which}, {"$limit": most}, {"$lookup": named}]
    return Part("family_stays", [*steps, {"$project": {"houses.name": 1}}], _asked)


def _asked(row: Document) -> StayAsked:
    return StayAsked(row["_id"], next((Said(*one["name"]) for one in row["houses"]), UNSAID))
