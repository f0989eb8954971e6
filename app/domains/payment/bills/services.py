"""What the rest of the city is given of bills."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from app.core.events import Event
from app.domains.payment.bills.asking.service import AskService
from app.domains.payment.bills.auto_pay.service import AutoPayService
from app.domains.payment.bills.billers.service import BillerService
from app.domains.payment.bills.bound.service import BoundService
from app.domains.payment.bills.overseeing.service import BillOverseeing
from app.domains.payment.bills.paying.service import PayService
from app.domains.payment.bills.pushing.service import PushService
from app.domains.payment.bills.receipts.service import ReceiptService
from app.domains.payment.bills.reminding.service import ReminderService
from app.domains.payment.bills.service import BillService


@dataclass(frozen=True, slots=True, kw_only=True)
class Bills:
    """`tell_billers` consumes the outbox: billers that have a system hear of payments there."""

    billers: BillerService
    bound: BoundService
    reading: BillService
    pushing: PushService
    asking: AskService
    paying: PayService
    auto_pay: AutoPayService
    receipts: ReceiptService
    reminding: ReminderService
    overseeing: BillOverseeing
    tell_billers: Callable[[Event], Awaitable[None]]
