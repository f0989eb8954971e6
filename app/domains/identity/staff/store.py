"""Staff in MongoDB."""

from __future__ import annotations

from datetime import datetime

from app.core.mongo import Database, Document, DuplicateKey, Tx
from app.core.sealed import KeyRing
from app.domains.identity.staff.errors import LoginTaken
from app.domains.identity.staff.model import LOCK, MOST_FAILURES, Staff, StaffRole


class StaffStore:
    def __init__(self, db: Database, ring: KeyRing) -> None:
        self._staff = db["staff"]
        self._ring = ring

    def id_of(self, organisation: str | None, login: str) -> str:
        return self._ring.keyed_hash(f"{organisation or 'ops'}/{login.strip().casefold()}", kind="staff login")

    async def get(self, staff: str) -> Staff | None:
        row = await self._staff.find_one({"_id": staff})
        return self._open(row) if row else None

    async def add(self, staff: Staff, tx: Tx) -> None:
        """Raises LoginTaken."""
        row = {
            "_id": staff.id,
            "organisation": staff.organisation,
            "name": self._ring.seal_text(staff.name, record=staff.id, field="name"),
            "password_hash": staff.password_hash,
            "totp": self._ring.seal_text(staff.totp_secret, record=staff.id, field="totp"),
            "roles": sorted(role.value for role in staff.roles),
            "last_step": 0,
            "failures": 0,
            "locked_until": None,
            "suspended": False,
        }
        try:
            await self._staff.insert_one(row, session=tx)
        except DuplicateKey:
            raise LoginTaken from None

    async def use_step(self, staff: str, step: int) -> bool:
        """Use a one-time code's time step: each once, and none before the last one used."""
        fresh = {"_id": staff, "last_step": {"$lt": step}}
        change = {"$set": {"last_step": step, "failures": 0, "locked_until": None}}
        return bool((await self._staff.update_one(fresh, change)).modified_count)

    async def count_failure(self, staff: str, now: datetime) -> None:
        await self._staff.update_one({"_id": staff}, {"$inc": {"failures": 1}})
        full = {"_id": staff, "failures": {"$gte": MOST_FAILURES}}
        await self._staff.update_one(full, {"$set": {"locked_until": now + LOCK, "failures": 0}})

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
            failures=row["failures"],
            locked_until=row["locked_until"],
            suspended=row["suspended"],
        )
