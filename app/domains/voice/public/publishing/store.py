"""Publications in MongoDB: a small row a public case, by which lists and what is near are found, and the counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.places.model import AREA, Point, cell_of, cells_near
from app.domains.voice.public.publishing.model import Heard, Publication, Wanted


class Count(StrEnum):
    SUPPORTS = "supports"
    FOLLOWS = "follows"
    JOINS = "joins"


class PublicationStore:
    def __init__(self, db: Database) -> None:
        self._rows = db["publications"]

    async def put(self, publication: Publication, tx: Tx) -> None:
        """Anew after it was taken back: who cared before still does, so the counts stay."""
        counts = {one.value: 0 for one in Count}
        which, change = {"_id": publication.case}, {"$set": _row(publication), "$setOnInsert": counts}
        await self._rows.update_one(which, change, upsert=True, session=tx)

    async def show(self, case: str, listed: bool, category: str, tx: Tx | None = None) -> None:
        """Show it in lists, or no longer; nothing happens where there is no publication."""
        await self._rows.update_one({"_id": case}, {"$set": {"listed": listed, "category": category}}, session=tx)

    async def counted(self, case: str, what: Count) -> int | None:
        """How often that count was written; None where there is no publication."""
        row = await self._rows.find_one({"_id": case}, {"counted": 1})
        return row.get("counted", {}).get(what.value, 0) if row else None

    async def count(
        self, case: str, what: Count, number: int, was: int, heard: Mapping[int, Heard] | None = None
    ) -> bool:
        """That many there are, and what those who joined said; False when it was written since then (`counted`)."""
        mark = f"counted.{what.value}"
        change: Document = {what.value: number, mark: was + 1}
        if heard is not None:
            change["heard"] = {str(n): {"solved": one.solved, "unsolved": one.unsolved} for n, one in heard.items()}
        unseen = {"_id": case, mark: was or None}
        return bool((await self._rows.update_one(unseen, {"$set": change})).modified_count)

    async def get(self, case: str, tx: Tx | None = None) -> Publication | None:
        """One that is listed."""
        row = await self._rows.find_one({"_id": case, "listed": True}, session=tx)
        return _publication(row) if row else None

    async def known(self, case: str) -> bool:
        """Whether it is, or was, published."""
        return await self._rows.find_one({"_id": case}, {"_id": 1}) is not None

    async def several(self, cases: Collection[str]) -> dict[str, Publication]:
        """Those of them that are listed, by case."""
        rows = await self._rows.find({"_id": {"$in": sorted(set(cases))}, "listed": True}).to_list(None)
        return {row["_id"]: _publication(row) for row in rows}

    async def listed(self, wanted: Wanted, request: PageRequest) -> Page[Publication]:
        """The case that was filed last comes first."""
        which: Document = {"listed": True} | ({"district": wanted.district} if wanted.district else {})
        return Page.cut([_publication(row) for row in await page_rows(self._rows, which, request)], request)

    async def near(self, point: Point, metres: float, most: int) -> list[Publication]:
        """In the areas around, the newest first: what lies in them is to be measured again."""
        which = {"listed": True, "area": {"$in": cells_near(point, metres, AREA)}}
        return [_publication(row) for row in await self._rows.find(which).sort("_id", -1).limit(most).to_list(None)]


def _row(one: Publication) -> Document:
    return {
        "listed": one.listed,
        "category": one.category,
        "district": one.district,
        "latitude": one.point.latitude if one.point else None,
        "longitude": one.point.longitude if one.point else None,
        "area": cell_of(one.point, AREA) if one.point else None,
        "published_at": one.published_at,
    }


def _publication(row: Document) -> Publication:
    placed = row["latitude"] is not None
    return Publication(
        case=row["_id"],
        listed=row["listed"],
        category=row["category"],
        district=row["district"],
        point=Point(row["latitude"], row["longitude"]) if placed else None,
        published_at=row["published_at"],
        supports=row["supports"],
        follows=row["follows"],
        joins=row["joins"],
        heard={int(n): Heard(one.get("solved", 0), one.get("unsolved", 0)) for n, one in row.get("heard", {}).items()},
    )
