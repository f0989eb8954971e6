"""Organisations in MongoDB; the code is the key."""

from __future__ import annotations

from collections.abc import Sequence

from pymongo import ReplaceOne

from app.core.mongo import Database, Document, Tx
from app.domains.identity.organisations.model import Kind, Level, Organisation, OrganisationState


class OrganisationStore:
    def __init__(self, db: Database) -> None:
        self._organisations = db["organisations"]

    async def all(self) -> list[Organisation]:
        return [organisation_of(row) for row in await self._organisations.find({}).to_list(None)]

    async def put(self, organisations: Sequence[Organisation], tx: Tx | None = None) -> None:
        """Insert or replace each by its code."""
        changes = [ReplaceOne({"_id": node.code}, _row(node), upsert=True) for node in organisations]
        await self._organisations.bulk_write(changes, session=tx)

    async def set_state(self, code: str, state: OrganisationState, tx: Tx) -> bool:
        change = {"$set": {"state": state.value}}
        return bool((await self._organisations.update_one({"_id": code}, change, session=tx)).matched_count)


def _row(node: Organisation) -> Document:
    return {
        "_id": node.code,
        "name": node.name,
        "kind": node.kind.value,
        "level": node.level.value if node.level else None,
        "parent": node.parent,
        "path": list(node.path),
        "scopes": sorted(node.scopes),
        "state": node.state.value,
        "test_mode": node.test_mode,
    }


def organisation_of(row: Document) -> Organisation:
    return Organisation(
        code=row["_id"],
        name=row["name"],
        kind=Kind(row["kind"]),
        level=Level(row["level"]) if row["level"] else None,
        parent=row["parent"],
        path=tuple(row["path"]),
        scopes=frozenset(row["scopes"]),
        state=OrganisationState(row["state"]),
        test_mode=row["test_mode"],
    )
