"""Telling a payee that a settlement is paid, or could not be: by his webhook, in the transaction of the change."""

from __future__ import annotations

from app.core.mongo import Tx
from app.core.outbox import Outbox
from app.domains.payment.settlement.model import Settlement, SettlementState

_EVENTS = {
    SettlementState.PAID: "settlement.paid",
    SettlementState.RETURNED: "settlement.failed",
    SettlementState.HELD: "settlement.failed",
}


class PayeesTold:
    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    async def tell(self, one: Settlement, tx: Tx) -> None:
        """Nothing of one on its way, or carried over. It concerns no citizen: its events are in order by payee."""
        event = _EVENTS.get(one.state)
        if event is None:
            return
        facts = {"settlement": one.id, "kind": one.payee.kind.value, "day": one.day.isoformat(), "fen": one.total}
        why = {"state": one.state.value, "why": one.reason}
        await self._outbox.add(event, f"payee:{one.payee.id}", tx, organisation=one.payee.organisation, **facts, **why)
