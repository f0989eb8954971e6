"""Verification attempts in MongoDB. A failure is counted before the registry is asked and given back if it was none."""

from __future__ import annotations

from datetime import datetime

from app.core.mongo import Database, Document, DuplicateKey, Tx
from app.domains.identity.verification.errors import VerificationLocked
from app.domains.identity.verification.model import LOCK, MOST_FAILURES, Attempt, AttemptState


class VerificationStore:
    def __init__(self, db: Database) -> None:
        self._attempts = db["verifications"]
        self._locks = db["verification_locks"]

    async def begin(self, attempt: Attempt, content: str) -> tuple[Attempt, str]:
        """The attempt under this id, new or as it was left, and the content it was begun with."""
        row = {
            "_id": attempt.id,
            "citizen": attempt.citizen,
            "at": attempt.at,
            "state": attempt.state.value,
            "remaining": attempt.remaining,
            "content": content,
        }
        try:
            await self._attempts.insert_one(row)
        except DuplicateKey:
            found = await self._attempts.find_one({"_id": attempt.id})
            row = found or row
        return _attempt(row), str(row["content"])

    async def count_failure(self, citizen: str, attempt: str, now: datetime) -> int:
        """Count this attempt as failed in advance, once however often it is repeated; what remains after it.

        Raises VerificationLocked.
        """
        present = {"_id": citizen, "until": {"$gt": now}}
        counted = (
            await self._one_more(present, attempt, now)
            or await self._first(citizen, attempt, now)
            or await self._one_more(present, attempt, now)  # two first attempts raced: the other one opened the window
        )
        row = await self._locks.find_one({"_id": citizen})
        attempts = row["attempts"] if row else []
        if not counted and attempt not in attempts:  # a guess that is not counted is not asked
            raise VerificationLocked(until=row["until"] if row else now + LOCK)
        return MOST_FAILURES - len(attempts)

    async def _one_more(self, present: Document, attempt: str, now: datetime) -> bool:
        room = {**present, "attempts": {"$ne": attempt}, f"attempts.{MOST_FAILURES - 1}": {"$exists": False}}
        # Each failure begins the day anew: the last one allowed locks for a whole day.
        change = {"$push": {"attempts": attempt}, "$set": {"until": now + LOCK, "tidy_at": now + 2 * LOCK}}
        return bool((await self._locks.update_one(room, change)).modified_count)

    async def _first(self, citizen: str, attempt: str, now: datetime) -> bool:
        window = {"attempts": [attempt], "until": now + LOCK, "tidy_at": now + 2 * LOCK}
        try:
            await self._locks.update_one({"_id": citizen, "until": {"$lte": now}}, {"$set": window}, upsert=True)
        except DuplicateKey:
            return False
        return True

    async def give_back(self, citizen: str, attempt: str, tx: Tx | None = None) -> None:
        await self._locks.update_one({"_id": citizen}, {"$pull": {"attempts": attempt}}, session=tx)

    async def settle(self, attempt: str, state: AttemptState, remaining: int, tx: Tx | None = None) -> bool:
        """From asked (or unavailable, when asked again) to its end; False when another call settled it."""
        open_ = {"_id": attempt, "state": {"$in": [AttemptState.ASKED.value, AttemptState.UNAVAILABLE.value]}}
        change = {"$set": {"state": state.value, "remaining": remaining}}
        return bool((await self._attempts.update_one(open_, change, session=tx)).modified_count)


def _attempt(row: Document) -> Attempt:
    return Attempt(row["_id"], row["citizen"], row["at"], AttemptState(row["state"]), row["remaining"])
