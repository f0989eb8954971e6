"""Data sets in MongoDB: a row each, a few dozen in all."""

from __future__ import annotations

from app.core.mongo import Database, Document, Tx
from app.core.said import said_of, said_pair
from app.domains.government.shared_data.sets.model import (
    DataField,
    DataKind,
    DataSet,
    DataSetState,
    Purpose,
    Sensitivity,
)

_MOST = 500


class DataSetStore:
    def __init__(self, db: Database) -> None:
        self._rows = db["data_sets"]

    async def get(self, code: str, tx: Tx | None = None) -> DataSet | None:
        row = await self._rows.find_one({"_id": code}, session=tx)
        return _data_set(row) if row else None

    async def all(self) -> list[DataSet]:
        """By code, offered or not."""
        return [_data_set(row) for row in await self._rows.find({}).sort("_id", 1).limit(_MOST).to_list(None)]

    async def offer(self, one: DataSet, tx: Tx) -> bool:
        """New, or in place of the version before. False when somebody else's stands there, or it changed meanwhile."""
        if one.version == 1:
            await self._rows.insert_one({"_id": one.code, **_row(one)}, session=tx)
            return True
        before = {"_id": one.code, "owner": one.owner, "version": one.version - 1}
        return bool((await self._rows.update_one(before, {"$set": _row(one)}, session=tx)).modified_count)


def _row(one: DataSet) -> Document:
    return {
        "owner": one.owner,
        "name": said_pair(one.name),
        "fields": [
            {
                "code": field.code,
                "title": said_pair(field.title),
                "kind": field.kind.value,
                "sensitivity": field.sensitivity.value,
            }
            for field in one.fields
        ],
        "purposes": [{"code": purpose.code, "title": said_pair(purpose.title)} for purpose in one.purposes],
        "basis": one.basis,
        "fresh_hours": one.fresh_hours,
        "source": one.source,
        "offered_at": one.offered_at,
        "state": one.state.value,
        "version": one.version,
    }


def _data_set(row: Document) -> DataSet:
    return DataSet(
        code=row["_id"],
        owner=row["owner"],
        name=said_of(row["name"]),
        fields=tuple(
            DataField(
                field["code"], said_of(field["title"]), DataKind(field["kind"]), Sensitivity(field["sensitivity"])
            )
            for field in row["fields"]
        ),
        purposes=tuple(Purpose(purpose["code"], said_of(purpose["title"])) for purpose in row["purposes"]),
        basis=row["basis"],
        fresh_hours=row["fresh_hours"],
        source=row["source"],
        offered_at=row["offered_at"],
        state=DataSetState(row["state"]),
        version=row["version"],
    )
