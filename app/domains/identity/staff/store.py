"""Staff in MongoDB, and the counts of tries to sign in as one of them."""

from __future__ import annotations

from datetime import datetime

from app.core.mongo import Database, Document, DuplicateKey, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.sealed import KeyRing
from app.domains.identity.staff.errors import LoginTaken
from app.domains.identity.staff.model import MOST_ADDRESSES, Staff, StaffRole, TryLimit


class StaffStore:
    def __init__(self, db: Database, ring: KeyRing) -> None:
        self._staff = db["staff"]
        self._counters = db["counters"]
        self._ring = ring

    def id_of(self, organisation: str | None, login: str) -> str:
        return self._ring.keyed_hash(f"{organisation or 'ops'}/{login.strip().casefold()}", kind="staff login")

    def place_of(self, address: str) -> str:
        return self._ring.keyed_hash(address, kind="staff place")

    async def get(self, staff: str, tx: Tx | None = None) -> Staff | None:
        row = await self._staff.find_one({"_id": staff}, session=tx)
        return self._open(row) if row else None

    async def page(self, organisation: str | None, request: PageRequest) -> Page[Staff]:
        """Of one organisation, or of the ops desk (None), by id."""
        rows = await page_rows(self._staff, {"organisation": organisation}, request, newest=False)
        return Page.cut([self._open(row) for row in rows], request)

    async def add(self, staff: Staff, tx: Tx) -> None:
        """Raises LoginTaken."""
        row = {
            "_id": staff.id,
            "organisation": staff.organisation,
            "login": self._ring.seal_text(staff.login, record=staff.id, field="login"),
            "name": self._ring.seal_text(staff.name, record=staff.id, field="name"),
            "password_hash": staff.password_hash,
            "must_change": staff.must_change,
            "totp": self._ring.seal_text(staff.totp_secret, record=staff.id, field="totp"),
            "roles": sorted(role.value for role in staff.roles),
            "last_step": 0,
            "suspended": False,
            "since": staff.since,
        }
        try:
            await self._staff.insert_one(row, session=tx)
        except DuplicateKey:
            raise LoginTaken from None

    async def use_step(self, staff: str, step: int, place: str) -> bool:
        """Use a one-time code's time step: each once, and none before the last one used. The place is known now."""
        fresh = {"_id": staff, "last_step": {"$lt": step}}
        used = await self._staff.update_one(fresh, {"$set": {"last_step": step}})
        if used.modified_count:
            strange = {"_id": staff, "places": {"$ne": place}}
            await self._staff.update_one(strange, {"$push": {"places": {"$each": [place], "$slice": -MOST_ADDRESSES}}})
        return bool(used.modified_count)

    async def set_password(self, staff: str, password_hash: str, must_change: bool, tx: Tx) -> None:
        change = {"password_hash": password_hash, "must_change": must_change}
        await self._staff.update_one({"_id": staff}, {"$set": change}, session=tx)

    async def set_totp(self, staff: str, secret: str, tx: Tx) -> None:
        sealed = self._ring.seal_text(secret, record=staff, field="totp")
        await self._staff.update_one({"_id": staff}, {"$set": {"totp": sealed}}, session=tx)

    async def set_roles(self, was: Staff, roles: frozenset[StaffRole], tx: Tx) -> bool:
        """False when they were these already."""
        change = {"$set": {"roles": sorted(role.value for role in roles)}}
        return bool((await self._staff.update_one({"_id": was.id}, change, session=tx)).modified_count)

    async def set_suspended(self, staff: str, suspended: bool, tx: Tx) -> bool:
        """False when it was so already."""
        change = {"$set": {"suspended": suspended}}
        return bool((await self._staff.update_one({"_id": staff}, change, session=tx)).modified_count)

    async def administrators(self, tx: Tx) -> set[str]:
        """Who may administer the desk. Two transactions that both ask run one after the other: each writes here."""
        await self._counters.update_one({"_id": "desk_administrators"}, {"$inc": {"next": 1}}, upsert=True, session=tx)
        serving = {"organisation": None, "roles": StaffRole.ADMINISTRATOR.value, "suspended": False}
        return {row["_id"] for row in await self._staff.find(serving, {"_id": 1}, session=tx).to_list(None)}

    def _open(self, row: Document) -> Staff:
        def opened(field: str) -> str:
            return self._ring.open_text(row[field], record=row["_id"], field=field)

        return Staff(
            id=row["_id"],
            organisation=row["organisation"],
            name=opened("name"),
            password_hash=row["password_hash"],
            totp_secret=opened("totp"),
            roles=frozenset(StaffRole(role) for role in row["roles"]),
            last_step=row["last_step"],
            suspended=row["suspended"],
            login=opened("login") if "login" in row else "",
            must_change=row.get("must_change", False),
            places=tuple(row.get("places", ())),
            since=row.get("since"),
        )


class TryStore:
    """Tries under a login, whether anybody has it or not: counted before the password is looked at, so that many at
    once are no more than the limit.
    """

    def __init__(self, db: Database) -> None:
        self._tries = db["staff_tries"]

    async def take(self, staff: str, place: str, limit: TryLimit, now: datetime) -> datetime | None:
        """Count one; or, when there were too many, the moment from which one may try again."""
        row = {"_id": f"{staff}:{place}"}
        room = {**row, "ends_at": {"$gt": now}, "count": {"$lt": limit.most}}
        until = {"ends_at": now + limit.window, "tidy_at": now + limit.window}
        counted = {"$inc": {"count": 1}, "$set": until}
        if (await self._tries.update_one(room, counted)).modified_count:
            return None
        over = {**row, "ends_at": {"$lte": now}}
        try:
            await self._tries.update_one(over, {"$set": {**until, "count": 1, "staff": staff}}, upsert=True)
        except DuplicateKey:  # it is full, or another first try was faster
            if not (await self._tries.update_one(room, counted)).modified_count:
                found = await self._tries.find_one(row)
                return found["ends_at"] if found else now
        return None

    async def forget(self, staff: str, place: str) -> None:
        """Somebody signed in from there."""
        await self._tries.delete_one({"_id": f"{staff}:{place}"})

    async def forget_all(self, staff: str, tx: Tx) -> None:
        await self._tries.delete_many({"staff": staff}, session=tx)
