"""Asking the gateway to give back what was paid by it, and what becomes of money that nobody could use.

Whoever refunds decides how much may go back, and writes the refund in his own transaction (`begin`); `send` is for
after the commit.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace

import structlog

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.errors import Unavailable
from app.core.money import Money
from app.core.mongo import Database, Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.payment.gateway.errands.service import Ended, Errands
from app.domains.payment.gateway.model import PaymentGateway, ToldErrand, next_look, present
from app.domains.payment.gateway.orders.model import Order
from app.domains.payment.gateway.orders.store import OrderStore
from app.domains.payment.gateway.refunds.errors import GatewayRefundNotStranded, GatewayRefundUnknown
from app.domains.payment.gateway.refunds.model import GatewayRefund, RefundPurpose
from app.domains.payment.gateway.refunds.store import RefundStore
from app.domains.payment.ledger.errors import AccountUnknown
from app.domains.payment.ledger.model import BANK, GATEWAY, SUSPENSE, TransferKind, Wanted, credit, debit, wallet
from app.domains.payment.ledger.service import Ledger

log = structlog.get_logger(__name__)


class GatewayRefunds(Errands[GatewayRefund]):
    """`register` is called once for each purpose while the city is put together."""

    kind = "refund"

    def __init__(self, db: Database, refunds: RefundStore, gateway: PaymentGateway | None, clock: Clock) -> None:
        super().__init__(db, refunds, gateway, clock)
        self._refunds = refunds
        self._rooms: dict[RefundPurpose, Ended[GatewayRefund]] = {}

    def register(self, purpose: RefundPurpose, room: Ended[GatewayRefund]) -> None:
        self._rooms[purpose] = room

    async def begin(
        self, order: str, refund_id: str, fen: int, tx: Tx, purpose: RefundPurpose = RefundPurpose.REFUND
    ) -> GatewayRefund:
        """Write it; `send` it when that is committed. Raises PaymentGatewayMissing."""
        present(self._gateway)
        now = self._clock.now()
        refund = GatewayRefund(refund_id, order, purpose, fen, now)
        await self._refunds.add(refund, next_look(0, now), tx)
        return refund

    async def give_back(self, order: Order, tx: Tx) -> None:
        """The whole of an order that nobody could use: the next round sends it."""
        await self.begin(order.id, f"{order.id}-back", order.paid_fen, tx, RefundPurpose.RETURN)

    async def ask(self, order: str, refund_id: str, fen: int) -> GatewayRefund:
        """`begin` and `send` for who has no transaction of his own. Raises PaymentGatewayMissing, Unavailable."""
        await self._db.transaction(lambda tx: self.begin(order, refund_id, fen, tx))
        return await self.send(refund_id)

    async def under_way(self, orders: Collection[str], tx: Tx | None = None) -> bool:
        """Whether what one of these orders gives back has not arrived anywhere yet."""
        return bool(orders) and await self._refunds.under_way(orders, tx)

    async def of_order(self, order: str) -> list[GatewayRefund]:
        return await self._refunds.of_order(order)

    async def stranded(self, request: PageRequest) -> Page[GatewayRefund]:
        """For the desk, newest first: what could be given back neither by the gateway nor to a wallet."""
        return await self._refunds.stranded(request)

    def _room(self, errand: GatewayRefund) -> Ended[GatewayRefund]:
        return self._rooms[errand.purpose]

    async def _ask(self, errand: GatewayRefund, gateway: PaymentGateway) -> ToldErrand:
        return await gateway.refund(errand.id, errand.order, errand.fen)

    async def _state(self, errand: GatewayRefund, gateway: PaymentGateway) -> ToldErrand | None:
        return await gateway.refund_state(errand.id)

    def _unknown(self) -> GatewayRefundUnknown:
        return GatewayRefundUnknown()


class Returns:
    """Fulfils `Ended` for RETURN: what nobody could use lay in suspense, and leaves it when it went back. What the
    gateway does not take back goes to the citizen's wallet; where that cannot take it, it waits for the desk.
    """

    def __init__(
        self,
        db: Database,
        ledger: Ledger,
        orders: OrderStore,
        refunds: RefundStore,
        back: GatewayRefunds,
        outbox: Outbox,
        audit: Audit,
    ) -> None:
        self._db = db
        self._ledger = ledger
        self._orders = orders
        self._refunds = refunds
        self._back = back
        self._outbox = outbox
        self._audit = audit
        back.register(RefundPurpose.RETURN, self)

    async def done(self, refund: GatewayRefund, tx: Tx) -> None:
        lines = (debit(SUSPENSE, refund.fen), credit(GATEWAY, refund.fen))
        await self._ledger.post(Wanted(f"gateway return {refund.id}", TransferKind.REFUND, lines, refund.order), tx)

    async def failed(self, refund: GatewayRefund, tx: Tx) -> None:
        if not await self._into_the_wallet(refund, tx):
            log.error("money that nobody could use was not taken back", refund=refund.id, reason=refund.reason)
            await self._refunds.strand(refund.id, tx)

    async def retry(self, viewer: Viewer, id_: str) -> GatewayRefund:
        """By the desk, of what is stranded: into the wallet when that takes it now, else asked for once more at the
        gateway, under another reference; that refund is given. A repeat finds nothing to do. Raises
        GatewayRefundUnknown, PaymentGatewayMissing.
        """

        async def work(tx: Tx) -> GatewayRefund:
            refund = await self._refunds.get(id_, tx)
            if refund is None:
                raise GatewayRefundUnknown
            if not await self._refunds.take_up(id_, tx):
                return refund
            await self._audit.record(viewer, "gateway.return_retried", id_, tx, subject=await self._whose(refund, tx))
            if await self._into_the_wallet(refund, tx):
                return replace(refund, stranded=False)
            return await self._back.begin(refund.order, refund.next_reference, refund.fen, tx, RefundPurpose.RETURN)

        retried = await self._db.transaction(work)
        if retried.waits:
            with suppress(Unavailable):  # a later round sends it
                return await self._back.send(retried.id)
        return retried

    async def pay_by_hand(self, viewer: Viewer, id_: str, note: str) -> GatewayRefund:
        """By the desk, of what is stranded: it was paid out to its citizen. `note` is for the audit. Raises
        GatewayRefundUnknown, GatewayRefundNotStranded (a repeat, too).
        """

        async def work(tx: Tx) -> GatewayRefund:
            refund = await self._refunds.get(id_, tx)
            if refund is None:
                raise GatewayRefundUnknown
            if not await self._refunds.take_up(id_, tx, by_hand=True):
                raise GatewayRefundNotStranded
            citizen = await self._whose(refund, tx)
            await self._ledger.open(BANK, tx)
            lines = (debit(SUSPENSE, refund.fen), credit(BANK, refund.fen))
            wanted = Wanted(f"gateway return {id_} by hand", TransferKind.CORRECTION, lines, refund.order)
            await self._ledger.post(wanted, tx)
            await self._audit.record(viewer, "gateway.return_by_hand", id_, tx, subject=citizen, reason=note)
            return replace(refund, stranded=False, by_hand=True)

        return await self._db.transaction(work)

    async def _into_the_wallet(self, refund: GatewayRefund, tx: Tx) -> bool:
        citizen = await self._whose(refund, tx)
        own = wallet(citizen)
        try:
            found = await self._ledger.balance(own, tx)
        except AccountUnknown:
            return False
        if not found.takes(refund.fen):
            return False
        lines = (debit(SUSPENSE, refund.fen), credit(own, refund.fen))
        wanted = Wanted(f"gateway return {refund.id} kept", TransferKind.REFUND, lines, refund.order)
        await self._ledger.post(wanted, tx)
        await self._outbox.add("wallet.return_kept", citizen, tx, order=refund.order, amount=Money(refund.fen).spoken)
        return True

    async def _whose(self, refund: GatewayRefund, tx: Tx) -> str:
        order = await self._orders.get(refund.order, tx)
        if order is None:
            raise GatewayRefundUnknown
        return order.citizen
