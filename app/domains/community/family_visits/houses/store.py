"""Care houses in MongoDB; each is saved over the revision that was read."""

from __future__ import annotations

from collections.abc import Collection

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.said import Said
from app.domains.community.family_visits.houses.model import CareHouse, HouseKind, VisitingTime, VisitRules


class HouseStore:
    def __init__(self, db: Database) -> None:
        self._houses = db["care_houses"]

    async def get(self, code: str, tx: Tx | None = None) -> CareHouse | None:
        row = await self._houses.find_one({"_id": code}, session=tx)
        return _house(row) if row else None

    async def many(self, codes: Collection[str]) -> dict[str, CareHouse]:
        if not codes:
            return {}
        rows = await self._houses.find({"_id": {"$in": sorted(codes)}}).to_list(None)
        return {row["_id"]: _house(row) for row in rows}

    async def page(self, request: PageRequest, organisation: str | None = None) -> Page[CareHouse]:
        """By code."""
        which = {} if organisation is None else {"organisation": organisation}
        rows = await page_rows(self._houses, which, request, newest=False)
        return Page.cut([_house(row) for row in rows], request)

    async def save(self, one: CareHouse, tx: Tx) -> bool:
        """False when it was changed meanwhile. Raises DuplicateKey: one has this code."""
        if one.rev == 1:
            await self._houses.insert_one(_row(one), session=tx)
            return True
        before = {"_id": one.code, "organisation": one.organisation, "rev": one.rev - 1}
        return bool((await self._houses.replace_one(before, _row(one), session=tx)).modified_count)


def _row(one: CareHouse) -> Document:
    rules = one.rules
    return {
        "_id": one.code,
        "organisation": one.organisation,
        "kind": one.kind.value,
        "name": [one.name.zh, one.name.en],
        "address": one.address,
        "times": [[list(each.weekdays), each.opens, each.closes] for each in one.times],
        "rules": [rules.minutes, rules.at_once, rules.a_day, rules.people],
        "active": one.active,
        "rev": one.rev,
    }


def _house(row: Document) -> CareHouse:
    times = tuple(VisitingTime(tuple(days), opens, closes) for days, opens, closes in row["times"])
    parts = (row["_id"], row["organisation"], HouseKind(row["kind"]), Said(*row["name"]), row["address"], times)
    return CareHouse(*parts, VisitRules(*row["rules"]), row["active"], row["rev"])
