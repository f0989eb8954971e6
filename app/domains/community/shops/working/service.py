"""Orders at the shop: taken up, made ready or sent, handed over against the citizen's code, refused."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.changes import Changes
from app.core.clock import Clock
from app.core.errors import Forbidden
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Database, Document, Tx
from app.core.paging import Page, PageRequest
from app.core.tills.service import Till
from app.core.viewer import Viewer
from app.domains.community.shops.errors import ShopUnknown
from app.domains.community.shops.orders.errors import HandoverCodeWrong, ShopOrderUnknown
from app.domains.community.shops.orders.model import MOST_TRIES, OrderState, ShopOrder
from app.domains.community.shops.orders.moving.service import OrderSteps
from app.domains.community.shops.orders.store import OrderStore
from app.domains.community.shops.service import ShopService

_ID = TypeAdapter(str)


@dataclass(frozen=True, slots=True)
class _Refused:
    order: str
    refund: str | None


_REFUSED: TypeAdapter[_Refused] = TypeAdapter(_Refused)


class WorkingShop:
    def __init__(
        self,
        db: Database,
        orders: OrderStore,
        shops: ShopService,
        steps: OrderSteps,
        till: Till,
        changes: Changes,
        audit: Audit,
        once: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._orders = orders
        self._shops = shops
        self._steps = steps
        self._till = till
        self._changes = changes
        self._audit = audit
        self._once = once
        self._clock = clock

    async def orders(
        self, viewer: Viewer, shop: str, state: OrderState | None, request: PageRequest
    ) -> Page[ShopOrder]:
        """Of one's shop, the newest first; none of another's."""
        try:
            await self._shops.managed(viewer, shop)
        except ShopUnknown:
            return Page((), False)
        return await self._orders.at_shop(shop, state, request)

    async def one(self, viewer: Viewer, order: str) -> ShopOrder | None:
        """Of one's shop: as webhooks name it."""
        try:
            return await self._own(viewer, order)
        except ShopOrderUnknown:
            return None

    @asynccontextmanager
    async def live(self, viewer: Viewer, shop: str) -> AsyncIterator[AsyncIterator[ShopOrder]]:
        """Orders as they come and change. Raises Forbidden."""
        try:
            await self._shops.managed(viewer, shop)
        except ShopUnknown:
            raise Forbidden from None
        async with self._changes.of("shop_orders", shop) as rows:
            yield self._followed(rows)

    async def _followed(self, rows: AsyncIterator[Document]) -> AsyncIterator[ShopOrder]:
        async for row in rows:
            found = await self._orders.get(row["_id"])
            if found is not None and found.state is not OrderState.PLACED:
                yield found

    async def accept(self, viewer: Viewer, order: str, key: str) -> ShopOrder:
        """Raises ShopOrderUnknown, ShopOrderStateWrong, IdempotencyConflict."""
        return await self._ahead(viewer, "acceptShopOrder", order, key, OrderState.ACCEPTED)

    async def send(self, viewer: Viewer, order: str, key: str) -> ShopOrder:
        """Ready to be fetched, or on its way. Raises as `accept`."""
        return await self._ahead(viewer, "sendShopOrder", order, key, OrderState.READY)

    async def hand_over(self, viewer: Viewer, order: str, code: str, key: str) -> ShopOrder:
        """Against the code that the citizen shows; after some wrong ones, only he can say that he has it. Raises
        ShopOrderUnknown, ShopOrderStateWrong, HandoverCodeWrong, IdempotencyConflict.
        """

        async def work(tx: Tx) -> int:
            was = await self._own(viewer, order, tx)
            now = was.delivered(self._clock.now())
            if was.tries >= MOST_TRIES:
                return 0
            if not _right(was, code):
                await self._steps.save(was.tried(), was, tx)
                return MOST_TRIES - was.tries - 1
            await self._steps.move(now, was, tx)
            await self._audit.record(viewer, "shop_order.handed_over", order, tx, subject=was.citizen)
            return -1

        call = Call.of(viewer, "handOverShopOrder", key, order, code)
        left = await self._once.once(call, TypeAdapter(int), work)
        if left >= 0:  # the try is counted, though the answer is no
            raise HandoverCodeWrong(left)
        return await self._own(viewer, order)

    async def refuse(self, viewer: Viewer, order: str, reason: str, key: str) -> ShopOrder:
        """The money goes back. Raises ShopOrderUnknown, ShopOrderStateWrong, ShopReasonMissing, PaymentNotRefundable,
        RefundTooHigh, IdempotencyConflict.
        """

        async def work(tx: Tx) -> _Refused:
            was = await self._own(viewer, order, tx)
            refund = await self._steps.undo(viewer, was.refused(reason, self._clock.now()), was, tx)
            await self._audit.record(viewer, "shop_order.refused", order, tx, subject=was.citizen)
            return _Refused(order, refund)

        call = Call.of(viewer, "refuseShopOrder", key, order, reason)
        done = await self._once.once(call, _REFUSED, work)
        if done.refund is not None:
            await self._till.send(done.refund)
        return await self._own(viewer, order)

    async def _ahead(self, viewer: Viewer, operation: str, order: str, key: str, to: OrderState) -> ShopOrder:
        async def work(tx: Tx) -> str:
            was, at = await self._own(viewer, order, tx), self._clock.now()
            await self._steps.move(was.accepted(at) if to is OrderState.ACCEPTED else was.sent(at), was, tx)
            await self._audit.record(viewer, "shop_order.moved", order, tx, subject=was.citizen, step=to.value)
            return order

        await self._once.once(Call.of(viewer, operation, key, order), _ID, work)
        return await self._own(viewer, order)

    async def _own(self, viewer: Viewer, order: str, tx: Tx | None = None) -> ShopOrder:
        """Raises ShopOrderUnknown."""
        found = await self._orders.get(order, tx)
        if found is None or found.state is OrderState.PLACED:
            raise ShopOrderUnknown
        try:
            await self._shops.managed(viewer, found.shop, tx)
        except ShopUnknown:
            raise ShopOrderUnknown from None
        return found


def _right(order: ShopOrder, code: str) -> bool:
    kept = order.private.code if order.private else ""
    return bool(kept) and secrets.compare_digest(kept.encode(), code.strip().encode())
