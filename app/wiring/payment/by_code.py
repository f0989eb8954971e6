"""Merchants and paying by code: profiles, codes of both sides, the PIN, daily limits, collecting, shifts."""

from __future__ import annotations

from dataclasses import dataclass

from app.bridges.pins import PinOwners
from app.domains.payment.collecting.confirming.service import Confirming
from app.domains.payment.collecting.following.service import PURPOSES, CodePayments
from app.domains.payment.collecting.paying.service import PayingMerchants
from app.domains.payment.collecting.service import Collecting
from app.domains.payment.collecting.store import OrderStore
from app.domains.payment.merchant_codes.store import MerchantCodeStore
from app.domains.payment.merchants.service import MerchantService
from app.domains.payment.merchants.store import MerchantStore
from app.domains.payment.pay_codes.service import PayCodeService
from app.domains.payment.pay_codes.store import PayCodeStore
from app.domains.payment.payments.watching.service import WatchedPayments
from app.domains.payment.pins.service import PinService
from app.domains.payment.pins.store import PinStore
from app.domains.payment.points.partners.service import PartnerService
from app.domains.payment.points.partners.store import PartnerStore
from app.domains.payment.refunds.service import Refunds
from app.domains.payment.shifts.service import ShiftService
from app.domains.payment.shifts.store import ShiftStore
from app.domains.payment.spending.service import Spending
from app.domains.payment.spending.store import SpendingStore
from app.wiring.core import Core
from app.wiring.identity import Calling, People
from app.wiring.payment.paying import Paying


@dataclass(frozen=True, slots=True)
class ByCode:
    watched: WatchedPayments
    merchants: MerchantService
    pay_codes: PayCodeService
    pins: PinService
    collecting: Collecting
    confirming: Confirming
    merchant_payments: PayingMerchants
    shifts: ShiftService


def by_code_of(core: Core, calling: Calling, people: People, paying: Paying, refunds: Refunds) -> ByCode:
    db, audit, once, clock, payments = core.db, core.audit, core.once, core.clock, paying.payments
    codes, orders, spending = MerchantCodeStore(db), OrderStore(db), Spending(SpendingStore(db), clock)
    merchants = MerchantService(MerchantStore(db), codes, calling.organisations, audit, once, clock)
    owners = PinOwners(people.citizens, people.sign_in)
    pins = PinService(PinStore(db), owners, core.passwords, core.limits, audit, once, clock)
    pay_codes = PayCodeService(PayCodeStore(db), pins, core.ring, core.limits, audit, once, clock)
    partners = PartnerService(db, PartnerStore(db), audit, clock)
    shifts = ShiftService(ShiftStore(db), paying.store, merchants, audit, once, clock)
    watched = WatchedPayments(core.changes, payments)
    for purpose in PURPOSES:
        payments.follow(purpose, CodePayments(orders, spending))
    return ByCode(
        watched,
        merchants,
        pay_codes,
        pins,
        Collecting(
            orders,
            pay_codes,
            codes,
            merchants,
            partners,
            payments,
            spending,
            shifts,
            refunds,
            watched,
            audit,
            once,
            clock,
        ),
        Confirming(payments, orders, spending, pins, once),
        PayingMerchants(codes, merchants, orders, partners, payments, spending, pins, shifts, once, clock),
        shifts,
    )
