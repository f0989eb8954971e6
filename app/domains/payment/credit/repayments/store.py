"""Repayments in MongoDB, by their citizen."""

from __future__ import annotations

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.domains.payment.credit.repayments.model import Means, Repayment, RepaymentState


class RepaymentStore:
    def __init__(self, db: Database) -> None:
        self._repayments = db["credit_repayments"]

    async def add(self, one: Repayment, tx: Tx) -> None:
        row = {
            "_id": one.id,
            "citizen": one.citizen,
            "fen": one.fen,
            "means": one.means.value,
            "state": one.state.value,
            "at": one.at,
            "left": one.left,
            "order": one.order,
            "settled_at": one.settled_at,
        }
        await self._repayments.insert_one(row, session=tx)

    async def get(self, citizen: str, id_: str, tx: Tx | None = None) -> Repayment | None:
        row = await self._repayments.find_one({"citizen": citizen, "_id": id_}, session=tx)
        return _repayment(row) if row else None

    async def of(self, citizen: str, request: PageRequest) -> Page[Repayment]:
        """Newest first."""
        rows = await page_rows(self._repayments, {"citizen": citizen}, request)
        return Page.cut([_repayment(row) for row in rows], request)

    async def settle(self, now: Repayment, tx: Tx) -> bool:
        """False when it was settled before."""
        which = {"citizen": now.citizen, "_id": now.id, "state": RepaymentState.WAITING.value}
        change = {"state": now.state.value, "left": now.left, "settled_at": now.settled_at}
        return bool((await self._repayments.update_one(which, {"$set": change}, session=tx)).modified_count)


def _repayment(row: Document) -> Repayment:
    return Repayment(
        id=row["_id"],
        citizen=row["citizen"],
        fen=row["fen"],
        means=Means(row["means"]),
        state=RepaymentState(row["state"]),
        at=row["at"],
        left=row["left"],
        order=row["order"],
        settled_at=row["settled_at"],
    )
