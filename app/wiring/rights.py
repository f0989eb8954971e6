"""A citizen's right: copies of his data, corrections, and leaving the city; each room gives its part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from app.domains.identity.rights.corrections.service import CorrectionService
from app.domains.identity.rights.corrections.store import CorrectionStore
from app.domains.identity.rights.erasures.service import ErasureService
from app.domains.identity.rights.erasures.store import ErasureStore
from app.domains.identity.rights.exports.service import ExportService
from app.domains.identity.rights.exports.store import ExportStore
from app.rights import (
    CardsEnd,
    CorrectionsEnd,
    DisputesEnd,
    GuardianshipsEnd,
    LedgerOfReads,
    PictureExporter,
    RowsExporter,
    SessionsEnd,
)
from app.wiring.card import Card
from app.wiring.core import Core
from app.wiring.identity import Calling, People
from app.wiring.outside import Outside


@dataclass(frozen=True, slots=True)
class Rights:
    exports: ExportService
    corrections: CorrectionService
    erasures: ErasureService


def rights_of(core: Core, beyond: Outside, calling: Calling, people: People, card: Card) -> Rights:
    corrections = _corrections_of(core, beyond, people, card)
    return Rights(_exports_of(core, people, card), corrections, _erasures_of(core, calling, people, card, corrections))


def _corrections_of(core: Core, beyond: Outside, people: People, card: Card) -> CorrectionService:
    return CorrectionService(
        core.db,
        CorrectionStore(core.db, core.persons),
        people.citizens,
        beyond.registry,
        people.clean,
        LedgerOfReads(card.disclosures, core.clock),
        core.limits,
        core.outbox,
        core.audit,
        core.once,
        core.clock,
    )


def _exports_of(core: Core, people: People, card: Card) -> ExportService:
    return ExportService(
        core.db,
        ExportStore(core.db, core.persons),
        (RowsExporter(core.holdings), PictureExporter(people.citizens, card.cards)),
        core.ring,
        core.limits,
        core.outbox,
        core.audit,
        core.once,
        core.clock,
        core.base_url,
    )


def _erasures_of(
    core: Core, calling: Calling, people: People, card: Card, corrections: CorrectionService
) -> ErasureService:
    partings = (
        SessionsEnd(core.db, calling.sessions),
        GuardianshipsEnd(people.guardians),
        CardsEnd(card.cards),
        CorrectionsEnd(corrections),
        DisputesEnd(card.disclosures),
    )
    return ErasureService(
        core.db,
        ErasureStore(core.db),
        people.citizens,
        core.persons,
        core.holdings,
        partings,
        core.outbox,
        core.audit,
        core.once,
        core.clock,
        timedelta(days=core.settings.audit_kept_days),
    )
