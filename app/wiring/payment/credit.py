"""Citizen credit and treatments that are paid later: score, line, dues, repayments, appeals."""

from __future__ import annotations

from app.bridges.credit import CreditFacts, GrownPeople
from app.context import Credit
from app.domains.appointments.booking.blocks.store import AppealStore
from app.domains.appointments.booking.bookings.store import BookingStore
from app.domains.payment.bills.store import BillStore
from app.domains.payment.credit.appeals.service import CreditAppealService
from app.domains.payment.credit.appeals.store import CreditAppealStore
from app.domains.payment.credit.dues.service import DueService
from app.domains.payment.credit.dues.store import DueStore
from app.domains.payment.credit.line.service import LineService
from app.domains.payment.credit.line.store import LineStore
from app.domains.payment.credit.repayments.service import RepaymentService
from app.domains.payment.credit.repayments.store import RepaymentStore
from app.domains.payment.credit.rules.service import RuleBook
from app.domains.payment.credit.rules.store import RuleStore
from app.domains.payment.credit.score.service import ScoreService
from app.domains.payment.credit.score.store import ScoreStore
from app.domains.payment.ledger.model import AccountKind
from app.domains.payment.payments.model import Method
from app.domains.payment.pins.service import PinService
from app.domains.payment.points.grants.store import GrantStore
from app.domains.payment.refunds.service import Refunds
from app.domains.payment.treatments.service import TreatmentService
from app.domains.payment.treatments.store import TreatmentStore
from app.wiring.card import Card
from app.wiring.core import Core
from app.wiring.identity import People
from app.wiring.payment.ledger import Books
from app.wiring.payment.paying import Paying


def credit_of(core: Core, people: People, books: Books, paying: Paying, refunds: Refunds, pins: PinService) -> Credit:
    db, outbox, audit, once, clock = core.db, core.outbox, core.audit, core.once, core.clock
    rules, scores = RuleBook(RuleStore(db), audit, once, clock), ScoreStore(db)
    lines = LineService(db, LineStore(db), scores, rules, books.ledger, pins, outbox, audit, once, clock)
    dues = DueService(db, DueStore(db), lines, outbox, clock)
    paying.payments.follow_method(Method.CREDIT, dues)
    refunds.takes(AccountKind.CREDIT, dues)
    facts, grown = _facts_of(core, people, paying, dues), GrownPeople(people.citizens)
    appeals = CreditAppealStore(db, core.persons)
    counting = ScoreService(db, scores, rules, facts, grown, lines, appeals, core.limits, outbox, audit, once, clock)
    repayments = RepaymentService(RepaymentStore(db), dues, books.ledger, paying.orders, outbox, audit, once, clock)
    return Credit(
        rules=rules,
        scores=counting,
        lines=lines,
        dues=dues,
        repayments=repayments,
        appeals=CreditAppealService(db, appeals, scores, counting, outbox, audit, once, clock),
    )


def treatments_of(
    core: Core, card: Card, books: Books, paying: Paying, credit: Credit, pins: PinService
) -> TreatmentService:
    return TreatmentService(
        core.db,
        TreatmentStore(core.db, core.persons),
        card.codes,
        credit.lines,
        books.ledger,
        paying.payments,
        pins,
        core.outbox,
        core.audit,
        core.once,
        core.clock,
    )


def _facts_of(core: Core, people: People, paying: Paying, dues: DueService) -> CreditFacts:
    return CreditFacts(
        people.citizens,
        paying.store,
        BillStore(core.db, core.ring),
        dues,
        BookingStore(core.db),
        AppealStore(core.db, core.persons),
        GrantStore(core.db, core.persons),
    )
