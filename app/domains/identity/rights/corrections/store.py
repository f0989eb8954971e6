"""Corrections in MongoDB. What is said in words is sealed under the citizen's key."""

from __future__ import annotations

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKey, PersonKeys
from app.domains.identity.rights.corrections.model import Correction, CorrectionField, CorrectionState


class CorrectionStore:
    def __init__(self, db: Database, persons: PersonKeys) -> None:
        self._corrections = db["corrections"]
        self._persons = persons

    async def add(self, correction: Correction, tx: Tx) -> None:
        key, record = await self._persons.sealing(correction.citizen, tx), correction.id
        row = {
            "_id": correction.id,
            "citizen": correction.citizen,
            "field": correction.field.value,
            "state": correction.state.value,
            "requested_at": correction.requested_at,
            "wanted": key.seal_text(correction.wanted or "", record=record, field="correction wanted"),
            "reason": key.seal_text(correction.reason or "", record=record, field="correction reason"),
        }
        await self._corrections.insert_one(row, session=tx)

    async def of(self, citizen: str) -> list[Correction]:
        """The newest, at most fifty."""
        rows = await self._corrections.find({"citizen": citizen}).sort("_id", -1).limit(50).to_list(None)
        key = await self._persons.of(citizen)
        return [_correction(row, key) for row in rows]

    async def open_of(self, citizen: str, tx: Tx) -> list[Correction]:
        """All that wait for an answer, without what was written."""
        waiting = {"citizen": citizen, "state": CorrectionState.OPEN.value}
        return [_correction(row) for row in await self._corrections.find(waiting, session=tx).to_list(None)]

    async def get(self, correction: str, citizen: str | None = None, tx: Tx | None = None) -> Correction | None:
        """Of this citizen; for the desk, of whomever."""
        which: Document = {"_id": correction, **({"citizen": citizen} if citizen else {})}
        row = await self._corrections.find_one(which, session=tx)
        return _correction(row, await self._persons.of(row["citizen"], tx)) if row else None

    async def page(self, state: CorrectionState, request: PageRequest) -> Page[Correction]:
        """For the desk, newest first, without what was written."""
        rows = await page_rows(self._corrections, {"state": state.value}, request)
        return Page.cut([_correction(row) for row in rows], request)

    async def settle(self, settled: Correction, tx: Tx) -> bool:
        """False when it was settled meanwhile."""
        change: Document = {
            "state": settled.state.value,
            "settled_at": settled.settled_at,
            "settled_by": settled.settled_by,
        }
        if settled.answer is not None:
            key = await self._persons.sealing(settled.citizen, tx)
            change["answer"] = key.seal_text(settled.answer, record=settled.id, field="correction answer")
        open_ = {"citizen": settled.citizen, "_id": settled.id, "state": CorrectionState.OPEN.value}
        return bool((await self._corrections.update_one(open_, {"$set": change}, session=tx)).modified_count)


def _correction(row: Document, key: PersonKey | None = None) -> Correction:
    def opened(name: str) -> str | None:
        return key.shown(row.get(name), record=row["_id"], field=f"correction {name}") if key else None

    return Correction(
        id=row["_id"],
        citizen=row["citizen"],
        field=CorrectionField(row["field"]),
        state=CorrectionState(row["state"]),
        requested_at=row["requested_at"],
        wanted=opened("wanted"),
        reason=opened("reason"),
        answer=opened("answer"),
        settled_at=row.get("settled_at"),
        settled_by=row.get("settled_by"),
    )
