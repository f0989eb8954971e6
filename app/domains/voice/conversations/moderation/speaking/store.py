"""Nicknames in MongoDB: a row a name, so that no two people have the same, and each citizen at most one."""

from __future__ import annotations

from app.core.mongo import Database, Document, Tx
from app.domains.voice.conversations.moderation.speaking.model import folded


class NicknameStore:
    def __init__(self, db: Database) -> None:
        self._names = db["nicknames"]

    async def of(self, citizen: str, tx: Tx | None = None) -> str | None:
        row = await self._names.find_one({"citizen": citizen}, session=tx)
        return str(row["name"]) if row else None

    async def take(self, citizen: str, name: str, tx: Tx) -> bool:
        """Instead of the one before. False when somebody else is called so."""
        row: Document | None = await self._names.find_one({"_id": folded(name)}, session=tx)
        if row is not None and row["citizen"] != citizen:
            return False
        await self.let_go(citizen, tx)
        await self._names.insert_one({"_id": folded(name), "citizen": citizen, "name": name}, session=tx)
        return True

    async def let_go(self, citizen: str, tx: Tx) -> None:
        await self._names.delete_many({"citizen": citizen}, session=tx)
