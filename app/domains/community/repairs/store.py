"""Repairs in MongoDB; each is saved over the revision that was read. What was said, and of which home, is sealed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKey, PersonKeys
from app.domains.community.estates.model import Home
from app.domains.community.repairs.model import (
    OPEN,
    HandedOver,
    Rating,
    Repair,
    RepairKind,
    RepairState,
    Step,
    Why,
)

WORDS, PLACE = "repair words", "repair home"


class RepairStore:
    def __init__(self, db: Database, persons: PersonKeys) -> None:
        self._repairs = db["repairs"]
        self._persons = persons

    async def add(self, one: Repair, tx: Tx) -> None:
        key = await self._persons.sealing(one.citizen, tx)
        assert one.words is not None
        assert one.home is not None
        sealed = {
            "words": key.seal_text(one.words, record=one.id, field=WORDS),
            "home": key.seal_text(one.home.text, record=one.id, field=PLACE),
        }
        await self._repairs.insert_one({"_id": one.id, **_fixed(one), **_moving(one), **sealed}, session=tx)

    async def save(self, one: Repair, tx: Tx) -> bool:
        """Over the revision before; False when it is not that any more."""
        before = {"_id": one.id, "rev": one.rev - 1}
        return bool((await self._repairs.update_one(before, {"$set": _moving(one)}, session=tx)).modified_count)

    async def get(self, repair: str, tx: Tx | None = None) -> Repair | None:
        return await self._one({"_id": repair}, tx)

    async def own(self, repair: str, citizen: str, tx: Tx | None = None) -> Repair | None:
        return await self._one({"_id": repair, "citizen": citizen}, tx)

    async def count_open(self, citizen: str, most: int, tx: Tx) -> int:
        return await self._repairs.count_documents({"citizen": citizen, "open": True}, limit=most, session=tx)

    async def of_citizen(self, citizen: str, request: PageRequest) -> Page[Repair]:
        """The newest first."""
        return await self._page({"citizen": citizen}, request)

    async def of_estate(self, estate: str, state: RepairState | None, request: PageRequest) -> Page[Repair]:
        """The newest first; open ones when no state is named."""
        which = {"open": True} if state is None else {"state": state.value}
        return await self._page({"estate": estate, **which}, request)

    async def late(self, now: datetime, most: int, after: datetime | None = None) -> list[Repair]:
        """Of which a term has passed, and the centre does not have them; the longest first."""
        due: Document = {"$lte": now} if after is None else {"$lte": now, "$gt": after}
        rows = await self._repairs.find({"due_at": due}).sort("due_at", 1).limit(most).to_list(None)
        return await self._all(rows)

    async def handed_over(self, request: PageRequest) -> Page[Repair]:
        """For the desk: what the centre has, the newest first."""
        return await self._page({"given": True}, request)

    async def open_of(self, citizen: str, tx: Tx) -> list[Repair]:
        rows = await self._repairs.find({"citizen": citizen, "open": True}, session=tx).to_list(None)
        return await self._all(rows)

    async def _page(self, which: Document, request: PageRequest) -> Page[Repair]:
        return Page.cut(await self._all(await page_rows(self._repairs, which, request)), request)

    async def _one(self, which: Document, tx: Tx | None) -> Repair | None:
        row = await self._repairs.find_one(which, session=tx)
        return _repair(row, await self._persons.of(row["citizen"], tx)) if row else None

    async def _all(self, rows: Collection[Document]) -> list[Repair]:
        keys = await self._persons.many({row["citizen"] for row in rows})
        return [_repair(row, keys[row["citizen"]]) for row in rows]


def _fixed(one: Repair) -> dict[str, Any]:
    return {
        "citizen": one.citizen,
        "estate": one.estate,
        "household": one.household,
        "kind": one.kind.value,
        "reported_at": one.reported_at,
        "spot": one.spot,
        "files": list(one.files),
    }


def _moving(one: Repair) -> dict[str, Any]:
    given = one.handed_over
    return {
        "state": one.state.value,
        "open": one.state in OPEN,
        "accept_by": one.accept_by,
        "finish_by": one.finish_by,
        "due_at": one.due_at,
        "visit_at": one.visit_at,
        "steps": [{"state": s.state.value, "at": s.at, "by": s.by, "note": s.note} for s in one.steps],
        "ratings": [{"solved": r.solved, "grade": r.grade, "at": r.at} for r in one.ratings],
        "given": given is not None,
        "case": given and {"id": given.case, "number": given.number, "why": given.why.value, "at": given.at},
        "rev": one.rev,
    }


def _repair(row: Document, key: PersonKey) -> Repair:
    home, given = key.shown(row["home"], record=row["_id"], field=PLACE), row["case"]
    return Repair(
        id=row["_id"],
        citizen=row["citizen"],
        estate=row["estate"],
        household=row["household"],
        kind=RepairKind(row["kind"]),
        state=RepairState(row["state"]),
        reported_at=row["reported_at"],
        accept_by=row["accept_by"],
        finish_by=row["finish_by"],
        due_at=row["due_at"],
        steps=tuple(Step(RepairState(s["state"]), s["at"], s["by"], s["note"]) for s in row["steps"]),
        words=key.shown(row["words"], record=row["_id"], field=WORDS),
        home=Home.of_text(home) if home is not None else None,
        spot=row["spot"],
        files=tuple(row["files"]),
        visit_at=row["visit_at"],
        ratings=tuple(Rating(r["solved"], r["grade"], r["at"]) for r in row["ratings"]),
        handed_over=HandedOver(given["id"], given["number"], Why(given["why"]), given["at"]) if given else None,
        rev=row["rev"],
    )
