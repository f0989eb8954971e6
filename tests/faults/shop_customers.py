"""Customers as a process of their own, to be killed in the middle of whatever they do: they order, pay, and cancel."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from pathlib import Path

from app.core.errors import RongError
from app.core.ids import new_id
from app.core.tills.model import Means
from app.domains.community.shops.orders.model import Cart, FetchWay, Wanted
from app.settings import Settings
from app.wiring import City, build
from tests.support.paying import holder

PRICE = 12_00


async def _buys(city: City, shop: str, item: str, purses: list[str], written: int) -> None:
    """Half of it at the gateway, where nobody comes to pay; a fifth is cancelled."""
    orders = city.services.community.together.shopping.orders
    while True:
        viewer, count = holder(random.choice(purses)), random.randrange(1, 4)
        cart = Cart(shop, (Wanted(item, count, PRICE),), FetchWay.PICK_UP, count * PRICE)
        means = random.choice((Means.WALLET, Means.GATEWAY))
        try:
            order = (await orders.place(viewer, cart, means, new_id())).order
            os.write(written, f"{order.id} {order.state.value}\n".encode())
            if random.random() < 0.2:
                await orders.cancel(viewer, order.id, new_id())
        except RongError as refused:
            os.write(written, f"- {refused.code}\n".encode())


async def main() -> None:
    shop, item, file, *purses = sys.argv[1:]
    city = build(Settings())
    await city.start(follow=False, prepared=True)
    written = os.open(Path(file), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    await asyncio.gather(*(_buys(city, shop, item, purses, written) for _ in range(4)))


if __name__ == "__main__":
    asyncio.run(main())
