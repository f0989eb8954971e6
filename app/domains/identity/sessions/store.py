"""Sessions in MongoDB."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.core.mongo import Database, Document, Tx
from app.domains.identity.sessions.model import ACCESS_LIFE, Audience, Device, EndReason, Session


class SessionStore:
    def __init__(self, db: Database) -> None:
        self._sessions = db["sessions"]
        self._revocations = db["revocations"]

    async def add(self, session: Session, tx: Tx) -> None:
        device = session.device
        await self._sessions.insert_one(
            {
                "_id": session.id,
                "holder": session.holder,
                "audience": session.audience.value,
                "device": {"id": device.id, "name": device.name, "platform": device.platform},
                "salt": session.salt,
                "generation": session.generation,
                "created_at": session.created_at,
                "rotated_at": session.rotated_at,
                "expires_at": session.expires_at,
                "tidy_at": session.expires_at + timedelta(days=30),
            },
            session=tx,
        )

    async def get(self, session: str) -> Session | None:
        row = await self._sessions.find_one({"_id": session})
        return _session(row) if row else None

    async def live_of(self, holder: str, now: datetime) -> list[Session]:
        live = {"holder": holder, "ended_at": None, "expires_at": {"$gt": now}}
        rows = await self._sessions.find(live).sort("_id", -1).limit(50).to_list(None)
        return [_session(row) for row in rows]

    async def knows_device(self, holder: str, device: str, tx: Tx) -> tuple[bool, bool]:
        """(has the holder any session, has he one on this device), the ended ones included."""
        rows = await self._sessions.find({"holder": holder}, {"device.id": 1}, session=tx).limit(200).to_list(None)
        return bool(rows), any(row["device"]["id"] == device for row in rows)

    async def next_generation(self, session: Session, now: datetime, tx: Tx | None = None) -> bool:
        """Move on from exactly this generation; of parallel refreshes one moves it."""
        present = {"_id": session.id, "generation": session.generation, "ended_at": None, "expires_at": {"$gt": now}}
        change = {"$set": {"rotated_at": now}, "$inc": {"generation": 1}}
        moved = await self._sessions.update_one(present, change, session=tx)
        return bool(moved.modified_count)

    async def end(self, session: str, holder: str, reason: EndReason, now: datetime, tx: Tx) -> bool:
        """End a session of this holder, and tell every process that its access tokens are void."""
        live = {"_id": session, "holder": holder, "ended_at": None}
        ended = await self._sessions.update_one(live, {"$set": {"ended_at": now, "reason": reason.value}}, session=tx)
        if ended.modified_count:
            void = {"_id": session, "at": now, "tidy_at": now + 2 * ACCESS_LIFE}
            await self._revocations.insert_one(void, session=tx)
        return bool(ended.modified_count)

    async def end_all(self, holder: str, reason: EndReason, now: datetime, tx: Tx) -> list[str]:
        """End each live session of this holder; which they were."""
        live = {"holder": holder, "ended_at": None, "expires_at": {"$gt": now}}
        rows = await self._sessions.find(live, {"_id": 1}, session=tx).to_list(None)
        return [row["_id"] for row in rows if await self.end(row["_id"], holder, reason, now, tx)]

    async def revoked_since(self, since: datetime) -> list[str]:
        rows = await self._revocations.find({"at": {"$gte": since}}).to_list(None)
        return [row["_id"] for row in rows]


def _session(row: Document) -> Session:
    return Session(
        id=row["_id"],
        holder=row["holder"],
        audience=Audience(row["audience"]),
        device=Device(**row["device"]),
        salt=row["salt"],
        generation=row["generation"],
        created_at=row["created_at"],
        rotated_at=row["rotated_at"],
        expires_at=row["expires_at"],
        ended_at=row.get("ended_at"),
    )
