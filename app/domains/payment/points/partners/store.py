"""Partners in MongoDB, by organisation."""

from __future__ import annotations

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.said import said_of, said_row
from app.domains.payment.points.partners.model import Partner


class PartnerStore:
    def __init__(self, db: Database) -> None:
        self._partners = db["point_partners"]

    async def put(self, partner: Partner, tx: Tx) -> None:
        offers = said_row(partner.offers)
        change = {
            "$set": {"rate": partner.rate, "active": partner.active, "offers": offers},
            "$setOnInsert": {"since": partner.since},
        }
        await self._partners.update_one({"_id": partner.organisation}, change, upsert=True, session=tx)

    async def get(self, organisation: str, tx: Tx | None = None) -> Partner | None:
        row = await self._partners.find_one({"_id": organisation}, session=tx)
        return _partner(row) if row else None

    async def touch(self, organisation: str, tx: Tx) -> bool:
        """Whoever else changes what belongs to it comes before or after. False when it is none."""
        which = {"_id": organisation}
        return bool((await self._partners.update_one(which, {"$inc": {"rev": 1}}, session=tx)).matched_count)

    async def page(self, request: PageRequest, *, active: bool | None = True) -> Page[Partner]:
        """By organisation."""
        which: Document = {} if active is None else {"active": active}
        rows = await page_rows(self._partners, which, request, newest=False)
        return Page.cut([_partner(row) for row in rows], request)


def _partner(row: Document) -> Partner:
    offers = said_of(row["offers"])
    return Partner(row["_id"], row["rate"], row["since"], row["active"], offers)
