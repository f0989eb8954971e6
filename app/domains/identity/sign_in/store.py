"""OTP challenges in MongoDB. A try is spent before the code is looked at, so parallel guesses cannot outrun it."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.core.mongo import Database, Tx
from app.core.sealed import KeyRing
from app.domains.identity.sign_in.model import MOST_TRIES, Challenge, Opened


class ChallengeStore:
    def __init__(self, db: Database, ring: KeyRing) -> None:
        self._challenges = db["otp_challenges"]
        self._ring = ring

    async def add(self, challenge: Challenge, phone: str, code: str, tx: Tx) -> None:
        await self._challenges.insert_one(
            {
                "_id": challenge.id,
                "phone": self._ring.seal_text(phone, record=challenge.id, field="phone"),
                "code_hash": self.code_hash(challenge.id, code),
                "tries": 0,
                "used_at": None,
                "expires_at": challenge.expires_at,
                "tidy_at": challenge.expires_at + timedelta(hours=1),
            },
            session=tx,
        )

    async def spend_try(self, challenge: str, now: datetime) -> Opened | None:
        """Count one try; None when there is none left, or the challenge is over or unknown.

        Each of parallel tries counts from the one before it, so that each is told truly how many are left.
        """
        open_ = {"_id": challenge, "used_at": None, "expires_at": {"$gt": now}, "tries": {"$lt": MOST_TRIES}}
        while (row := await self._challenges.find_one(open_)) is not None:
            seen = {**open_, "tries": row["tries"]}
            if (await self._challenges.update_one(seen, {"$inc": {"tries": 1}})).modified_count:
                phone = self._ring.open_text(row["phone"], record=challenge, field="phone")
                return Opened(challenge, phone, row["code_hash"], row["tries"] + 1)
        return None

    async def use(self, challenge: str, now: datetime, tx: Tx | None = None) -> bool:
        """Use it up: of parallel right answers one wins."""
        unused = {"_id": challenge, "used_at": None, "expires_at": {"$gt": now}}
        return bool((await self._challenges.update_one(unused, {"$set": {"used_at": now}}, session=tx)).modified_count)

    async def void(self, challenge: str, now: datetime) -> None:
        """A code that was never delivered must not be guessed."""
        await self._challenges.update_one({"_id": challenge, "used_at": None}, {"$set": {"used_at": now}})

    def code_hash(self, challenge: str, code: str) -> str:
        return self._ring.keyed_hash(f"{challenge}.{code}", kind="otp")
