"""Repaying: from the wallet at once, by the gateway when it tells that it was paid.

Whatever was repaid elsewhere while the citizen pays at the gateway is seen when the money comes: if less is owed then
than was paid, the order is returned and nothing is taken.
"""

from __future__ import annotations

from dataclasses import replace

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.messages import CHINESE, message
from app.core.mongo import Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.payment.credit.dues.service import DueService
from app.domains.payment.credit.repayments.model import Means, Repayment, RepaymentState
from app.domains.payment.credit.repayments.store import RepaymentStore
from app.domains.payment.gateway.orders.model import Order, OrderPurpose, OrderWanted
from app.domains.payment.gateway.orders.service import Orders
from app.domains.payment.ledger.model import GATEWAY, Account, TransferKind, Wanted, credit, credit_line, debit, wallet
from app.domains.payment.ledger.service import Ledger

_REPAYMENT = TypeAdapter(Repayment)


class RepaymentService:
    """Fulfils `gateway.orders.service.Settled` for orders of this purpose."""

    def __init__(
        self,
        repayments: RepaymentStore,
        dues: DueService,
        ledger: Ledger,
        orders: Orders,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._repayments = repayments
        self._dues = dues
        self._ledger = ledger
        self._orders = orders
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock
        orders.register(OrderPurpose.REPAYMENT, self)

    async def mine(self, viewer: Viewer, request: PageRequest) -> Page[Repayment]:
        """Newest first."""
        return await self._repayments.of(viewer.self_only(), request)

    async def one(self, viewer: Viewer, id_: str) -> Repayment | None:
        """With the gateway's page, while it waits."""
        found = await self._repayments.get(viewer.self_only(), id_)
        return await self._with_page(found) if found else None

    async def by_wallet(self, viewer: Viewer, fen: int, key: str) -> Repayment:
        """Raises NothingDue, RepaymentTooHigh, InsufficientBalance, AccountFrozen, AccountClosed, AccountUnknown (no
        wallet was opened yet), IdempotencyConflict.
        """
        citizen, made = viewer.self_only(), self._new(viewer, fen, Means.WALLET)

        async def work(tx: Tx) -> Repayment:
            done = await self._take(made, wallet(citizen), tx)
            await self._repayments.add(done, tx)
            await self._record(viewer, done, tx)
            return done

        return await self._idempotency.once(Call.of(viewer, "repayCredit", key, fen), _REPAYMENT, work)

    async def by_gateway(self, viewer: Viewer, fen: int, key: str) -> Repayment:
        """`pay_at` of it is where it is paid. Raises NothingDue, RepaymentTooHigh, PaymentGatewayMissing,
        Unavailable (it is opened later), IdempotencyConflict.
        """
        citizen, order = viewer.self_only(), new_id()
        made = replace(self._new(viewer, fen, Means.GATEWAY), order=order)
        what = message("CREDIT_REPAYMENT", CHINESE)

        async def work(tx: Tx) -> Repayment:
            await self._dues.demand_owed(citizen, fen, tx)
            await self._repayments.add(made, tx)
            await self._orders.begin(OrderWanted(order, OrderPurpose.REPAYMENT, made.id, citizen, fen, what), tx)
            await self._record(viewer, made, tx)
            return made

        call = Call.of(viewer, "repayCreditByGateway", key, fen)
        begun = await self._idempotency.once(call, _REPAYMENT, work)
        opened = await self._orders.open(begun.order or order)
        return replace(begun, pay_at=opened.pay_at)

    async def paid(self, order: Order, tx: Tx) -> None:
        """Raises NothingDue, RepaymentTooHigh: what came is returned then."""
        was = await self._repayments.get(order.citizen, order.about, tx)
        assert was is not None
        done = await self._take(was, GATEWAY, tx)
        await self._repayments.settle(done, tx)
        await self._outbox.add("credit.repaid", order.citizen, tx, repayment=was.id)

    async def failed(self, order: Order, tx: Tx) -> None:
        was = await self._repayments.get(order.citizen, order.about, tx)
        if was is not None:
            await self._repayments.settle(was.failed(self._clock.now()), tx)

    async def _take(self, one: Repayment, source: Account, tx: Tx) -> Repayment:
        left = await self._dues.repaid(one.citizen, one.fen, tx)
        lines = (debit(source, one.fen), credit(credit_line(one.citizen), one.fen))
        await self._ledger.post(Wanted(f"credit repayment {one.id}", TransferKind.REPAYMENT, lines, one.id), tx)
        return one.done(left, self._clock.now())

    async def _record(self, viewer: Viewer, one: Repayment, tx: Tx) -> None:
        means = one.means.value
        await self._audit.record(viewer, "credit.repayment", one.id, tx, subject=one.citizen, fen=one.fen, means=means)

    async def _with_page(self, one: Repayment) -> Repayment:
        if one.state is not RepaymentState.WAITING or one.order is None:
            return one
        order = await self._orders.get(one.order)
        return replace(one, pay_at=order.pay_at if order else None)

    def _new(self, viewer: Viewer, fen: int, means: Means) -> Repayment:
        return Repayment(new_id(), viewer.self_only(), fen, means, RepaymentState.WAITING, self._clock.now())
