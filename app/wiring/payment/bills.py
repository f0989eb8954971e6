"""Bills: billers, accounts, what is pushed and asked for, paying, auto-pay, receipts, reminders."""

from __future__ import annotations

from app.bridges.bills import ToldBillers
from app.domains.payment.bills.accounts.store import AccountStore
from app.domains.payment.bills.asking.service import AskService
from app.domains.payment.bills.auto_pay.service import AutoPayService
from app.domains.payment.bills.auto_pay.store import AutoPayStore
from app.domains.payment.bills.billers.service import BillerService
from app.domains.payment.bills.billers.store import BillerStore
from app.domains.payment.bills.bound.service import BoundService
from app.domains.payment.bills.bound.store import BoundStore
from app.domains.payment.bills.overseeing.service import BillOverseeing
from app.domains.payment.bills.paying.service import BillPayments, PayService
from app.domains.payment.bills.pushing.service import Intake, PushService
from app.domains.payment.bills.receipts.service import ReceiptService
from app.domains.payment.bills.receipts.store import ReceiptStore
from app.domains.payment.bills.reminding.service import ReminderService
from app.domains.payment.bills.service import BillService
from app.domains.payment.bills.services import Bills
from app.domains.payment.bills.store import BillStore
from app.domains.payment.payments.model import Purpose
from app.domains.payment.payments.service import Payments
from app.domains.payment.pins.service import PinService
from app.wiring.core import Core
from app.wiring.identity import Calling
from app.wiring.outside import Outside


def bills_of(core: Core, beyond: Outside, calling: Calling, payments: Payments, pins: PinService) -> Bills:
    db, once, clock, outbox, audit = core.db, core.once, core.clock, core.outbox, core.audit
    billers, accounts, bound = BillerStore(db), AccountStore(db, core.ring), BoundStore(db, core.persons)
    bills, auto_pays, receipts = BillStore(db, core.ring), AutoPayStore(db), ReceiptStore(db, core.persons)
    intake = Intake(bills, accounts, bound, outbox, clock)
    asking = AskService(db, beyond.billers, billers, accounts, bound, bills, intake, once, clock)
    writing = ReceiptService(db, receipts, billers, accounts, payments, outbox, core.ring, clock, core.base_url)
    known = BillerService(billers, calling.organisations.tree, audit, once, clock)
    paying = PayService(db, known, bills, bound, asking, payments, pins, once, clock)
    payments.follow(Purpose.BILL, BillPayments(bills, writing, outbox, clock))
    return Bills(
        billers=known,
        bound=BoundService(bound, accounts, billers, auto_pays, asking, core.limits, audit, once, clock),
        reading=BillService(bills, bound, clock),
        pushing=PushService(billers, bills, intake, audit, once),
        asking=asking,
        paying=paying,
        auto_pay=AutoPayService(db, auto_pays, bound, bills, paying, pins, outbox, audit, once, clock),
        receipts=writing,
        reminding=ReminderService(db, bills, bound, auto_pays, outbox, clock),
        overseeing=BillOverseeing(bills, accounts, bound),
        tell_billers=ToldBillers(billers, receipts, writing, beyond.billers).consume,
    )
