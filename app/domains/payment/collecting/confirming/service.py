"""The payer's answer to a charge that asks for one. With his PIN the higher limit of the day counts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from pydantic import TypeAdapter

from app.core.idempotency import Call, Idempotency
from app.core.money import Currency
from app.core.mongo import Tx
from app.core.viewer import Viewer
from app.domains.payment.collecting.errors import PaymentFailed
from app.domains.payment.collecting.model import reason_of
from app.domains.payment.collecting.store import OrderStore
from app.domains.payment.payments.errors import PaymentUnknown
from app.domains.payment.payments.model import Payment, PaymentState, Purpose
from app.domains.payment.payments.service import Payments
from app.domains.payment.pins.service import PinService
from app.domains.payment.spending.model import Strength
from app.domains.payment.spending.service import Spending

_ID = TypeAdapter(str)


class Confirming:
    def __init__(
        self,
        payments: Payments,
        orders: OrderStore,
        spending: Spending,
        pins: PinService,
        idempotency: Idempotency,
    ) -> None:
        self._payments = payments
        self._orders = orders
        self._spending = spending
        self._pins = pins
        self._idempotency = idempotency

    async def waiting(self, viewer: Viewer) -> list[Payment]:
        """What asks for an answer now, newest first."""
        return await self._payments.waiting(viewer.self_only())

    async def confirm(self, viewer: Viewer, payment: str, pin: str | None, key: str) -> Payment:
        """It is charged then. Raises PaymentUnknown, PaymentNotOpen, PaymentTooLate, PinNotSet, PinWrong, PinLocked,
        SpendingLimitReached (nothing has happened: the PIN may help); PaymentFailed (it was charged in vain);
        IdempotencyConflict.
        """
        call = Call.of(viewer, "confirmPayment", key, payment, pin)

        async def attempt() -> str:
            await self._ready(viewer, payment, pin)
            done = await self._payments.confirm(viewer, payment)
            return await self._idempotency.once(call, _ID, _said(done.id))

        return _demand_paid(await self._mine(viewer, await self._idempotency.alike(call, _ID, attempt)))

    async def decline(self, viewer: Viewer, payment: str, key: str) -> Payment:
        """Nothing is charged. Raises PaymentUnknown, PaymentNotOpen, IdempotencyConflict."""
        call = Call.of(viewer, "declinePayment", key, payment)

        async def attempt() -> str:
            done = await self._payments.decline(viewer, payment)
            return await self._idempotency.once(call, _ID, _said(done.id))

        return await self._mine(viewer, await self._idempotency.alike(call, _ID, attempt))

    async def _ready(self, viewer: Viewer, id_: str, pin: str | None) -> None:
        """That it can be paid in this way today, before anything is changed."""
        payer, payment = viewer.self_only(), await self._mine(viewer, id_)
        if pin is not None:
            await self._pins.demand(payer, pin)
        if payment.state is not PaymentState.WAITING_FOR_CONFIRMATION or payment.purpose is not Purpose.CODE:
            return
        order = await self._orders.get(payment.payee.id, payment.order)
        strength = Strength.TWO_FACTORS if pin is not None or order is None else order.strength
        day = await self._spending.today(payer)
        if payment.amount.currency is Currency.CNY and not day.has_room(payment.amount.fen, strength):
            raise self._spending.refusal(day, payment.amount.fen, strength)
        await self._orders.strengthen(payment.payee.id, payment.order, strength)

    async def _mine(self, viewer: Viewer, id_: str) -> Payment:
        found = await self._payments.one(viewer, id_)
        if found is None:
            raise PaymentUnknown
        return found


def _said(id_: str) -> Callable[[Tx], Awaitable[str]]:
    async def work(tx: Tx) -> str:
        return id_

    return work


def _demand_paid(payment: Payment) -> Payment:
    """Raises PaymentFailed."""
    if payment.state is PaymentState.FAILED:
        raise PaymentFailed(reason_of(payment.reason).value)
    return payment
