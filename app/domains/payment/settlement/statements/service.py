"""Statements of payees: the postings of their accounts with gross and fee, and the payment each belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Protocol

from app.core.errors import BadInput
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.payment.ledger.model import Posting, TransferKind
from app.domains.payment.ledger.service import Ledger, cursor_of
from app.domains.payment.ledger.store import StatementFilter
from app.domains.payment.payments.model import PayeeKind, Payment
from app.domains.payment.reconciliation.model import bounds
from app.domains.payment.settlement.model import Payee, line_of
from app.domains.payment.settlement.redemptions.service import Redeeming
from app.domains.payment.settlement.statements.model import MOST_ROWS, StatementRow, table_of

SCOPE = "payments:manage"
_AT_ONCE = 1_000
_LONGEST = 92  # days
_FIRST, _LAST = date(2020, 1, 1), date(2100, 12, 31)  # beyond them no day can be reckoned with


class KnownPayments(Protocol):
    async def many(self, ids: Sequence[str]) -> list[Payment]: ...


class StatementService:
    def __init__(self, ledger: Ledger, payments: KnownPayments, redeeming: Redeeming) -> None:
        self._ledger = ledger
        self._payments = payments
        self._redeeming = redeeming

    async def page(
        self, viewer: Viewer, kind: PayeeKind, since: date | None, until: date | None, request: PageRequest
    ) -> Page[StatementRow]:
        """Newest first, of civil days from `since` to `until` with both. Raises Forbidden, BadInput."""
        payee = Payee(kind, viewer.provider(SCOPE))
        return await self._page(payee, _within(since, until), request)

    async def file(self, viewer: Viewer, kind: PayeeKind, since: date, until: date) -> str:
        """As CSV, newest first, at most 50,000 rows of at most 92 days. Raises Forbidden, BadInput."""
        payee, within = Payee(kind, viewer.provider(SCOPE)), _within(since, until)
        if (until - since).days >= _LONGEST:
            raise BadInput(field="until")
        rows: list[StatementRow] = []
        after = None
        while len(rows) < MOST_ROWS:
            page = await self._page(payee, within, PageRequest(_AT_ONCE, after))
            rows += page.items
            if not page.has_next:
                break
            after = page.items[-1].id
        return table_of(rows[:MOST_ROWS])

    async def _page(self, payee: Payee, within: StatementFilter, request: PageRequest) -> Page[StatementRow]:
        page = await self._ledger.statement(payee.account, request, within)
        return Page(tuple(await self._rows(page.items)), page.has_next)

    async def _rows(self, postings: Sequence[Posting]) -> list[StatementRow]:
        transfers = await self._ledger.transfers({one.transfer for one in postings})
        bought = {one.about for one in postings if one.kind is TransferKind.REDEMPTION}
        redeemed = await self._redeeming.these(bought)
        about = sorted({one.about for one in postings if one.about} - bought)
        payments = {one.id: one for one in await self._payments.many(about)} if about else {}
        rows = []
        for one in postings:
            line, payment = line_of(one, transfers.get(one.transfer)), payments.get(one.about)
            row = StatementRow(cursor_of(one), one.at, one.kind, line.gross, line.fee)
            if one.about in redeemed:
                row = replace(row, points=redeemed[one.about].points)
            rows.append(_of_payment(row, payment) if payment else row)
        return rows


def _of_payment(row: StatementRow, payment: Payment) -> StatementRow:
    number, order, method = payment.number, payment.order, payment.method.value
    return StatementRow(row.id, row.at, row.kind, row.gross, row.fee, payment.id, number, order, method)


def _within(since: date | None, until: date | None) -> StatementFilter:
    """Raises BadInput."""
    for field, day in (("since", since), ("until", until)):
        if day is not None and not _FIRST <= day <= _LAST:
            raise BadInput(field=field)
    if since is not None and until is not None and until < since:
        raise BadInput(field="until")
    return StatementFilter(since=bounds(since)[0] if since else None, until=bounds(until)[1] if until else None)
