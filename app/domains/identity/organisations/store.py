"""Organisations in MongoDB; the code is the key."""

from __future__ import annotations

from collections.abc import Sequence, Set

from pymongo import UpdateOne

from app.core.mongo import Database, Document, DuplicateKey, Tx
from app.domains.identity.organisations.errors import CreditCodeTaken
from app.domains.identity.organisations.model import Kind, Level, Organisation, OrganisationState

_PLACE = frozenset({"name", "name_en", "level", "parent", "path"})


class OrganisationStore:
    def __init__(self, db: Database) -> None:
        self._organisations = db["organisations"]
        self._credit_codes = db["credit_codes"]

    async def all(self) -> list[Organisation]:
        return [organisation_of(row) for row in await self._organisations.find({}).to_list(None)]

    async def get(self, code: str) -> Organisation | None:
        row = await self._organisations.find_one({"_id": code})
        return organisation_of(row) if row else None

    async def put(self, organisations: Sequence[Organisation], tx: Tx | None = None) -> None:
        """Insert each, or change all but its state, which only `set_state` changes."""
        await self._write(organisations, {*_PLACE, "kind", "scopes", "test_mode"}, tx)

    async def place(self, organisations: Sequence[Organisation], tx: Tx | None = None) -> None:
        """Insert each, or change its names and place; what else is known of it stays."""
        await self._write(organisations, _PLACE, tx)

    async def _write(self, organisations: Sequence[Organisation], said: Set[str], tx: Tx | None) -> None:
        changes = [_change(_row(node), said) for node in organisations]
        if changes:
            await self._organisations.bulk_write(changes, session=tx)

    async def hold_credit_code(self, credit_code: str, by: str, tx: Tx) -> None:
        """Only one organisation or open application has it; who has it already may say so again.

        Raises CreditCodeTaken.
        """
        held = await self._credit_codes.find_one({"_id": credit_code}, session=tx)
        if held is None:
            try:
                await self._credit_codes.insert_one({"_id": credit_code, "by": by}, session=tx)
            except DuplicateKey:
                raise CreditCodeTaken from None
        elif held["by"] != by:
            raise CreditCodeTaken

    async def release_credit_code(self, credit_code: str, by: str, tx: Tx) -> None:
        await self._credit_codes.delete_one({"_id": credit_code, "by": by}, session=tx)

    async def set_state(self, code: str, state: OrganisationState, tx: Tx) -> bool:
        change = {"$set": {"state": state.value}, "$inc": {"rev": 1}}
        return bool((await self._organisations.update_one({"_id": code}, change, session=tx)).matched_count)


def _change(row: Document, said: Set[str]) -> UpdateOne:
    if row["credit_code"] is not None:  # said once, it stays
        said = said | {"credit_code"}
    change = {field: value for field, value in row.items() if field in said}
    at_first = {field: value for field, value in row.items() if field not in said and field != "_id"}
    written = {"$set": change, "$setOnInsert": at_first, "$inc": {"rev": 1}}
    return UpdateOne({"_id": row["_id"]}, written, upsert=True)


def _row(node: Organisation) -> Document:
    return {
        "_id": node.code,
        "name": node.name,
        "name_en": node.name_en,
        "kind": node.kind.value,
        "level": node.level.value if node.level else None,
        "parent": node.parent,
        "path": list(node.path),
        "scopes": sorted(node.scopes),
        "state": node.state.value,
        "test_mode": node.test_mode,
        "credit_code": node.credit_code,
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
        credit_code=row.get("credit_code"),
        name_en=row.get("name_en", ""),  # rows of before names had two languages lack it
        rev=row.get("rev", 0),
    )
