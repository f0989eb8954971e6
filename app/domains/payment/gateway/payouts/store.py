"""Payouts in MongoDB: errands of the gateway, and whose they are."""

from __future__ import annotations

from datetime import datetime

from app.core.mongo import Database, Document, Tx
from app.core.paging import Page, PageRequest
from app.domains.payment.gateway.errands.model import WAITING, ErrandState
from app.domains.payment.gateway.errands.store import ErrandStore
from app.domains.payment.gateway.payouts.model import Payout, PayoutPurpose


class PayoutStore(ErrandStore[Payout]):
    def __init__(self, db: Database) -> None:
        super().__init__(db["gateway_payouts"], _payout)

    async def add(self, payout: Payout, due_at: datetime, tx: Tx) -> None:
        """Once: a repeat finds it there."""
        row: Document = {
            "purpose": payout.purpose.value,
            "owner": payout.owner,
            "about": payout.about,
            "what": payout.what,
            "fen": payout.fen,
            "at": payout.at,
            "state": payout.state.value,
            "looks": 0,
            "due_at": due_at,
        }
        await self._rows.update_one({"_id": payout.id}, {"$setOnInsert": row}, upsert=True, session=tx)

    async def of(self, owner: str, id_: str) -> Payout | None:
        row = await self._rows.find_one({"_id": id_, "owner": owner})
        return _payout(row) if row else None

    async def newest(self, owner: str, purpose: PayoutPurpose, request: PageRequest) -> Page[Payout]:
        return await self._page({"owner": owner, "purpose": purpose.value}, request)

    async def under_way(self, owner: str, tx: Tx | None) -> bool:
        which = {
            "owner": owner,
            "purpose": {"$in": sorted(PayoutPurpose)},
            "state": {"$in": sorted(WAITING)},
        }
        return await self._rows.find_one(which, {"_id": 1}, session=tx) is not None


def _payout(row: Document) -> Payout:
    return Payout(
        id=row["_id"],
        purpose=PayoutPurpose(row["purpose"]),
        owner=row["owner"],
        about=row["about"],
        what=row["what"],
        fen=row["fen"],
        at=row["at"],
        state=ErrandState(row["state"]),
        gateway_id=row.get("gateway_id"),
        reason=row.get("reason", ""),
        settled_at=row.get("settled_at"),
        looks=row["looks"],
    )
