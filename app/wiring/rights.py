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
from app.rights import CardsEnd, GuardianshipsEnd, LedgerOfReads, PictureExporter, RowsExporter, SessionsEnd
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
    return Rights(
        _exports_of(core, people, card),
        CorrectionService(
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
        ),
        _erasures_of(core, calling, people, card),
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


def _erasures_of(core: Core, calling: Calling, people: People, card: Card) -> ErasureService:
    return ErasureService(
        core.db,
        ErasureStore(core.db),
        people.citizens,
        core.persons,
        core.holdings,
        (SessionsEnd(core.db, calling.sessions), GuardianshipsEnd(people.guardians), CardsEnd(card.cards)),
        core.outbox,
        core.audit,
        core.once,
        core.clock,
        timedelta(days=core.settings.audit_kept_days),
    )
