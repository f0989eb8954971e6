"""Guardianships in MongoDB."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from app.core.mongo import Database, Document, Part, Tx
from app.domains.identity.guardians.model import Guardianship, GuardianshipState, WardScope
from app.domains.identity.sessions.model import ACCESS_LIFE


class GuardianshipStore:
    def __init__(self, db: Database) -> None:
        self._guardianships = db["guardianships"]
        self._revocations = db["revocations"]

    async def add(self, new: Guardianship, tx: Tx) -> None:
        await self._guardianships.insert_one(_row(new), session=tx)

    async def between(self, guardian: str, ward: str, tx: Tx | None = None) -> Guardianship | None:
        """The one that is open (proposed or active) between the two."""
        pair = {"guardian": guardian, "ward": ward, "open": True}
        row = await self._guardianships.find_one(pair, session=tx)
        return _guardianship(row) if row else None

    async def party_to(self, guardianship: str, citizen: str) -> Guardianship | None:
        """The guardianship, if this citizen is the guardian or the ward."""
        mine = {"_id": guardianship, "$or": [{"guardian": citizen}, {"ward": citizen}]}
        row = await self._guardianships.find_one(mine)
        return _guardianship(row) if row else None

    async def of_guardian(self, guardian: str) -> list[Guardianship]:
        return await self._all({"guardian": guardian})

    def held(self, guardian: str, on: date, most: int) -> Part[Guardianship]:
        """Those that hold on this day, the first made first."""
        which: Document = {"guardian": guardian, "state": GuardianshipState.ACTIVE.value, "open": True}
        which["until"] = {"$gte": on.isoformat()}
        return Part("guardianships", [{"$match": which}, {"$sort": {"_id": 1}}, {"$limit": most}], _guardianship)

    async def of_ward(self, ward: str) -> list[Guardianship]:
        return await self._all({"ward": ward})

    async def holding(self, wards: Collection[str], scope: WardScope, on: date) -> list[Guardianship]:
        """Those that hold on this day for any of these wards, in this matter."""
        which: Document = {
            "ward": {"$in": list(wards)},
            "state": GuardianshipState.ACTIVE.value,
            "scopes": scope.value,
            "until": {"$gte": on.isoformat()},
        }
        return [_guardianship(row) async for row in self._guardianships.find(which)]

    async def save(self, changed: Guardianship, was: Guardianship, tx: Tx) -> bool:
        """False when its state changed meanwhile."""
        before = {"guardian": was.guardian, "_id": was.id, "state": was.state.value}
        saved = await self._guardianships.replace_one(before, _row(changed), session=tx)
        if saved.modified_count and changed.ended_at is not None:
            # With the ended sessions: every process hears of it, and ends the subscriptions that ran by it.
            tidy_at = changed.ended_at + 2 * ACCESS_LIFE
            await self._revocations.insert_one({"_id": was.id, "at": changed.ended_at, "tidy_at": tidy_at}, session=tx)
        return bool(saved.modified_count)

    async def _all(self, which: Document) -> list[Guardianship]:
        open_ = {**which, "state": {"$ne": GuardianshipState.REVOKED.value}}
        rows = await self._guardianships.find(open_).sort("_id", 1).limit(100).to_list(None)
        return [_guardianship(row) for row in rows]


def _row(g: Guardianship) -> Document:
    return {
        "_id": g.id,
        "guardian": g.guardian,
        "ward": g.ward,
        "relation": g.relation,
        "scopes": sorted(scope.value for scope in g.scopes),
        "state": g.state.value,
        # What the unique index looks at: one open guardianship between two people, however many were before.
        "open": g.state is not GuardianshipState.REVOKED,
        "until": g.until.isoformat(),
        "created_at": g.created_at,
        "ended_at": g.ended_at,
    }


def _guardianship(row: Document) -> Guardianship:
    return Guardianship(
        id=row["_id"],
        guardian=row["guardian"],
        ward=row["ward"],
        relation=row["relation"],
        scopes=frozenset(WardScope(scope) for scope in row["scopes"]),
        state=GuardianshipState(row["state"]),
        until=date.fromisoformat(row["until"]),
        created_at=row["created_at"],
        ended_at=row["ended_at"],
    )
