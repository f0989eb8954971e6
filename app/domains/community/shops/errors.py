"""What can stand in the way of a shop's counter.

Outcome
├── ShopInvalid            `field` cannot be what it is said to be
├── ShopUnknown            no such shop, or not one's own
├── ShopChanged            somebody else changed it (or the item) meanwhile
├── ShopItemUnknown        no such item of that shop
└── ShopFull               a shop has `most` items at most
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


@dataclass(eq=False)
class ShopInvalid(Outcome):
    field: str


class ShopUnknown(Outcome):
    pass


class ShopChanged(Outcome):
    pass


class ShopItemUnknown(Outcome):
    pass


@dataclass(eq=False)
class ShopFull(Outcome):
    most: int
