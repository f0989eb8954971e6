"""What puts payments right: refunds, disputes, and the rules and blocks of risk."""

from __future__ import annotations

from dataclasses import dataclass

from app.bridges.disputes import Evidence, KnownPayers
from app.domains.payment.disputes.answering.service import DisputeAnswers
from app.domains.payment.disputes.deciding.service import DisputeDecisions
from app.domains.payment.disputes.service import Disputes
from app.domains.payment.disputes.steps.service import Steps
from app.domains.payment.disputes.store import DisputeStore
from app.domains.payment.refunds.asking.service import RefundAsking
from app.domains.payment.refunds.service import Refunds
from app.domains.payment.refunds.store import RefundStore
from app.domains.payment.risk.blocks.service import PayerBlocks
from app.domains.payment.risk.blocks.store import BlockStore
from app.domains.payment.risk.rules.service import RiskRules
from app.domains.payment.risk.rules.store import RuleStore
from app.wiring.core import Core
from app.wiring.identity import People
from app.wiring.payment.ledger import Books
from app.wiring.payment.paying import Paying
from app.wiring.uploads import Uploads


@dataclass(frozen=True, slots=True)
class PuttingRight:
    refunds: Refunds
    asking: RefundAsking
    disputes: Disputes
    answers: DisputeAnswers
    decisions: DisputeDecisions
    rules: RiskRules
    blocks: PayerBlocks


def putting_right_of(core: Core, books: Books, paying: Paying, people: People, uploads: Uploads) -> PuttingRight:
    store, once, clock = RefundStore(core.db, core.persons), core.once, core.clock
    refunds = Refunds(store, paying.payments, books.ledger, paying.gateway_refunds, core.outbox, core.audit, core.clock)
    kept, files = DisputeStore(core.db, core.persons), Evidence(uploads.service)
    steps = Steps(kept, paying.payments, refunds, core.outbox, core.audit)
    refunds.tells(steps)
    payers = KnownPayers(people.citizens)
    return PuttingRight(
        refunds=refunds,
        asking=RefundAsking(store, refunds, paying.payments, core.audit, once, clock),
        disputes=Disputes(core.db, kept, paying.payments, steps, files, core.limits, once, clock),
        answers=DisputeAnswers(kept, steps, files, once, clock),
        decisions=DisputeDecisions(core.db, kept, steps, files, once, clock),
        rules=RiskRules(RuleStore(core.db), paying.rules_in_force, core.audit, once, clock),
        blocks=PayerBlocks(
            BlockStore(core.db, core.persons), payers, books.ledger, core.outbox, core.audit, once, clock
        ),
    )
