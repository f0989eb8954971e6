"""What bills ask of other rooms: the billers' own systems hear of payments, by an event of the outbox."""

from __future__ import annotations

from datetime import timedelta

from app.core.errors import Unavailable
from app.core.events import Event
from app.domains.payment.bills.asking.service import BillerDesk
from app.domains.payment.bills.billers.store import BillerStore
from app.domains.payment.bills.receipts.service import ReceiptService
from app.domains.payment.bills.receipts.store import ReceiptStore
from notifications.dispatch.model import RetryLater

_LATER = timedelta(seconds=20)


class ToldBillers:
    """A consumer of the outbox: the event is the intent, the call carries the payment's number as its key, and the
    receipt is marked with the answer. A biller that does not answer is told later.
    """

    def __init__(self, billers: BillerStore, receipts: ReceiptStore, writing: ReceiptService, desk: BillerDesk) -> None:
        self._billers = billers
        self._receipts = receipts
        self._writing = writing
        self._desk = desk

    async def consume(self, event: Event) -> None:
        if event.type != "bill.paid":
            return
        receipt = await self._receipts.get(str(event.facts["payment"]))
        biller = await self._billers.get(receipt.biller) if receipt else None
        if receipt is None or receipt.told_at is not None or biller is None or biller.system is None:
            return
        try:
            taken = await self._desk.paid(biller.system, receipt.number, receipt.bill_number, receipt.fen, receipt.at)
        except Unavailable:
            raise RetryLater(_LATER) from None
        await self._writing.answered(receipt.id, taken=taken)
