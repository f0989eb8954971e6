"""What all ways of paying stand on: the gateway's orders, refunds and payouts, risk, and the payments themselves."""

from __future__ import annotations

from dataclasses import dataclass

from app.domains.payment.gateway.orders.service import Orders
from app.domains.payment.gateway.orders.store import OrderStore
from app.domains.payment.gateway.payouts.service import Payouts
from app.domains.payment.gateway.payouts.store import PayoutStore
from app.domains.payment.gateway.refunds.service import GatewayRefunds, Returns
from app.domains.payment.gateway.refunds.store import RefundStore
from app.domains.payment.payments.service import Payments
from app.domains.payment.payments.store import PaymentStore
from app.domains.payment.risk.blocks.store import BlockStore
from app.domains.payment.risk.rules.service import RulesInForce
from app.domains.payment.risk.rules.store import RuleStore
from app.domains.payment.risk.service import Risk
from app.domains.payment.risk.store import RiskStore
from app.wiring.core import Core
from app.wiring.outside import Outside
from app.wiring.payment.ledger import Books


@dataclass(frozen=True, slots=True)
class Paying:
    orders: Orders
    gateway_refunds: GatewayRefunds
    gateway_returns: Returns
    payouts: Payouts
    store: PaymentStore
    payments: Payments
    rules_in_force: RulesInForce
    risk: Risk


def paying_of(core: Core, beyond: Outside, books: Books) -> Paying:
    db, clock = core.db, core.clock
    refunds = GatewayRefunds(db, RefundStore(db), beyond.gateway, clock)
    returns = Returns(db, books.ledger, OrderStore(db), RefundStore(db), refunds, core.outbox, core.audit)
    orders = Orders(db, OrderStore(db), beyond.gateway, books.ledger, refunds.give_back, clock, core.base_url)
    payouts = Payouts(db, PayoutStore(db), beyond.gateway, clock)
    in_force = RulesInForce(RuleStore(db), clock)
    risk = Risk(RiskStore(db), in_force, BlockStore(db, core.persons))
    store = PaymentStore(db)
    payments = Payments(db, store, books.ledger, risk, orders, core.outbox, clock)
    return Paying(orders, refunds, returns, payouts, store, payments, in_force, risk)
