"""The ledger: accounts, transfers, folding, its proof."""

from __future__ import annotations

from dataclasses import dataclass

from app.domains.payment.ledger.folding.service import Folding
from app.domains.payment.ledger.folding.store import FoldStore
from app.domains.payment.ledger.proof.service import Proof
from app.domains.payment.ledger.proof.store import ProofStore
from app.domains.payment.ledger.service import Ledger
from app.domains.payment.ledger.store import LedgerStore
from app.wiring.core import Core


@dataclass(frozen=True, slots=True)
class Books:
    ledger: Ledger
    folding: Folding
    proof: Proof


def ledger_of(core: Core) -> Books:
    folds = FoldStore(core.db)
    return Books(
        Ledger(LedgerStore(core.db), folds, core.clock),
        Folding(core.db, folds, core.clock),
        Proof(core.db, ProofStore(core.db), core.clock),
    )
