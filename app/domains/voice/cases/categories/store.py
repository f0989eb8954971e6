"""Categories in MongoDB: few, and read whole."""

from __future__ import annotations

from app.core.mongo import Database, Document, Tx
from app.core.said import said_of, said_row
from app.domains.voice.cases.categories.model import Category
from app.domains.voice.cases.history.model import CaseKind


class CategoryStore:
    def __init__(self, db: Database) -> None:
        self._rows = db["case_categories"]

    async def all(self) -> list[Category]:
        return [category_of(row) for row in await self._rows.find({}).to_list(None)]

    async def put(self, one: Category, tx: Tx) -> None:
        row = {
            "name": said_row(one.name),
            "parent": one.parent,
            "kinds": [kind.value for kind in one.kinds],
            "words": list(one.words),
            "convenience": one.convenience,
            "urgent": one.urgent,
            "assets": list(one.assets),
            "retired": one.retired,
        }
        await self._rows.replace_one({"_id": one.code}, row, upsert=True, session=tx)


def category_of(row: Document) -> Category:
    return Category(
        code=row["_id"],
        name=said_of(row["name"]),
        parent=row["parent"],
        kinds=tuple(CaseKind(kind) for kind in row["kinds"]),
        words=tuple(row["words"]),
        convenience=row["convenience"],
        urgent=row["urgent"],
        assets=tuple(row["assets"]),
        retired=row["retired"],
    )
