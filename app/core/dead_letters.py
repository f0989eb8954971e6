"""Events that were given up after many tries: the desk reads why, and has each tried again or drops it."""

from __future__ import annotations

from app.core.audit import Audit
from app.core.errors import Outcome
from app.core.mongo import Database, Tx
from app.core.outbox import DeadLetter, Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer


class DeadLetterUnknown(Outcome):
    """No such dead letter: it was tried again or dropped by somebody else, or never was."""


class DeadLetters:
    def __init__(self, db: Database, outbox: Outbox, audit: Audit) -> None:
        self._db = db
        self._outbox = outbox
        self._audit = audit

    async def page(self, request: PageRequest) -> Page[DeadLetter]:
        """Newest event first."""
        return await self._outbox.dead(request)

    async def revive(self, viewer: Viewer, letter: str) -> None:
        """Try it again from the start; repeating finds it gone. Raises DeadLetterUnknown."""

        async def work(tx: Tx) -> None:
            if not await self._outbox.revive(letter, tx):
                raise DeadLetterUnknown
            await self._audit.record(viewer, "outbox.revived", letter, tx)

        await self._db.transaction(work)

    async def drop(self, viewer: Viewer, letter: str, reason: str) -> None:
        """Give it up for good. Raises DeadLetterUnknown."""

        async def work(tx: Tx) -> None:
            if not await self._outbox.drop(letter, tx):
                raise DeadLetterUnknown
            await self._audit.record(viewer, "outbox.dropped", letter, tx, reason=reason)

        await self._db.transaction(work)
