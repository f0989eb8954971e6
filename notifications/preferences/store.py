"""Preferences in MongoDB: one row a citizen, written only once something was chosen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time, timedelta

from app.core.mongo import Database, Document, Tx
from notifications.preferences.model import Choice, Mode, Preferences
from notifications.preferences.quiet import QuietHours


class PreferenceStore:
    def __init__(self, db: Database) -> None:
        self._preferences = db["preferences"]

    async def get(self, citizen: str, tx: Tx | None = None) -> Preferences | None:
        row = await self._preferences.find_one({"_id": citizen}, session=tx)
        return _preferences(row) if row else None

    async def many(self, citizens: Sequence[str]) -> list[Preferences]:
        rows = await self._preferences.find({"_id": {"$in": list(citizens)}}).to_list(None)
        return [_preferences(row) for row in rows]

    async def save(self, changed: Preferences, was: Preferences, tx: Tx) -> None:
        """Raises DuplicateKey when they were changed meanwhile: the upsert meets the other version in its place."""
        before = {"_id": was.citizen, "version": was.version}
        await self._preferences.update_one(before, {"$set": _row(changed)}, upsert=True, session=tx)


def _row(preferences: Preferences) -> Document:
    quiet, after = preferences.quiet, preferences.sms_after
    return {
        # A list, for a provider's code may hold dots, which names of fields may not.
        "choices": [
            {"source": source, "push": choice.push.value, "sms": choice.sms}
            for source, choice in preferences.choices.items()
        ],
        "quiet": {"start": _text(quiet.start), "end": _text(quiet.end)} if quiet else None,
        "time_zone": preferences.time_zone,
        "digest_at": _text(preferences.digest_at),
        "sms_after": int(after.total_seconds()) if after else None,
        "lock_screen_personal": preferences.lock_screen_personal,
        "version": preferences.version,
    }


def _preferences(row: Document) -> Preferences:
    quiet, after = row["quiet"], row["sms_after"]
    return Preferences(
        citizen=row["_id"],
        choices={kept["source"]: Choice(Mode(kept["push"]), kept["sms"]) for kept in row["choices"]},
        quiet=QuietHours(time.fromisoformat(quiet["start"]), time.fromisoformat(quiet["end"])) if quiet else None,
        time_zone=row["time_zone"],
        digest_at=time.fromisoformat(row["digest_at"]),
        sms_after=timedelta(seconds=after) if after else None,
        lock_screen_personal=row["lock_screen_personal"],
        version=row["version"],
    )


def _text(shown: time) -> str:
    return shown.isoformat("minutes")
