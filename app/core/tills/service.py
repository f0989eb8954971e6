"""What rooms ask of whoever takes money for what they sell: an order from a shop, a ticket for an evening.

    sale = Sale(new_id(), citizen, seller, fen, Means.WALLET, Ware.ORDER, about=order.id)
    state = await till.sell(sale, tx)           in the transaction that writes what is sold
    where = await till.pay_at(sale.id)          after the commit, for what is paid at the gateway

Rooms know this protocol only; the room of payments fulfils it. However a sale ends, the room that `follow`s its ware
hears of it once, in the transaction of that end: with the wallet that is the transaction of `sell` itself.
"""

from __future__ import annotations

from typing import Protocol

from app.core.mongo import Tx
from app.core.tills.model import Sale, SaleState, Ware
from app.core.viewer import Viewer


class SaleFollower(Protocol):
    """The room that sells. All run in the transaction of the change; what they raise undoes it."""

    async def paid(self, about: str, sale: str, tx: Tx) -> None: ...

    async def given_up(self, about: str, sale: str, reason: str, tx: Tx) -> None:
        """Not paid: `reason` is a code."""
        ...

    async def given_back(self, about: str, sale: str, fen: int, tx: Tx) -> None:
        """`fen` of it went back, whoever had it given back: the room, the merchant at his till, a dispute. Negative:
        what was to go back could not.
        """
        ...


class Till(Protocol):
    def follow(self, ware: Ware, room: SaleFollower) -> None:
        """Once for each ware, while the city is put together."""
        ...

    async def sell(self, sale: Sale, tx: Tx) -> SaleState:
        """A repeat finds it. Raises what payments refuse by name (MerchantUnknown, MerchantNotActive,
        InsufficientBalance, AccountUnknown, MethodNotPossible, PaymentRefused, PayerBlocked, PaymentGatewayMissing).
        """
        ...

    async def pay_at(self, sale: str) -> str | None:
        """Where it is paid, once it is committed; None when it has ended. Raises Unavailable (ask again)."""
        ...

    async def give_up(self, sale: str, reason: str, tx: Tx) -> SaleState:
        """Nobody waits for it any more. Money that comes for it later goes back by itself; one that was paid meanwhile
        is told as paid.
        """
        ...

    async def give_back(self, viewer: Viewer, sale: str, fen: int | None, tx: Tx) -> str:
        """So much of what was paid, all that is left when None; the refund's id, to be sent after the commit. Raises
        PaymentNotRefundable, RefundTooHigh.
        """
        ...

    async def send(self, refund: str) -> None:
        """Never raises what a later round mends."""
        ...
