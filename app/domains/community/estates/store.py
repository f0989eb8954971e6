"""Estates and their homes in MongoDB. An estate is saved over the revision that was read."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from app.core.mongo import Database, Document, Tx, insert_rows, page_rows
from app.core.paging import Page, PageRequest
from app.core.places.model import AREA, Point, cell_of
from app.core.said import said_of, said_row
from app.domains.community.estates.model import Estate, EstateRules, EstateState, Home

_BEYOND = "\U0010ffff"  # after every name that begins alike


class EstateStore:
    def __init__(self, db: Database) -> None:
        self._estates = db["estates"]
        self._homes = db["homes"]

    async def get(self, code: str, tx: Tx | None = None) -> Estate | None:
        row = await self._estates.find_one({"_id": code}, session=tx)
        return _estate(row) if row else None

    async def many(self, codes: Collection[str]) -> dict[str, Estate]:
        if not codes:
            return {}
        rows = await self._estates.find({"_id": {"$in": sorted(codes)}}).to_list(None)
        return {row["_id"]: _estate(row) for row in rows}

    async def save(self, estate: Estate, tx: Tx) -> bool:
        """A new one (`rev` 1), or over the revision before; False when that is not there. Raises DuplicateKey."""
        row = _row(estate)
        if estate.rev == 1:
            await self._estates.insert_one(row, session=tx)
            return True
        before = {"_id": estate.code, "rev": estate.rev - 1}
        return bool((await self._estates.replace_one(before, row, session=tx)).modified_count)

    async def page(self, request: PageRequest, units: Collection[str] | None = None) -> Page[Estate]:
        """By code; of all, or of those that belong to one of the units."""
        which: Document = {} if units is None else {"units": {"$in": sorted(units)}}
        rows = await page_rows(self._estates, which, request, newest=False)
        return Page.cut([_estate(row) for row in rows], request)

    async def named(self, beginning: str, most: int) -> list[Estate]:
        """Active ones whose name begins like that in either language, in capitals or not; by name."""
        begins = beginning.casefold()
        alike = {"$elemMatch": {"$gte": begins, "$lt": begins + _BEYOND}}
        which = {"names": alike, "state": EstateState.ACTIVE.value}
        return [_estate(row) for row in await self._estates.find(which).sort("name.zh", 1).limit(most).to_list(None)]

    async def in_areas(self, areas: Sequence[str], most: int) -> list[Estate]:
        which = {"area": {"$in": list(areas)}, "state": EstateState.ACTIVE.value}
        return [_estate(row) for row in await self._estates.find(which).limit(most).to_list(None)]

    # Homes

    async def has(self, home: Home, tx: Tx | None = None) -> bool:
        return await self._homes.find_one({"_id": home.id}, {"_id": 1}, session=tx) is not None

    async def there(self, homes: Collection[Home], tx: Tx | None = None) -> bool:
        """Whether all of them are."""
        ids = {home.id for home in homes}
        return await self._homes.count_documents({"_id": {"$in": sorted(ids)}}, session=tx) == len(ids)

    async def home(self, id_: str) -> Home | None:
        row = await self._homes.find_one({"_id": id_})
        return _home(row) if row else None

    async def homes(self, estate: str, building: str | None, request: PageRequest) -> Page[Home]:
        """By building and room, as their texts sort."""
        which = {"estate": estate, **({"building": building} if building else {})}
        rows = await page_rows(self._homes, which, request, newest=False)
        return Page.cut([_home(row) for row in rows], request)

    async def add_home(self, home: Home, tx: Tx) -> None:
        """Raises DuplicateKey."""
        await self._homes.insert_one(_home_row(home), session=tx)

    async def end_home(self, home: Home, tx: Tx) -> bool:
        return bool((await self._homes.delete_one({"_id": home.id}, session=tx)).deleted_count)

    async def add_homes(self, homes: Sequence[Home], tx: Tx) -> int:
        """Those that are not there yet; how many these were."""
        ids = {one.id: one for one in homes}
        there = await self._homes.find({"_id": {"$in": sorted(ids)}}, {"_id": 1}, session=tx).to_list(None)
        fresh = sorted(ids.keys() - {row["_id"] for row in there})
        await insert_rows(self._homes, [_home_row(ids[one]) for one in fresh], tx)
        return len(fresh)

    async def buildings(self, estate: str) -> list[str]:
        found = await self._homes.distinct("building", {"estate": estate})
        return sorted(map(str, found), key=lambda name: (len(name), name))

    async def rooms(self, estate: str, building: str) -> list[str]:
        """By what stands on the doors; a building has some hundreds."""
        which = {"estate": estate, "building": building}
        rows = await self._homes.find(which, {"room": 1}).sort("room", 1).limit(2_000).to_list(None)
        return [str(row["room"]) for row in rows]

    async def count_homes(self, estate: str) -> int:
        return await self._homes.count_documents({"estate": estate})


def _home(row: Document) -> Home:
    return Home(row["estate"], row["building"], row["room"])


def _home_row(home: Home) -> Document:
    return {"_id": home.id, "estate": home.estate, "building": home.building, "room": home.room}


def _row(estate: Estate) -> Document:
    rules = estate.rules
    return {
        "_id": estate.code,
        "name": said_row(estate.name),
        "names": sorted({name.casefold() for name in (estate.name.zh, estate.name.en) if name}),
        "committee": estate.committee,
        "company": estate.company,
        "units": sorted(set(estate.units)),
        "latitude": estate.point.latitude,
        "longitude": estate.point.longitude,
        "area": cell_of(estate.point, AREA),
        "address": estate.address,
        "rules": [rules.passes_a_day, rules.most_entries, rules.longest_hours, rules.log_days, rules.visitor_bays],
        "bays": estate.bays,
        "state": estate.state.value,
        "rev": estate.rev,
    }


def _estate(row: Document) -> Estate:
    return Estate(
        code=row["_id"],
        name=said_of(row["name"]),
        committee=row["committee"],
        company=row["company"],
        point=Point(row["latitude"], row["longitude"]),
        address=row["address"],
        rules=EstateRules(*row["rules"]),
        bays=row["bays"],
        state=EstateState(row["state"]),
        rev=row["rev"],
    )
