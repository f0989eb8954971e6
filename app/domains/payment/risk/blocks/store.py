"""Blocks in MongoDB: one open at a time for a payer. Why is sealed under his key."""

from __future__ import annotations

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKey, PersonKeys
from app.core.sealed import PersonErased
from app.domains.payment.risk.blocks.model import Block, Ended

_REASON, _ENDED_FOR = "payer block reason", "payer block ended"


class BlockStore:
    def __init__(self, db: Database, persons: PersonKeys) -> None:
        self._blocks = db["payer_blocks"]
        self._persons = persons

    async def stands(self, payer: str, tx: Tx | None = None) -> bool:
        found = await self._blocks.find_one({"payer": payer, "open": True}, {"_id": 1}, session=tx)
        return found is not None

    async def open_of(self, payer: str, tx: Tx | None = None) -> Block | None:
        row = await self._blocks.find_one({"payer": payer, "open": True}, session=tx)
        return _block(row, await self._persons.of(payer, tx)) if row else None

    async def add(self, block: Block, tx: Tx) -> None:
        """Raises DuplicateKey (a rival was first)."""
        reason = await self._sealed(block, block.reason, _REASON, tx)
        row: Document = {"payer": block.payer, "reason": reason, "by": block.by, "at": block.at}
        await self._blocks.insert_one({"_id": block.id, **row, "open": True}, session=tx)

    async def end(self, block: Block, ended: Ended, tx: Tx) -> bool:
        which = {"_id": block.id, "payer": block.payer, "open": True}
        reason = await self._sealed(block, ended.reason, _ENDED_FOR, tx)
        row = {"reason": reason, "by": ended.by, "at": ended.at}
        change = {"$set": {"ended": row}, "$unset": {"open": ""}}
        return bool((await self._blocks.update_one(which, change, session=tx)).modified_count)

    async def page(self, open_: bool, request: PageRequest) -> Page[Block]:
        """Newest first: those that stand, or all."""
        rows = await page_rows(self._blocks, {"open": True} if open_ else {}, request)
        return Page.cut(await self._opened(rows), request)

    async def of(self, payer: str) -> list[Block]:
        """Newest first."""
        rows = await self._blocks.find({"payer": payer}).sort("_id", -1).limit(100).to_list(None)
        return await self._opened(rows)

    async def _opened(self, rows: list[Document]) -> list[Block]:
        keys = await self._persons.many({row["payer"] for row in rows})
        return [_block(row, keys[row["payer"]]) for row in rows]

    async def _sealed(self, block: Block, words: str, field: str, tx: Tx) -> bytes | None:
        """Nothing of who was erased: the audit has it, under its own lock."""
        try:
            key = await self._persons.sealing(block.payer, tx)
        except PersonErased:
            return None
        return key.seal_text(words, record=block.id, field=field)


def _block(row: Document, key: PersonKey) -> Block:
    """What is sealed of who was erased is shown as nothing."""
    ended = row.get("ended")
    return Block(
        row["_id"],
        row["payer"],
        _shown(row, row["reason"], key, _REASON),
        row["by"],
        row["at"],
        Ended(_shown(row, ended["reason"], key, _ENDED_FOR), ended["by"], ended["at"]) if ended else None,
    )


def _shown(row: Document, sealed: bytes | None, key: PersonKey, field: str) -> str:
    return key.shown(sealed, record=row["_id"], field=field) or ""
