"""What can stand in the way of an order.

Outcome
├── CartInvalid            nothing in it, too many of one thing, or of more than one shop: `field`
├── ShopClosed             it takes no orders at this hour
├── ItemSoldOut            fewer are left than wanted of `item`, or it is not to be had now: `left`
├── PriceChanged           `items` cost otherwise than they were shown, or bringing them does
├── DeliveryNotPossible    the shop does not bring there, or not so little: `least` fen
├── ShopOrderUnknown       no such order, or not one's own
├── ShopOrderStateWrong    it is in another `state`
├── HandoverCodeWrong      the citizen's code is another one; so many tries are `left`
└── ShopReasonMissing      who is refused is told why
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


@dataclass(eq=False)
class CartInvalid(Outcome):
    field: str


class ShopClosed(Outcome):
    pass


@dataclass(eq=False)
class ItemSoldOut(Outcome):
    item: str
    left: int


@dataclass(eq=False)
class PriceChanged(Outcome):
    items: tuple[str, ...]


@dataclass(eq=False)
class DeliveryNotPossible(Outcome):
    least: int


class ShopOrderUnknown(Outcome):
    pass


@dataclass(eq=False)
class ShopOrderStateWrong(Outcome):
    state: str


@dataclass(eq=False)
class HandoverCodeWrong(Outcome):
    left: int


class ShopReasonMissing(Outcome):
    pass
