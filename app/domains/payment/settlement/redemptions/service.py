"""Redeeming: read before a partner's settlement, entered in the settlement's own transaction.

    one = await redeeming.due(organisation, day)      what it took since the last time, at its rates
    await redeeming.enter(one, tx)                    the row, the points, and the yuan: all or nothing, once

Who has no rate for a day on which it took points waits, with all of it, until the desk has set one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Protocol

import structlog

from app.core.clock import Clock, civil_day
from app.core.mongo import Tx
from app.core.paging import Page, PageRequest
from app.domains.payment.ledger.model import BUDGET, REDEEMED, Account, AccountKind, Posting, TransferKind
from app.domains.payment.ledger.service import Ledger, cursor_of
from app.domains.payment.ledger.store import StatementFilter
from app.domains.payment.payments.model import Payment
from app.domains.payment.points.rates.store import RateStore
from app.domains.payment.reconciliation.model import bounds
from app.domains.payment.settlement.model import BEGINNING
from app.domains.payment.settlement.redemptions.model import Redemption, Taken, parts_of, takings_of
from app.domains.payment.settlement.redemptions.store import RedemptionStore

log = structlog.get_logger(__name__)
_AT_ONCE = 1_000


class KnownPayments(Protocol):
    async def many(self, ids: Sequence[str]) -> list[Payment]: ...


class Redeeming:
    def __init__(
        self, redemptions: RedemptionStore, rates: RateStore, ledger: Ledger, payments: KnownPayments, clock: Clock
    ) -> None:
        self._redemptions = redemptions
        self._rates = rates
        self._ledger = ledger
        self._payments = payments
        self._clock = clock

    async def partners(self) -> list[str]:
        """Whom to look at: a handful."""
        return await self._rates.partners()

    async def due(self, organisation: str, day: date) -> Redemption | None:
        """None when nothing was taken or given back since, when it was settled already, and while a rate is missing."""
        rates = await self._rates.of(organisation)
        last = await self._redemptions.newest(organisation) if rates else None
        if not rates or (last is not None and last.day >= day):
            return None
        since, until = last.until if last else BEGINNING, bounds(day)[1]
        taken = await self._taken(organisation, since, until)
        parts = parts_of(taken, rates)
        if parts is None:
            log.warning("points wait for a rate", organisation=organisation, day=day.isoformat())
            return None
        if not parts:
            return None
        for account in (REDEEMED, BUDGET, Account(AccountKind.MERCHANT, organisation)):
            await self._ledger.meet(account)
        seq = last.seq + 1 if last else 1
        return Redemption(organisation, day, seq, since, until, parts, self._clock.now())

    async def enter(self, one: Redemption, tx: Tx) -> None:
        """Raises DuplicateKey: somebody else did."""
        await self._redemptions.add(one, tx)
        for wanted in one.wanted:
            await self._ledger.post(wanted, tx)

    async def these(self, ids: Collection[str]) -> dict[str, Redemption]:
        """By id, those that there are."""
        return {one.id: one for one in await self._redemptions.many(ids)} if ids else {}

    async def page(self, organisation: str | None, request: PageRequest) -> Page[Redemption]:
        """Of a partner the newest first; of all, by partner."""
        return await self._redemptions.page(organisation, request)

    async def waiting(self, organisation: str) -> int:
        """What a partner has taken and was not paid for yet, in hundredths of points."""
        return (await self._ledger.balance(takings_of(organisation))).posted.fen

    async def _taken(self, organisation: str, since: datetime, until: datetime) -> list[Taken]:
        found, after, within = list[Taken](), None, StatementFilter(since, until)
        while True:
            page = await self._ledger.statement(takings_of(organisation), PageRequest(_AT_ONCE, after), within)
            found += await self._dated([one for one in page.items if one.kind is not TransferKind.REDEMPTION])
            if not page.has_next:
                return found
            after = cursor_of(page.items[-1])

    async def _dated(self, postings: Sequence[Posting]) -> list[Taken]:
        """What went back counts as of when it was paid."""
        about = sorted({one.about for one in postings if one.about})
        paid = {one.id: one.captured_at for one in await self._payments.many(about)} if about else {}
        return [Taken(civil_day(paid.get(one.about) or one.at), one.change.fen) for one in postings]
