"""Who did what, for whom: one record per write, in the write's own transaction. Holds ids, never names or numbers."""

from __future__ import annotations

from typing import Any

from app.core.clock import Clock
from app.core.ids import new_id
from app.core.mongo import Database, Tx
from app.core.viewer import Viewer


class Audit:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._records = db["audit"]
        self._clock = clock

    async def record(
        self, viewer: Viewer, action: str, target: str, tx: Tx | None, *, subject: str | None = None, **facts: Any
    ) -> None:
        """`actor` acted, `subject` is the citizen concerned; they differ for a guardian, a provider and staff."""
        await self._records.insert_one(
            {
                "_id": new_id(),
                "at": self._clock.now(),
                "actor": viewer.actor,
                "role": viewer.role.value,
                "organisation": viewer.organisation,
                "subject": subject or viewer.subject,
                "action": action,
                "target": target,
                "facts": facts,
            },
            session=tx,
        )
