"""Orders that move by themselves (not paid, not taken up, nothing said for days), and the till's word on their money:
order by order, each in a transaction of its own, so that whoever takes over from a worker that died goes on.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog

from app.core.clock import Clock
from app.core.errors import Outcome
from app.core.mongo import Database, DuplicateKey, Tx
from app.core.tills.service import Till
from app.core.viewer import Role, Viewer
from app.domains.community.shops.orders.holding.service import Shelf
from app.domains.community.shops.orders.model import AT_WORK, OrderState, ShopOrder, Unasked
from app.domains.community.shops.orders.moving.service import OrderSteps
from app.domains.community.shops.orders.store import OrderStore

log = structlog.get_logger()
_WORKER = Viewer(role=Role.OPS, actor="worker")
_AT_ONCE = 100
_WAITS_FOR = {OrderState.PAID: Unasked.NOT_TAKEN_UP, OrderState.ACCEPTED: Unasked.NOT_SENT}


class OrderEnding:
    """Follows the till."""

    def __init__(
        self, db: Database, orders: OrderStore, steps: OrderSteps, shelf: Shelf, till: Till, clock: Clock
    ) -> None:
        self._db = db
        self._orders = orders
        self._steps = steps
        self._shelf = shelf
        self._till = till
        self._clock = clock

    async def sweep(self) -> int:
        """Safe to run anywhere at any time; how many orders were dealt with."""
        done, now = 0, self._clock.now()
        after: tuple[datetime, str] | None = None
        while due := await self._orders.due(now, _AT_ONCE, after):
            for _, order in due:
                done += await self._with_refunds(order, self._by_itself)
            after = due[-1]
        return done + await self._pay_owed() + await self._shelf.sweep()

    async def end_all(self, by: Viewer, citizen: str) -> None:
        """Who leaves the city: what is not paid is let go, what the shop has not begun is cancelled. Safe to repeat."""
        for one in await self._orders.open_of(citizen):
            await self._with_refunds(one.id, self._left)

    # The till's word. All of it in the transaction of the payment.

    async def paid(self, about: str, sale: str, tx: Tx) -> None:
        was = await self._orders.get(about, tx)
        if was is None or was.sale != sale:
            return
        if was.state is OrderState.PLACED:
            await self._steps.move(was.paid(self._clock.now()), was, tx)
        elif was.state not in AT_WORK:  # what it took is on the shelf again: the money goes back in the next round
            await self._steps.save(was.owing(was.total), was, tx)

    async def given_up(self, about: str, sale: str, reason: str, tx: Tx) -> None:
        was = await self._orders.get(about, tx)
        if was is not None and was.sale == sale and was.state is OrderState.PLACED:
            await self._steps.end(was.unpaid(OrderState.GIVEN_UP, reason, self._clock.now()), was, tx)

    async def given_back(self, about: str, sale: str, fen: int, tx: Tx) -> None:
        """Where all of it went back without us (the merchant's till, a dispute), the order is none any more."""
        was = await self._orders.get(about, tx)
        if was is None or was.sale != sale:
            return
        now = was.given_back(fen)
        if was.state in AT_WORK and now.refunded >= was.total:
            await self._steps.end(now.undone(Unasked.GIVEN_BACK, self._clock.now()), was, tx)
        else:
            await self._steps.save(now, was, tx)

    # What moves by itself

    async def _by_itself(self, was: ShopOrder, tx: Tx) -> str | None:
        now = self._clock.now()
        if was.look_at is None or was.look_at > now:
            return None
        if was.state is OrderState.PLACED:
            lapsed = await self._steps.let_go(was, OrderState.LAPSED, Unasked.NOT_PAID_IN_TIME, tx)
            await self._steps.tell(lapsed, tx)
        elif was.state in _WAITS_FOR:
            return await self._steps.undo(_WORKER, was.refused(_WAITS_FOR[was.state], now), was, tx)
        else:
            await self._steps.move(was.delivered(now), was, tx)
        return None

    async def _left(self, was: ShopOrder, tx: Tx) -> str | None:
        if was.state is OrderState.PLACED:
            await self._steps.let_go(was, OrderState.GIVEN_UP, Unasked.LEFT, tx)
        elif was.state is OrderState.PAID:
            return await self._steps.undo(_WORKER, was.cancelled(self._clock.now()), was, tx)
        return None

    async def _pay_owed(self) -> int:
        """For money that came too late."""
        done, after = 0, ""
        while found := await self._orders.owed(_AT_ONCE, after):
            for one in found:
                done += await self._with_refunds(one, self._paid_back)
            after = found[-1]
        return done

    async def _paid_back(self, was: ShopOrder, tx: Tx) -> str | None:
        """What goes back is told in this transaction (`given_back`), and is owed no more then."""
        if not was.owed or was.sale is None:
            return None
        return await self._till.give_back(_WORKER, was.sale, was.owed, tx)

    async def _with_refunds(self, order: str, step: Callable[[ShopOrder, Tx], Awaitable[str | None]]) -> bool:
        """What one of them stumbles over is logged, and the others are not to wait for it."""

        async def work(tx: Tx) -> str | None:
            was = await self._orders.get(order, tx)
            return await step(was, tx) if was is not None else None

        try:
            refund = await self._db.transaction(work)
        except (Outcome, DuplicateKey) as refused:
            code = refused.code if isinstance(refused, Outcome) else "RIVAL"
            log.warning("shop order not dealt with", order=order, why=code)
            return False
        if refund is not None:
            await self._till.send(refund)
        return True
