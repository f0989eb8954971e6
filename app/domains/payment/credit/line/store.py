"""Credit lines in MongoDB: one row a citizen. A save holds the revision that was read."""

from __future__ import annotations

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.domains.payment.credit.line.model import CreditLine, LineState


class LineStore:
    def __init__(self, db: Database) -> None:
        self._lines = db["credit_lines"]

    async def get(self, citizen: str, tx: Tx | None = None) -> CreditLine | None:
        row = await self._lines.find_one({"_id": citizen}, session=tx)
        return _line(row) if row else None

    async def add(self, line: CreditLine, tx: Tx) -> None:
        """Raises DuplicateKey: a rival was first."""
        await self._lines.insert_one(_row(line), session=tx)

    async def save(self, line: CreditLine, was: CreditLine, tx: Tx) -> bool:
        """False when it was changed since it was read."""
        before = {"_id": was.citizen, "rev": was.rev}
        return bool((await self._lines.replace_one(before, _row(line), session=tx)).modified_count)

    async def in_state(self, state: LineState, request: PageRequest) -> Page[CreditLine]:
        """For the desk, by citizen."""
        rows = await page_rows(self._lines, {"state": state.value}, request, newest=False)
        return Page.cut([_line(row) for row in rows], request)

    async def counted(self) -> dict[LineState, int]:
        """For the desk: how many there are of each state."""
        return {state: await self._lines.count_documents({"state": state.value}) for state in LineState}


def _row(line: CreditLine) -> Document:
    return {
        "_id": line.citizen,
        "state": line.state.value,
        "fen": line.fen,
        "most": line.most,
        "agreement": line.agreement,
        "opened_at": line.opened_at,
        "frozen_at": line.frozen_at,
        "closed_at": line.closed_at,
        "rev": line.rev,
    }


def _line(row: Document) -> CreditLine:
    return CreditLine(
        citizen=row["_id"],
        state=LineState(row["state"]),
        fen=row["fen"],
        most=row["most"],
        agreement=row["agreement"],
        opened_at=row["opened_at"],
        frozen_at=row["frozen_at"],
        closed_at=row["closed_at"],
        rev=row["rev"],
    )
