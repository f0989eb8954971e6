"""Gates in MongoDB."""

from __future__ import annotations

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.said import said_of, said_row
from app.domains.community.estates.gates.model import MOST_GATES, Gate, GateKind


class GateStore:
    def __init__(self, db: Database) -> None:
        self._gates = db["estate_gates"]

    async def get(self, gate: str, tx: Tx | None = None) -> Gate | None:
        row = await self._gates.find_one({"_id": gate}, session=tx)
        return _gate(row) if row else None

    async def of_estate(self, estate: str, tx: Tx | None = None) -> list[Gate]:
        """By code."""
        rows = await self._gates.find({"estate": estate}, session=tx).sort("_id", 1).limit(MOST_GATES).to_list(None)
        return [_gate(row) for row in rows]

    async def page(self, request: PageRequest) -> Page[Gate]:
        """Of the city, by id."""
        rows = await page_rows(self._gates, {}, request, newest=False)
        return Page.cut([_gate(row) for row in rows], request)

    async def put(self, gate: Gate, tx: Tx) -> None:
        row = {
            "_id": gate.id,
            "estate": gate.estate,
            "code": gate.code,
            "name": said_row(gate.name),
            "kind": gate.kind.value,
            "active": gate.active,
        }
        await self._gates.replace_one({"_id": gate.id}, row, upsert=True, session=tx)


def _gate(row: Document) -> Gate:
    name = said_of(row["name"])
    return Gate(row["estate"], row["code"], name, GateKind(row["kind"]), row["active"])
