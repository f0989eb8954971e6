"""Citizens in MongoDB. Phones and ID numbers are unique by the `_id` of their own collections (keyed hashes).

What is personal is sealed under the citizen's own key; of somebody erased it reads as None.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from app.core.mongo import Database, Document, DuplicateKey, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKey, PersonKeys
from app.core.sealed import KeyRing
from app.core.viewer import Assurance
from app.domains.identity.citizens.errors import AlreadyVerified, IdentityTaken
from app.domains.identity.citizens.model import Citizen, Group, IdNumber, Sex, areas_of


class CitizenStore:
    def __init__(self, db: Database, ring: KeyRing, persons: PersonKeys) -> None:
        self._citizens = db["citizens"]
        self._phones = db["phones"]
        self._real_names = db["real_names"]
        self._photos = db["photos"]
        self._ring = ring
        self._persons = persons

    async def get(self, citizen: str, tx: Tx | None = None) -> Citizen | None:
        row = await self._citizens.find_one({"_id": citizen}, session=tx)
        return _citizen(row, await self._persons.of(citizen, tx)) if row else None

    async def newest(self, request: PageRequest) -> Page[Citizen]:
        """All accounts and wards, the newest first."""
        rows = await page_rows(self._citizens, {}, request)
        keys = await self._persons.many(row["_id"] for row in rows)
        return Page.cut([_citizen(row, keys[row["_id"]]) for row in rows], request)

    async def many(self, citizens: list[str]) -> dict[str, Citizen]:
        rows = await self._citizens.find({"_id": {"$in": citizens}}).to_list(None)
        keys = await self._persons.many(row["_id"] for row in rows)
        return {row["_id"]: _citizen(row, keys[row["_id"]]) for row in rows}

    async def present(self, citizens: Collection[str]) -> set[str]:
        """Those of them who are still there: neither erased nor gone over into an account of their own."""
        there = {"_id": {"$in": list(citizens)}, "erased_at": None, "superseded_at": None}
        return {row["_id"] async for row in self._citizens.find(there, {"_id": 1})}

    async def count(self, group: Group, most: int = 10_000_000) -> int:
        return await self._citizens.count_documents(_of_group(group), limit=most)

    async def ids(self, group: Group, *, after: str, before: str, most: int) -> list[str]:
        """Those of the group between the two ids, in order."""
        which = {**_of_group(group), "_id": {"$gt": after, "$lt": before}}
        return [row["_id"] async for row in self._citizens.find(which, {"_id": 1}).sort("_id", 1).limit(most)]

    async def mark_service_used(self, citizen: str, organisation: str) -> None:
        """Of whose services somebody has made use; repeating is safe."""
        await self._citizens.update_one({"_id": citizen}, {"$addToSet": {"services": organisation}})

    async def tag(self, citizen: str, tags: Collection[str], tx: Tx) -> bool:
        """These tags and no others. False when there is no such citizen."""
        change = {"$set": {"tags": sorted(tags)}}
        return bool((await self._citizens.update_one({"_id": citizen}, change, session=tx)).matched_count)

    async def id_by_phone(self, phone: str, tx: Tx | None = None) -> str | None:
        row = await self._phones.find_one({"_id": self._phone_hash(phone)}, session=tx)
        return str(row["citizen"]) if row else None

    async def id_by_real_name(self, number: IdNumber, tx: Tx | None = None) -> str | None:
        row = await self._real_names.find_one({"_id": self._number_hash(number)}, session=tx)
        return str(row["citizen"]) if row else None

    async def add(self, citizen: Citizen, tx: Tx) -> None:
        """A new account, with a phone (a citizen of his own) or without (a ward). Raises DuplicateKey on the phone."""
        row: Document = {
            "_id": citizen.id,
            "assurance": citizen.assurance.value,
            "created_at": citizen.created_at,
        }
        if citizen.test_of is not None:
            row |= {"test": True, "test_of": citizen.test_of}
        key = await self._persons.make(citizen.id, tx)
        if citizen.phone is not None:
            row["phone"] = key.seal_text(citizen.phone, record=citizen.id, field="phone")
            await self._phones.insert_one({"_id": self._phone_hash(citizen.phone), "citizen": citizen.id}, session=tx)
        await self._citizens.insert_one(row, session=tx)

    async def give_real_name(
        self, citizen: str, name: str, number: IdNumber, household: str, division: str, at: datetime, tx: Tx
    ) -> None:
        """Raises IdentityTaken (the number is held by another), AlreadyVerified (this account has one)."""
        await self._claim(self._number_hash(number), citizen, at, tx)
        key = await self._persons.sealing(citizen, tx)
        change = {
            **_real_name(key, citizen, name, number),
            **_home(household, division),
            "assurance": Assurance.REAL_NAME.value,
            "verified_at": at,
        }
        unverified = {"_id": citizen, "assurance": Assurance.PHONE.value}
        if not (await self._citizens.update_one(unverified, {"$set": change}, session=tx)).modified_count:
            raise AlreadyVerified

    async def correct_real_name(
        self, citizen: str, name: str, number: IdNumber, household: str, division: str, tx: Tx
    ) -> None:
        """What the registry says now of a verified citizen; a number that changed gives the old one free.

        Raises IdentityTaken.
        """
        held = await self._real_names.find_one({"citizen": citizen}, session=tx)
        if held is None or held["_id"] != self._number_hash(number):
            await self._real_names.delete_many({"citizen": citizen}, session=tx)
            try:
                await self._real_names.insert_one({"_id": self._number_hash(number), "citizen": citizen}, session=tx)
            except DuplicateKey:
                raise IdentityTaken from None
        key = await self._persons.sealing(citizen, tx)
        change = {**_real_name(key, citizen, name, number), **_home(household, division)}
        await self._citizens.update_one({"_id": citizen}, {"$set": change}, session=tx)

    async def let_go(self, citizen: str, at: datetime, tx: Tx) -> None:
        """Nothing but id and times stays of the record, and nothing leads to it: phone and number are free again.

        Safe to repeat: the first time stays.
        """
        await self._phones.delete_many({"citizen": citizen}, session=tx)
        await self._real_names.delete_many({"citizen": citizen}, session=tx)
        await self._photos.delete_one({"_id": citizen}, session=tx)
        row = await self._citizens.find_one({"_id": citizen}, session=tx)
        if row is not None:
            kept: Document = {name: row[name] for name in ("created_at", "test", "test_of") if name in row}
            bare: Document = {**kept, "assurance": Assurance.PHONE.value, "erased_at": row.get("erased_at", at)}
            await self._citizens.replace_one({"_id": citizen}, bare, session=tx)

    async def ward_record_of(self, number: IdNumber, tx: Tx) -> str | None:
        """The record a guardian had made of this person, who has no account yet; None when there is none."""
        holder = await self.id_by_real_name(number, tx)
        without_phone = {"_id": holder, "phone": {"$exists": False}}
        return holder if holder and await self._citizens.find_one(without_phone, {"_id": 1}, session=tx) else None

    async def _claim(self, number_hash: str, citizen: str, at: datetime, tx: Tx) -> None:
        """A number belongs to who verified it himself; a ward's record gives way to its person's own account."""
        held = await self._real_names.find_one({"_id": number_hash}, session=tx)
        if held is None:
            try:
                await self._real_names.insert_one({"_id": number_hash, "citizen": citizen}, session=tx)
            except DuplicateKey:
                raise IdentityTaken from None
            return
        without_phone = {"_id": held["citizen"], "phone": {"$exists": False}}
        left = await self._citizens.update_one(without_phone, {"$set": {"superseded_at": at}}, session=tx)
        if not left.modified_count or held["citizen"] == citizen:
            raise IdentityTaken
        await self._real_names.update_one({"_id": number_hash}, {"$set": {"citizen": citizen}}, session=tx)

    async def id_number(self, citizen: str) -> IdNumber | None:
        """The ID number itself: asked for only where the law or the registry needs it."""
        row = await self._citizens.find_one({"_id": citizen}, {"id_number": 1})
        if row is None or "id_number" not in row:
            return None
        text = (await self._persons.of(citizen)).shown(row["id_number"], record=citizen, field="id_number")
        return IdNumber.parse(text) if text is not None else None

    async def keep_photo(self, citizen: str, photo: bytes, tx: Tx) -> None:
        sealed = (await self._persons.sealing(citizen, tx)).seal(photo, record=citizen, field="photo")
        await self._photos.update_one({"_id": citizen}, {"$set": {"photo": sealed}}, upsert=True, session=tx)

    async def photo(self, citizen: str) -> bytes | None:
        row = await self._photos.find_one({"_id": citizen})
        if row is None or "photo" not in row:
            return None
        key = await self._persons.of(citizen)
        return key.open(row["photo"], record=citizen, field="photo") if key.destroyed_at is None else None

    def _phone_hash(self, phone: str) -> str:
        return self._ring.keyed_hash(phone, kind="phone")

    def _number_hash(self, number: IdNumber) -> str:
        return self._ring.keyed_hash(number.text, kind="id number")


def _of_group(group: Group) -> Document:
    """Every part of it can be found by an index."""
    which: Document = {"test_of": group.test_of, "erased_at": None, "superseded_at": None}
    if group.districts:
        which["areas"] = {"$in": list(group.districts)}
    born = {"$gt": group.born_after, "$lte": group.born_until}
    if any(born.values()):
        which["birth_month"] = {bound: month for bound, month in born.items() if month}
    if group.tags:
        which["tags"] = {"$in": list(group.tags)}
    if group.services:
        which["services"] = {"$in": list(group.services)}
    return which


def _home(household: str, division: str) -> Document:
    """`areas` is what an audience is found by: one value each, so that the index gives its people in their order."""
    return {"household": household, "division": division, "areas": areas_of(division)}


def _real_name(key: PersonKey, citizen: str, name: str, number: IdNumber) -> Document:
    return {
        "name": key.seal_text(name, record=citizen, field="name"),
        "id_number": key.seal_text(number.text, record=citizen, field="id_number"),
        "sex": number.sex.value,
        "birth_month": number.birth_month,
    }


def _citizen(row: Document, key: PersonKey) -> Citizen:
    def opened(field: str) -> str | None:
        return key.shown(row.get(field), record=row["_id"], field=field)

    return Citizen(
        id=row["_id"],
        created_at=row["created_at"],
        assurance=Assurance(row["assurance"]),
        phone=opened("phone"),
        name=opened("name"),
        sex=Sex(row["sex"]) if "sex" in row else None,
        birth_month=row.get("birth_month"),
        household=row.get("household"),
        division=row.get("division"),
        verified_at=row.get("verified_at"),
        test_of=row.get("test_of"),
        tags=tuple(row.get("tags", ())),
    )
