"""Payments in the moment in which they are begun or changed, in whichever process that happens."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.core.changes import Changes
from app.core.viewer import Viewer
from app.domains.payment.payments.model import Payee, Payment
from app.domains.payment.payments.service import Payments


class WatchedPayments:
    def __init__(self, changes: Changes, payments: Payments) -> None:
        self._changes = changes
        self._payments = payments

    @asynccontextmanager
    async def of_payer(self, viewer: Viewer) -> AsyncIterator[AsyncIterator[Payment]]:
        """One's own."""
        async with self._changes.of("payments", viewer.citizen()) as rows:
            yield self._read(row["_id"] async for row in rows)

    @asynccontextmanager
    async def of_order(self, payee: Payee, order: str) -> AsyncIterator[AsyncIterator[Payment]]:
        """Of one order of the payee's."""
        async with self._changes.of("payments", payee.key) as rows:
            yield self._read(row["_id"] async for row in rows if row["order"] == order)

    async def _read(self, ids: AsyncIterator[str]) -> AsyncIterator[Payment]:
        async for id_ in ids:
            if (found := await self._payments.get(id_)) is not None:
                yield found
