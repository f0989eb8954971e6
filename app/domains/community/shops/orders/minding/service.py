"""Orders at the city's desk: which are stuck, and undoing one whose shop does nothing. Never where they are brought."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.paging import Page, PageRequest
from app.core.tills.service import Till
from app.core.viewer import Viewer
from app.domains.community.shops.orders.errors import ShopOrderUnknown
from app.domains.community.shops.orders.model import STUCK, OrderState, ShopOrder
from app.domains.community.shops.orders.moving.service import OrderSteps
from app.domains.community.shops.orders.store import OrderStore

MOST_STUCK = 100


@dataclass(frozen=True, slots=True)
class _Undone:
    refund: str | None


_UNDONE: TypeAdapter[_Undone] = TypeAdapter(_Undone)


class OrderDesk:
    def __init__(
        self, orders: OrderStore, steps: OrderSteps, till: Till, audit: Audit, once: Idempotency, clock: Clock
    ) -> None:
        self._orders = orders
        self._steps = steps
        self._till = till
        self._audit = audit
        self._once = once
        self._clock = clock

    async def page(self, state: OrderState | None, request: PageRequest) -> Page[ShopOrder]:
        """Newest first."""
        found = await self._orders.page(state, request)
        return replace(found, items=tuple(_bare(one) for one in found.items))

    async def stuck(self) -> list[ShopOrder]:
        """Whose money could not go back, or whose moment passed and nothing moved them; the first hundred."""
        return [_bare(one) for one in await self._orders.stuck(self._clock.now() - STUCK, MOST_STUCK)]

    async def one(self, order: str) -> ShopOrder | None:
        found = await self._orders.get(order)
        return _bare(found) if found else None

    async def undo(self, viewer: Viewer, order: str, reason: str, key: str) -> ShopOrder:
        """What was paid goes back, in whatever state the shop left it. Raises ShopOrderUnknown, ShopOrderStateWrong,
        ShopReasonMissing, PaymentNotRefundable, RefundTooHigh, IdempotencyConflict.
        """

        async def work(tx: Tx) -> _Undone:
            was = await self._orders.get(order, tx)
            if was is None:
                raise ShopOrderUnknown
            refund = await self._steps.undo(viewer, was.taken_back(reason, self._clock.now()), was, tx)
            await self._audit.record(viewer, "shop_order.undone", order, tx, subject=was.citizen)
            return _Undone(refund)

        done = await self._once.once(Call.of(viewer, "undoShopOrder", key, order, reason), _UNDONE, work)
        if done.refund is not None:
            await self._till.send(done.refund)
        found = await self.one(order)
        assert found is not None
        return found


def _bare(order: ShopOrder) -> ShopOrder:
    return replace(order, private=None)
