"""A refund at the gateway: an errand of an order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domains.payment.gateway.errands.model import WAITING, ErrandState


class RefundPurpose(StrEnum):
    """`RETURN`: of money that nobody could use; begun by the orders themselves."""

    REFUND = "refund"
    RETURN = "return"


@dataclass(frozen=True, slots=True)
class GatewayRefund:
    """`order` is the order's id; `reason` the gateway's code of a failure. `stranded`: what it was to give back lies in
    suspense, and waits for the desk. `by_hand`: the desk has paid it out.
    """

    id: str
    order: str
    purpose: RefundPurpose
    fen: int
    at: datetime
    state: ErrandState = ErrandState.ASKED
    gateway_id: str | None = None
    reason: str = ""
    settled_at: datetime | None = None
    looks: int = 0
    stranded: bool = False
    by_hand: bool = False

    @property
    def waits(self) -> bool:
        return self.state in WAITING

    @property
    def next_reference(self) -> str:
        """Under which the same is asked for once more: what failed at the gateway stays failed under its own."""
        stem, back, turn = self.id.rpartition("-back")
        return f"{stem}{back}{int(turn or 1) + 1}"
