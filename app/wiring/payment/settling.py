"""Settlement with payees, and reconciliation with the gateway."""

from __future__ import annotations

from app.context import SettlementRooms
from app.domains.payment.ledger.folding.store import FoldStore
from app.domains.payment.points.rates.store import RateStore
from app.domains.payment.reconciliation.asking.service import AskingRooms
from app.domains.payment.reconciliation.differences.service import DifferenceService
from app.domains.payment.reconciliation.differences.store import DifferenceStore
from app.domains.payment.reconciliation.matching.service import Comparison
from app.domains.payment.reconciliation.matching.store import BookStore, LineStore
from app.domains.payment.reconciliation.service import ReconciliationService
from app.domains.payment.reconciliation.store import DayStore
from app.domains.payment.settlement.payees.service import PayeeService
from app.domains.payment.settlement.payees.store import PayeeStore
from app.domains.payment.settlement.redemptions.service import Redeeming
from app.domains.payment.settlement.redemptions.store import RedemptionStore
from app.domains.payment.settlement.running.service import Settling
from app.domains.payment.settlement.service import SettlementService
from app.domains.payment.settlement.statements.service import StatementService
from app.domains.payment.settlement.store import SettlementStore
from app.domains.payment.settlement.telling.service import PayeesTold
from app.wiring.core import Core
from app.wiring.outside import Outside
from app.wiring.payment.ledger import Books
from app.wiring.payment.paying import Paying


def settling_of(core: Core, beyond: Outside, books: Books, paying: Paying) -> SettlementRooms:
    db, once, audit, clock = core.db, core.once, core.audit, core.clock
    settlements, payees = SettlementStore(db), PayeeStore(db, core.ring)
    told = PayeesTold(core.outbox)
    redeeming = Redeeming(RedemptionStore(db), RateStore(db), books.ledger, paying.store, clock)
    settling = Settling(
        db,
        settlements,
        payees,
        FoldStore(db),
        books.ledger,
        paying.payouts,
        redeeming,
        told,
        once,
        audit,
        clock,
    )
    days, kept = DayStore(db), DifferenceStore(db)
    comparison = Comparison(db, days, LineStore(db), BookStore(db), kept, beyond.gateway, clock)
    asking = AskingRooms(paying.orders, paying.gateway_refunds, paying.payouts)
    return SettlementRooms(
        settlements=SettlementService(settlements),
        settling=settling,
        payees=PayeeService(payees, beyond.gateway, once, audit, clock),
        redeeming=redeeming,
        statements=StatementService(books.ledger, paying.store, redeeming),
        days=ReconciliationService(days, kept, comparison, books.ledger, once, audit, clock),
        comparison=comparison,
        differences=DifferenceService(days, kept, comparison, asking, books.ledger, once, audit, clock),
    )
