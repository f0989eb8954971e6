"""Each kind of entry is asked about in its own room, which settles it by what it hears, as its rounds do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress

from app.domains.payment.gateway.orders.errors import GatewayOrderUnknown
from app.domains.payment.gateway.orders.service import Orders
from app.domains.payment.gateway.payouts.errors import PayoutUnknown
from app.domains.payment.gateway.payouts.service import Payouts
from app.domains.payment.gateway.refunds.errors import GatewayRefundUnknown
from app.domains.payment.gateway.refunds.service import GatewayRefunds
from app.domains.payment.reconciliation.matching.model import EntryKind


class AskingRooms:
    """Fulfils `differences.service.Asking`."""

    def __init__(self, orders: Orders, refunds: GatewayRefunds, payouts: Payouts) -> None:
        self._look: dict[EntryKind, Callable[[str], Awaitable[object]]] = {
            EntryKind.ORDER: orders.look,
            EntryKind.REFUND: refunds.send,
            EntryKind.PAYOUT: payouts.send,
        }

    async def look(self, kind: EntryKind, reference: str) -> None:
        with suppress(GatewayOrderUnknown, GatewayRefundUnknown, PayoutUnknown):
            await self._look[kind](reference)
