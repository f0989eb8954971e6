"""Residencies and households in MongoDB.

A home beside a citizen is sealed under his key and found by keyed hashes. How many live in a household, and who its
head is, stands in one row of its own, which is changed by guarded updates.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKey, PersonKeys
from app.core.sealed import KeyRing
from app.domains.community.estates.model import Home
from app.domains.community.residents.model import (
    MOST_HOMES,
    MOST_PEOPLE,
    OPEN,
    Household,
    Relation,
    Residency,
    ResidencyState,
)

HOME, REASON = "residency home", "residency reason"
_AT_ONCE = 500


class ResidentStore:
    def __init__(self, db: Database, persons: PersonKeys, ring: KeyRing) -> None:
        self._rows = db["residencies"]
        self._households = db["households"]
        self._persons = persons
        self._ring = ring

    def household_of(self, home: Home) -> str:
        """The keyed hash of a home."""
        return self._ring.keyed_hash(home.text, kind="home")

    def court_of(self, estate: str, building: str) -> str:
        """The keyed hash of a building."""
        return self._ring.keyed_hash(f"{estate}\n{building}", kind="building")

    async def add(self, one: Residency, tx: Tx) -> None:
        """Raises DuplicateKey: he lives there already, or has asked."""
        key = await self._persons.sealing(one.citizen, tx)
        await self._rows.insert_one(_row(one, key), session=tx)

    async def save(self, one: Residency, was: Residency, tx: Tx) -> bool:
        """False when its state is not what was read."""
        key = await self._persons.sealing(one.citizen, tx)
        change: Document = {"state": one.state.value, "open": one.state in OPEN, "changed_at": one.changed_at}
        if one.reason is not None:
            change["reason"] = key.seal_text(one.reason, record=one.id, field=REASON)
        if one.since is not None:
            change["since"] = one.since
        before = {"_id": one.id, "citizen": one.citizen, "state": was.state.value}
        return bool((await self._rows.update_one(before, {"$set": change}, session=tx)).modified_count)

    async def get(self, residency: str, citizen: str, tx: Tx | None = None) -> Residency | None:
        """The citizen's own."""
        return await self._one({"_id": residency, "citizen": citizen}, tx)

    async def any(self, residency: str, tx: Tx | None = None) -> Residency | None:
        """For who decides on it."""
        return await self._one({"_id": residency}, tx)

    async def at(self, citizen: str, household: str, tx: Tx | None = None) -> Residency | None:
        """Where somebody lives there."""
        state = ResidencyState.RESIDENT.value
        return await self._one({"citizen": citizen, "household": household, "open": True, "state": state}, tx)

    async def of_citizen(
        self, citizen: str, states: Collection[ResidencyState] = OPEN, tx: Tx | None = None
    ) -> list[Residency]:
        """The newest first."""
        which = {"citizen": citizen, "state": {"$in": sorted(state.value for state in states)}}
        rows = await self._rows.find(which, session=tx).sort("_id", -1).limit(5 * MOST_HOMES).to_list(None)
        return await self._all(rows)

    async def of_household(self, household: str, states: Collection[ResidencyState] = OPEN) -> list[Residency]:
        which = {"household": household, "state": {"$in": sorted(state.value for state in states)}}
        return await self._all(await self._rows.find(which).sort("_id", 1).limit(4 * MOST_PEOPLE).to_list(None))

    async def of_estate(self, estate: str, state: ResidencyState, request: PageRequest) -> Page[Residency]:
        """The newest first."""
        rows = await page_rows(self._rows, {"estate": estate, "state": state.value}, request)
        return Page.cut(await self._all(rows), request)

    async def citizens_of(self, which: Document, after: str, most: int = _AT_ONCE) -> list[tuple[str, str]]:
        """(residency, citizen) of those who live where `which` says (estate, court or household), by residency."""
        lives = {**which, "state": ResidencyState.RESIDENT.value, "_id": {"$gt": after}}
        rows = await self._rows.find(lives, {"citizen": 1}).sort("_id", 1).limit(most).to_list(None)
        return [(row["_id"], row["citizen"]) for row in rows]

    async def living_in(self, estate: str, after: str, most: int = _AT_ONCE) -> list[Residency]:
        """By residency."""
        lives = {"estate": estate, "state": ResidencyState.RESIDENT.value, "_id": {"$gt": after}}
        return await self._all(await self._rows.find(lives).sort("_id", 1).limit(most).to_list(None))

    async def changed_since(self, estate: str, since: datetime, most: int) -> list[str]:
        """Citizens who asked, moved in or out, or were refused, for each time that they did; so many at most."""
        which = {"estate": estate, "changed_at": {"$gte": since}}
        rows = await self._rows.find(which, {"citizen": 1}).sort("changed_at", 1).limit(most).to_list(None)
        return [row["citizen"] for row in rows]

    async def among(self, citizens: Collection[str], estate: str) -> set[str]:
        """Those of them who live there."""
        lives = {"citizen": {"$in": sorted(citizens)}, "state": ResidencyState.RESIDENT.value, "estate": estate}
        rows = await self._rows.find(lives, {"citizen": 1}).to_list(None) if citizens else []
        return {row["citizen"] for row in rows}

    # Households

    async def household(self, household: str, tx: Tx | None = None) -> Household | None:
        row = await self._households.find_one({"_id": household}, session=tx)
        return _household(row) if row else None

    async def households(self, ids: Collection[str]) -> dict[str, Household]:
        rows = await self._households.find({"_id": {"$in": sorted(ids)}}).to_list(None) if ids else []
        return {row["_id"]: _household(row) for row in rows}

    async def move_in(self, one: Residency, tx: Tx) -> bool:
        """One more lives there; the first who may is its head. False: it is full. Raises DuplicateKey (a rival)."""
        room = {"_id": one.household, "people": {"$lt": MOST_PEOPLE}}
        first = {"estate": one.estate, "court": one.court, "head": None}
        if await self._households.find_one({"_id": one.household, "people": {"$gte": MOST_PEOPLE}}, session=tx):
            return False
        change = {"$inc": {"people": 1}, "$setOnInsert": first}
        await self._households.update_one(room, change, upsert=True, session=tx)
        if one.may_head:
            await self.set_head(one.household, one.id, None, tx)
        return True

    async def move_out(self, one: Residency, tx: Tx) -> bool:
        """Whether he was its head."""
        there = {"_id": one.household, "people": {"$gt": 0}}
        await self._households.update_one(there, {"$inc": {"people": -1}}, session=tx)
        return await self.set_head(one.household, None, one.id, tx)

    async def heir(self, household: str, tx: Tx) -> Residency | None:
        """The owner or tenant who asked for the home first, of those who live there."""
        heads = [one.value for one in Relation if one is not Relation.FAMILY]
        which = {"household": household, "state": ResidencyState.RESIDENT.value, "relation": {"$in": heads}}
        row = await self._rows.find_one(which, session=tx, sort=[("_id", 1)])
        return _residency(row, await self._persons.of(row["citizen"], tx)) if row else None

    async def set_head(self, household: str, head: str | None, was: str | None, tx: Tx) -> bool:
        """False when somebody else is the head."""
        before = {"_id": household, "head": was}
        return bool((await self._households.update_one(before, {"$set": {"head": head}}, session=tx)).matched_count)

    async def in_use(self, home: Home, tx: Tx) -> int:
        """How many live there, or ask to. Whoever moves in meanwhile meets whoever asks this."""
        household = self.household_of(home)
        fresh = {"estate": home.estate, "court": self.court_of(home.estate, home.building), "head": None}
        one = {"_id": household}
        change = {"$inc": {"people": 0, "asked": 1}, "$setOnInsert": fresh}
        await self._households.update_one(one, change, upsert=True, session=tx)
        open_ = {"household": household, "state": {"$in": sorted(state.value for state in OPEN)}}
        return await self._rows.count_documents(open_, limit=MOST_PEOPLE, session=tx)

    async def forget_household(self, home: Home, tx: Tx) -> None:
        """Of a home that is no more."""
        await self._households.delete_one({"_id": self.household_of(home), "people": 0}, session=tx)

    async def count_households(self, which: Document) -> int:
        """Of an estate, a building or of some homes: those that somebody lives in."""
        return await self._households.count_documents({**which, "people": {"$gt": 0}})

    async def _one(self, which: Document, tx: Tx | None) -> Residency | None:
        row = await self._rows.find_one(which, session=tx)
        return _residency(row, await self._persons.of(row["citizen"], tx)) if row else None

    async def _all(self, rows: Sequence[Document]) -> list[Residency]:
        keys = await self._persons.many(_citizens(rows))
        return [_residency(row, keys[row["citizen"]]) for row in rows]


def _citizens(rows: Iterable[Document]) -> set[str]:
    return {row["citizen"] for row in rows}


def _row(one: Residency, key: PersonKey) -> Document:
    assert one.home is not None
    return {
        "_id": one.id,
        "citizen": one.citizen,
        "estate": one.estate,
        "household": one.household,
        "court": one.court,
        "home": key.seal_text(one.home.text, record=one.id, field=HOME),
        "relation": one.relation.value,
        "state": one.state.value,
        "open": one.state in OPEN,
        "by": one.by,
        "asked_at": one.asked_at,
        "changed_at": one.changed_at,
    }


def _residency(row: Document, key: PersonKey) -> Residency:
    home = key.shown(row["home"], record=row["_id"], field=HOME)
    return Residency(
        id=row["_id"],
        citizen=row["citizen"],
        estate=row["estate"],
        household=row["household"],
        court=row["court"],
        home=Home.of_text(home) if home is not None else None,
        relation=Relation(row["relation"]),
        state=ResidencyState(row["state"]),
        by=row["by"],
        asked_at=row["asked_at"],
        changed_at=row["changed_at"],
        reason=key.shown(row.get("reason"), record=row["_id"], field=REASON),
        since=row.get("since"),
    )


def _household(row: Document) -> Household:
    return Household(row["_id"], row["estate"], row["court"], row["people"], row["head"])
