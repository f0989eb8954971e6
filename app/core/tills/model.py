"""A sale: what a citizen pays for, to whom, by which means."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Means(StrEnum):
    WALLET = "wallet"
    CREDIT = "credit"
    GATEWAY = "gateway"


class Ware(StrEnum):
    ORDER = "order"
    TICKET = "ticket"


class SaleState(StrEnum):
    """`WAITING`: it is paid at the gateway."""

    WAITING = "waiting"
    PAID = "paid"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Sale:
    """`id` is made beforehand, so that a repeat asks for the same one; `about` is what it is for in the seller's room,
    `number` as people read it.
    """

    id: str
    citizen: str
    seller: str
    fen: int
    means: Means
    ware: Ware
    about: str
    number: str = ""
