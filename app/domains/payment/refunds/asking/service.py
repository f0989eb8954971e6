"""Refunds as they are asked for: by the payee, by the desk; and reading them."""

from __future__ import annotations

from collections.abc import Collection

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.money import Money
from app.core.mongo import Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.payment.payments.errors import PaymentUnknown
from app.domains.payment.payments.model import Payment
from app.domains.payment.payments.service import Payments
from app.domains.payment.refunds.errors import RefundTooHigh, RefundTooLate
from app.domains.payment.refunds.model import BY_PAYEE_WITHIN, Cause, Refund, RefundReason, RefundState
from app.domains.payment.refunds.service import Refunds, RefundWanted
from app.domains.payment.refunds.store import RefundStore

SCOPE = "payments:manage"
_REFUND = TypeAdapter(Refund)


class RefundAsking:
    def __init__(
        self,
        store: RefundStore,
        refunds: Refunds,
        payments: Payments,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._store = store
        self._refunds = refunds
        self._payments = payments
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def by_payee(
        self, viewer: Viewer, payment: str, amount: Money | None, reason: RefundReason, key: str
    ) -> Refund:
        """The whole of what is left when no amount is named. Raises PaymentUnknown (another's, too), RefundTooLate,
        PaymentNotRefundable, RefundTooHigh, PaymentGatewayMissing, IdempotencyConflict, Forbidden.
        """
        payee, refund = viewer.provider(SCOPE), new_id()

        async def work(tx: Tx) -> Refund:
            found = await self._payments.get(payment, tx)
            if found is None or found.payee.id != payee:
                raise PaymentUnknown
            if found.captured_at is not None and found.captured_at + BY_PAYEE_WITHIN <= self._clock.now():
                raise RefundTooLate(BY_PAYEE_WITHIN.days)
            wanted = RefundWanted(refund, payment, _fen(amount, found), Cause.PAYEE, reason, viewer)
            return await self._refunds.give(wanted, tx)

        call = Call.of(viewer, "refundPayment", key, payment, amount, reason)
        async with self._store.one_at_a_time(payment):
            given = await self._idempotency.once(call, _REFUND, work)
        return await self._sent(given)

    async def by_desk(
        self, viewer: Viewer, payment: str, amount: Money | None, reason: RefundReason, note: str, key: str
    ) -> Refund:
        """`note` is for the audit. Raises PaymentUnknown, PaymentNotRefundable, RefundTooHigh, PaymentGatewayMissing,
        IdempotencyConflict.
        """
        refund = new_id()

        async def work(tx: Tx) -> Refund:
            found = await self._payments.get(payment, tx)
            if found is None:
                raise PaymentUnknown
            wanted = RefundWanted(refund, payment, _fen(amount, found), Cause.DESK, reason, viewer)
            made = await self._refunds.give(wanted, tx)
            await self._audit.record(viewer, "refund.by_desk", refund, tx, subject=found.payer, reason=note)
            return made

        call = Call.of(viewer, "refundPaymentByDesk", key, payment, amount, reason, note)
        async with self._store.one_at_a_time(payment):
            given = await self._idempotency.once(call, _REFUND, work)
        return await self._sent(given)

    async def take_in_hand(self, viewer: Viewer, refund: str, *, to_bank: bool, note: str, key: str) -> Refund:
        """What nobody could take: into the payer's wallet now, or paid out to him by hand. Raises RefundUnknown,
        RefundNotStranded, AccountClosed, AccountUnknown, BalanceTooHigh, IdempotencyConflict.
        """

        async def work(tx: Tx) -> Refund:
            now = await self._refunds.take_in_hand(refund, to_bank, note, tx)
            await self._audit.record(viewer, "refund.taken_in_hand", refund, tx, subject=now.payer, reason=note)
            return now

        call = Call.of(viewer, "takeRefundInHand", key, refund, to_bank, note)
        return await self._idempotency.once(call, _REFUND, work)

    async def of_payments(self, payments: Collection[str]) -> list[Refund]:
        """Asked with payments that the viewer may see; the oldest first."""
        return await self._store.of_payments(sorted(payments))

    async def of_mine(self, viewer: Viewer, payment: str) -> list[Refund]:
        """Of one's own payment; of another's nothing."""
        found = await self._payments.one(viewer, payment)
        return await self._store.of_payments([found.id]) if found else []

    async def of_payee(self, viewer: Viewer, request: PageRequest) -> Page[Refund]:
        """Newest first."""
        return await self._store.of_payee(viewer.provider(SCOPE), request)

    async def in_state(self, state: RefundState, request: PageRequest) -> Page[Refund]:
        """For the desk, newest first."""
        return await self._store.in_state(state, request)

    async def one(self, refund: str) -> Refund | None:
        """For the desk."""
        return await self._store.get(refund)

    async def _sent(self, refund: Refund) -> Refund:
        await self._refunds.send(refund)
        return await self._store.get(refund.id) or refund if refund.under_way else refund


def _fen(amount: Money | None, payment: Payment) -> int | None:
    """None for all that is left. Raises RefundTooHigh: nothing was paid in another currency."""
    if amount is not None and amount.currency is not payment.amount.currency:
        raise RefundTooHigh(payment.left)
    return None if amount is None else amount.fen
