"""Volunteers in MongoDB, each by his citizen's id. Numbers are unique by the `_id` of their own collection."""

from __future__ import annotations

from collections.abc import Collection

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.domains.community.volunteers.model import Skill, Volunteer


class VolunteerStore:
    def __init__(self, db: Database) -> None:
        self._volunteers = db["volunteers"]
        self._numbers = db["volunteer_numbers"]

    async def get(self, citizen: str, tx: Tx | None = None) -> Volunteer | None:
        row = await self._volunteers.find_one({"_id": citizen}, session=tx)
        return _volunteer(row) if row else None

    async def many(self, citizens: Collection[str]) -> dict[str, Volunteer]:
        rows = await self._volunteers.find({"_id": {"$in": sorted(citizens)}}).to_list(None)
        return {row["_id"]: _volunteer(row) for row in rows}

    async def add(self, one: Volunteer, tx: Tx) -> None:
        """Raises DuplicateKey: he is one, or the number is another's."""
        await self._numbers.insert_one({"_id": one.number, "volunteer": one.id}, session=tx)
        await self._volunteers.insert_one(_row(one), session=tx)

    async def save(self, one: Volunteer, was: Volunteer, tx: Tx) -> bool:
        """False when it was changed meanwhile."""
        change = {**_row(one), "rev": was.rev + 1}
        del change["_id"], change["minutes"]
        done = await self._volunteers.update_one({"_id": one.id, "rev": was.rev}, {"$set": change}, session=tx)
        return bool(done.modified_count)

    async def count(self, citizen: str, minutes: int, tx: Tx) -> int:
        """So many published minutes more, or fewer; how many there are then."""
        await self._volunteers.update_one({"_id": citizen}, {"$inc": {"minutes": minutes}}, session=tx)
        row = await self._volunteers.find_one({"_id": citizen}, {"minutes": 1}, session=tx)
        return int(row["minutes"]) if row else 0

    async def set_minutes(self, citizen: str, minutes: int, tx: Tx) -> bool:
        """Whether it was another number."""
        done = await self._volunteers.update_one({"_id": citizen}, {"$set": {"minutes": minutes}}, session=tx)
        return bool(done.modified_count)

    async def by_number(self, number: str) -> Volunteer | None:
        row = await self._numbers.find_one({"_id": number})
        return await self.get(row["volunteer"]) if row else None

    async def page(self, request: PageRequest) -> Page[Volunteer]:
        """For the desk, by id."""
        return Page.cut([_volunteer(row) for row in await page_rows(self._volunteers, {}, request)], request)


def _row(one: Volunteer) -> Document:
    return {
        "_id": one.id,
        "number": one.number,
        "skills": [skill.value for skill in one.skills],
        "areas": list(one.areas),
        "agreed_at": one.agreed_at,
        "minutes": one.minutes,
        "active": one.active,
        "rev": one.rev,
    }


def _volunteer(row: Document) -> Volunteer:
    return Volunteer(
        id=row["_id"],
        number=row["number"],
        skills=tuple(Skill(skill) for skill in row["skills"]),
        areas=tuple(row["areas"]),
        agreed_at=row["agreed_at"],
        minutes=row["minutes"],
        active=row["active"],
        rev=row["rev"],
    )
