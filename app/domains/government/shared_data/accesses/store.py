"""Accesses in MongoDB."""

from __future__ import annotations

from datetime import date

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.domains.government.shared_data.accesses.model import AccessState, DataAccess, Ground

_MOST = 5_000


class AccessStore:
    def __init__(self, db: Database) -> None:
        self._rows = db["data_accesses"]

    async def add(self, access: DataAccess, tx: Tx) -> None:
        await self._rows.insert_one({"_id": access.id, **_row(access)}, session=tx)

    async def get(self, access: str, tx: Tx | None = None) -> DataAccess | None:
        row = await self._rows.find_one({"_id": access}, session=tx)
        return _access(row) if row else None

    async def answer(self, answered: DataAccess, was: DataAccess, tx: Tx) -> bool:
        """False when it was answered meanwhile."""
        change = {
            "state": answered.state.value,
            "answer": answered.answer,
            "answered_at": answered.answered_at,
            "answered_by": answered.answered_by,
        }
        as_it_was = {"_id": was.id, "state": was.state.value}
        return bool((await self._rows.update_one(as_it_was, {"$set": change}, session=tx)).modified_count)

    async def granted(self, organisation: str, data_set: str, purpose: str, tx: Tx | None = None) -> list[DataAccess]:
        """What an organisation was granted of a set for a purpose, over or not."""
        which = {"organisation": organisation, "state": "granted", "data_set": data_set, "purpose": purpose}
        return [_access(row) for row in await self._rows.find(which, session=tx).limit(100).to_list(None)]

    async def live(self, today: date) -> list[DataAccess]:
        """All that are granted and not over: a few hundred in a city."""
        which = {"state": AccessState.GRANTED.value, "until": {"$gte": today.isoformat()}}
        return [_access(row) for row in await self._rows.find(which).sort("until", 1).limit(_MOST).to_list(None)]

    async def asked_by(self, organisation: str, request: PageRequest) -> Page[DataAccess]:
        """Newest first."""
        return await self._page({"organisation": organisation}, request)

    async def asked_of(self, owner: str, request: PageRequest) -> Page[DataAccess]:
        return await self._page({"owner": owner}, request)

    async def in_state(self, state: AccessState, request: PageRequest) -> Page[DataAccess]:
        return await self._page({"state": state.value}, request)

    async def _page(self, which: Document, request: PageRequest) -> Page[DataAccess]:
        return Page.cut([_access(row) for row in await page_rows(self._rows, which, request)], request)


def _row(one: DataAccess) -> Document:
    return {
        "data_set": one.data_set,
        "owner": one.owner,
        "organisation": one.organisation,
        "fields": list(one.fields),
        "purpose": one.purpose,
        "why": one.why,
        "ground": one.ground.value,
        "law": one.law,
        "until": one.until.isoformat(),
        "requested_at": one.requested_at,
        "requested_by": one.requested_by,
        "state": one.state.value,
        "answer": one.answer,
        "answered_at": one.answered_at,
        "answered_by": one.answered_by,
    }


def _access(row: Document) -> DataAccess:
    return DataAccess(
        id=row["_id"],
        data_set=row["data_set"],
        owner=row["owner"],
        organisation=row["organisation"],
        fields=tuple(row["fields"]),
        purpose=row["purpose"],
        why=row["why"],
        ground=Ground(row["ground"]),
        law=row["law"],
        until=date.fromisoformat(row["until"]),
        requested_at=row["requested_at"],
        requested_by=row["requested_by"],
        state=AccessState(row["state"]),
        answer=row["answer"],
        answered_at=row["answered_at"],
        answered_by=row["answered_by"],
    )
