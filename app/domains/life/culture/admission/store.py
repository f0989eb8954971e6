"""Codes of tickets in MongoDB, by their hashes: one guarded update uses one. A row says which of a ticket is shown."""

from __future__ import annotations

from datetime import datetime, timedelta

from pymongo import ReturnDocument

from app.core.mongo import Database, Document, Tx
from app.domains.life.culture.admission.model import OVERLAP, TicketCode

_KEPT = timedelta(hours=6)


class TicketCodeStore:
    def __init__(self, db: Database) -> None:
        self._codes = db["ticket_codes"]
        self._shown = db["shown_ticket_codes"]

    async def show(self, code: TicketCode, now: datetime, tx: Tx) -> None:
        """The one before is good for some seconds more. Raises DuplicateKey when a rival is first: try again."""
        tidy_at = code.expires_at + _KEPT
        before = await self._shown.find_one({"_id": code.ticket}, session=tx)
        if before is not None:
            longer = {"_id": before["code"], "used_at": None, "expires_at": {"$gt": now + OVERLAP}}
            await self._codes.update_one(longer, {"$set": {"expires_at": now + OVERLAP}}, session=tx)
        change = {"$set": {"code": code.hash, "citizen": code.citizen, "tidy_at": tidy_at}}
        await self._shown.update_one({"_id": code.ticket}, change, upsert=True, session=tx)
        await self._codes.insert_one({**_row(code), "tidy_at": tidy_at}, session=tx)

    async def use(self, hash_: str, organisation: str, now: datetime, tx: Tx) -> TicketCode | None:
        """Once: of many doors one gets it."""
        fresh = {"_id": hash_, "organisation": organisation, "used_at": None, "expires_at": {"$gt": now}}
        row = await self._codes.find_one_and_update(
            fresh, {"$set": {"used_at": now}}, return_document=ReturnDocument.AFTER, session=tx
        )
        return _code(row) if row else None

    async def get(self, hash_: str, tx: Tx | None = None) -> TicketCode | None:
        row = await self._codes.find_one({"_id": hash_}, session=tx)
        return _code(row) if row else None


def _row(one: TicketCode) -> Document:
    return {
        "_id": one.hash,
        "purchase": one.purchase,
        "ticket": one.ticket,
        "citizen": one.citizen,
        "organisation": one.organisation,
        "expires_at": one.expires_at,
        "used_at": one.used_at,
    }


def _code(row: Document) -> TicketCode:
    return TicketCode(
        hash=row["_id"],
        purchase=row["purchase"],
        ticket=row["ticket"],
        citizen=row["citizen"],
        organisation=row["organisation"],
        expires_at=row["expires_at"],
        used_at=row["used_at"],
    )
