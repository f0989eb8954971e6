"""Taking from the shelf while an order is made.

It is taken by single writes before the order's transaction: of fifty who want the last three, three have it and the
others are told at once; in a transaction all of them would begin anew with each that is sold. Each taking is noted with
the item until the order is known to be there, or not.

Who dies between leaves his note. The sweep looks at notes older than `OVER`: where the order is there, the note goes;
where it is not, what was taken is back on the shelf. It cannot come later: an order's transaction begins by looking at
notes that are younger than `SOLD_WITHIN`, and the database lets no transaction live longer than a minute.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from app.core.clock import Clock
from app.core.errors import BadInput, Forbidden, Outcome, RateLimited
from app.domains.community.shops.model import Hold
from app.domains.community.shops.orders.errors import ItemSoldOut
from app.domains.community.shops.orders.model import Wanted
from app.domains.community.shops.orders.store import OrderStore
from app.domains.community.shops.store import ShopStore

SOLD_WITHIN, OVER = timedelta(minutes=3), timedelta(minutes=10)
_AT_ONCE = 100
# Raised before anything was committed; after all else nobody knows.
_REFUSED = (Outcome, RateLimited, BadInput, Forbidden)


class Sold:
    """Says which order it went to: a rival's under the same key may have been first."""

    def __init__(self) -> None:
        self.order = ""

    def to(self, order: str) -> None:
        self.order = order


class Shelf:
    def __init__(self, shops: ShopStore, orders: OrderStore, clock: Clock) -> None:
        self._shops = shops
        self._orders = orders
        self._clock = clock

    @asynccontextmanager
    async def held(self, order: str, lines: Sequence[Wanted]) -> AsyncIterator[Sold]:
        """All of it while it is sold. Raises ItemSoldOut."""
        taken, sold = await self._take(order, lines), Sold()
        try:
            yield sold
        except _REFUSED:
            await self._shops.release(taken, order)
            raise
        if sold.order == order:
            await self._shops.settle(taken, order)
        else:
            await self._shops.release(taken, order)

    async def sweep(self) -> int:
        """Safe to run anywhere at any time; how many notes went."""
        old = await self._shops.old_holds(self._clock.now() - OVER, _AT_ONCE)
        there = await self._orders.there({one.order for _, one in old}) if old else set()
        for item, one in old:
            if one.order in there:
                await self._shops.settle([item], one.order)
            else:
                await self._shops.release({item: one.count}, one.order)
        return len(old)

    async def _take(self, order: str, lines: Sequence[Wanted]) -> Mapping[str, int]:
        """One after the other by id, so that of two who want the same two things one has both."""
        found = await self._shops.some([line.item for line in lines]) if lines else {}
        taken: dict[str, int] = {}
        for line in sorted(lines, key=lambda one: one.item):
            item = found.get(line.item)
            if item is None or item.stock is None:
                continue
            enough = item.stock >= line.count
            if not enough or not await self._shops.hold(item.id, Hold(order, line.count, self._clock.now())):
                await self._shops.release(taken, order)
                raise ItemSoldOut(item.id, 0 if enough else item.stock)
            taken[item.id] = line.count
        return taken
