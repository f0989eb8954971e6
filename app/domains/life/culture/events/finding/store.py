"""Listings in MongoDB: one of each published event, replaced with it, found along an index whatever was asked for."""

from __future__ import annotations

from datetime import datetime

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import PageRequest
from app.domains.life.culture.events.finding.model import Listing, Sought


class ListingStore:
    def __init__(self, db: Database) -> None:
        self._listings = db["culture_listings"]

    async def put(self, listing: Listing, tx: Tx) -> None:
        row: Document = {
            "_id": listing.event,
            "kind": listing.kind.value,
            "turn": listing.turn,
            "grams": list(listing.grams),
            "days": [day.isoformat() for day in listing.days],
            "cells": list(listing.cells),
        }
        await self._listings.replace_one({"_id": listing.event}, row, upsert=True, session=tx)

    async def drop(self, event: str, tx: Tx) -> None:
        await self._listings.delete_one({"_id": event}, session=tx)

    async def find(self, sought: Sought, now: datetime, request: PageRequest) -> list[tuple[str, str]]:
        """Ids and turns of what is not over, one more than asked for when there are more; the key is `turn`."""
        which: Document = {}
        if sought.kind is not None:
            which["kind"] = sought.kind.value
        if sought.grams:
            which["grams"] = {"$all": sought.grams}
        if sought.days:
            which["days"] = {"$in": [day.isoformat() for day in sought.days]}
        if sought.near is not None:
            which["cells"] = {"$in": sought.cells}
        after = max(request.after or "", now.isoformat())
        rows = await page_rows(self._listings, which, PageRequest(request.first, after), by="turn", newest=False)
        return [(row["_id"], row["turn"]) for row in rows]
