"""Redemptions in MongoDB: one row a partner and day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.domains.payment.settlement.redemptions.model import Part, Redemption


class RedemptionStore:
    def __init__(self, db: Database) -> None:
        self._redemptions = db["point_redemptions"]

    async def add(self, one: Redemption, tx: Tx) -> None:
        """Raises DuplicateKey: this partner's day, or its next number, was settled by somebody else."""
        await self._redemptions.insert_one(_row(one), session=tx)

    async def newest(self, organisation: str) -> Redemption | None:
        row = await self._redemptions.find_one({"organisation": organisation}, sort=[("seq", -1)])
        return _redemption(row) if row else None

    async def many(self, ids: Collection[str]) -> list[Redemption]:
        rows = await self._redemptions.find({"_id": {"$in": sorted(ids)}}).to_list(None)
        return [_redemption(row) for row in rows]

    async def page(self, organisation: str | None, request: PageRequest) -> Page[Redemption]:
        """Newest first of a partner; without one all, by partner, the newest last."""
        if organisation is None:
            rows = await page_rows(self._redemptions, {}, request, newest=False)
        else:
            rows = await page_rows(self._redemptions, {"organisation": organisation}, request)
        return Page.cut([_redemption(row) for row in rows], request)


def _row(one: Redemption) -> Document:
    return {
        "_id": one.id,
        "organisation": one.organisation,
        "day": one.day.isoformat(),
        "seq": one.seq,
        "since": one.since,
        "until": one.until,
        "parts": [{"units": part.units, "count": part.count, "points": part.points} for part in one.parts],
        "at": one.at,
    }


def _redemption(row: Document) -> Redemption:
    return Redemption(
        organisation=row["organisation"],
        day=date.fromisoformat(row["day"]),
        seq=row["seq"],
        since=row["since"],
        until=row["until"],
        parts=tuple(Part(part["units"], part["count"], part["points"]) for part in row["parts"]),
        at=row["at"],
    )
