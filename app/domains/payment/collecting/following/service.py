"""What is spent by code counts against the limit of the day in the transaction that moves the money."""

from __future__ import annotations

from app.core.money import Currency
from app.core.mongo import Tx
from app.domains.payment.collecting.store import OrderStore
from app.domains.payment.payments.model import Payment, Purpose
from app.domains.payment.spending.model import Strength
from app.domains.payment.spending.service import Spending

PURPOSES = (Purpose.CODE, Purpose.STATIC_CODE, Purpose.DYNAMIC_CODE)


class CodePayments:
    """Follows the payments of `PURPOSES`."""

    def __init__(self, orders: OrderStore, spending: Spending) -> None:
        self._orders = orders
        self._spending = spending

    async def captured(self, payment: Payment, tx: Tx) -> None:
        """Raises SpendingLimitReached: then nothing was moved. Points are no money: their limit is what one has."""
        if payment.amount.currency is not Currency.CNY:
            return
        if payment.purpose is Purpose.STATIC_CODE:
            await self._spending.take(payment.payer, payment.amount.fen, Strength.STATIC, tx)
            return
        order = await self._orders.get(payment.payee.id, payment.order, tx)
        if order is not None:  # without one nobody showed a code
            unasked = payment.purpose is Purpose.CODE and not order.asked
            await self._spending.take(payment.payer, payment.amount.fen, order.strength, tx, unasked=unasked)

    async def ended(self, payment: Payment, tx: Tx) -> None:
        """Its order shows it: there is nothing to give back, for nothing was taken."""

    async def refunded(self, payment: Payment, fen: int, tx: Tx) -> None:
        """What was refunded counts still, so that paying to and fro does not undo the limit."""
