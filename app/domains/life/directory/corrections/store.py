"""Corrections in MongoDB; notes are sealed under the key of who wrote them. A row of slots keeps a person to one open
proposal for a field of a place.
"""

from __future__ import annotations

from collections.abc import Collection
from hashlib import sha256

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKeys
from app.domains.life.directory.corrections.errors import PlaceCorrectionWaiting
from app.domains.life.directory.corrections.model import CorrectedField, CorrectionState, PlaceCorrection, Proposed

FIELD = "correction note"
_AT_ONCE = 200


class CorrectionStore:
    def __init__(self, db: Database, persons: PersonKeys) -> None:
        self._rows = db["place_corrections"]
        self._slots = db["place_correction_slots"]
        self._persons = persons

    async def add(self, one: PlaceCorrection, tx: Tx) -> None:
        """Raises PlaceCorrectionWaiting."""
        slot = {"_id": _slot(one)}
        taken = await self._slots.update_one(slot, {"$setOnInsert": {"by": one.id}}, upsert=True, session=tx)
        if taken.upserted_id is None:
            raise PlaceCorrectionWaiting
        key = await self._persons.sealing(one.citizen, tx)
        note = key.seal_text(one.proposed.note, record=one.id, field=FIELD)
        row = {"_id": one.id, "note": note, "field": one.proposed.field.value, "value": one.proposed.value}
        plain = {"place": one.place, "citizen": one.citizen, "was": one.was, "operator": one.operator, "at": one.at}
        await self._rows.insert_one({**row, **plain, **_decision(one)}, session=tx)

    async def get(self, id_: str, tx: Tx | None = None) -> PlaceCorrection | None:
        row = await self._rows.find_one({"_id": id_}, session=tx)
        return (await self._all([row], tx))[0] if row else None

    async def decide(self, one: PlaceCorrection, tx: Tx) -> bool:
        """False when it was decided meanwhile."""
        before = {"_id": one.id, "state": CorrectionState.OPEN.value}
        changed = await self._rows.update_one(before, {"$set": _decision(one)}, session=tx)
        await self._slots.delete_one({"_id": _slot(one)}, session=tx)
        return bool(changed.modified_count)

    async def page(self, state: CorrectionState, request: PageRequest) -> Page[PlaceCorrection]:
        """For the desk; what is open by age, what is not the newest first."""
        newest = state is not CorrectionState.OPEN
        rows = await page_rows(self._rows, {"state": state.value}, request, newest=newest)
        return Page.cut(await self._all(rows), request)

    async def run_by(
        self, operators: Collection[str], state: CorrectionState, request: PageRequest
    ) -> Page[PlaceCorrection]:
        which: Document = {"operator": {"$in": sorted(operators)}, "state": state.value}
        rows = await page_rows(self._rows, which, request, newest=False)
        return Page.cut(await self._all(rows), request)

    async def of_citizen(self, citizen: str, request: PageRequest) -> Page[PlaceCorrection]:
        return Page.cut(await self._all(await page_rows(self._rows, {"citizen": citizen}, request)), request)

    async def of_place(self, place: str, request: PageRequest) -> Page[PlaceCorrection]:
        return Page.cut(await self._all(await page_rows(self._rows, {"place": place}, request)), request)

    async def open_of(self, citizen: str, tx: Tx) -> list[PlaceCorrection]:
        which = {"citizen": citizen, "state": CorrectionState.OPEN.value}
        return await self._all(await self._rows.find(which, session=tx).limit(_AT_ONCE).to_list(None), tx)

    async def _all(self, rows: list[Document], tx: Tx | None = None) -> list[PlaceCorrection]:
        keys = await self._persons.many({row["citizen"] for row in rows}, tx)
        notes = [keys[row["citizen"]].shown(row["note"], record=row["_id"], field=FIELD) for row in rows]
        return [_correction(row, note or "") for row, note in zip(rows, notes, strict=True)]


def _slot(one: PlaceCorrection) -> str:
    """Says neither who nor where."""
    return sha256(f"{one.place}/{one.proposed.field.value}/{one.citizen}".encode()).hexdigest()[:32]


def _decision(one: PlaceCorrection) -> Document:
    return {
        "state": one.state.value,
        "decided_by": one.decided_by,
        "decided_at": one.decided_at,
        "reason": one.reason,
    }


def _correction(row: Document, note: str) -> PlaceCorrection:
    names = ("place", "citizen", "was", "operator", "at", "decided_by", "decided_at", "reason")
    return PlaceCorrection(
        id=row["_id"],
        proposed=Proposed(CorrectedField(row["field"]), row["value"], note),
        state=CorrectionState(row["state"]),
        **{name: row[name] for name in names},
    )
