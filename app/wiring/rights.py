"""A citizen's right: copies of his data, corrections, and leaving the city; each room gives its part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from app.domains.identity.rights.corrections.service import CorrectionService
from app.domains.identity.rights.corrections.store import CorrectionStore
from app.domains.identity.rights.erasures.model import Parting
from app.domains.identity.rights.erasures.service import ErasureService, Hinders
from app.domains.identity.rights.erasures.store import ErasureStore
from app.domains.identity.rights.exports.model import Exporter
from app.domains.identity.rights.exports.service import ExportService
from app.domains.identity.rights.exports.store import ExportStore
from app.domains.voice.cases.store import CaseStore
from app.rights import (
    CardsEnd,
    CasesExporter,
    Ends,
    FilesExporter,
    LedgerOfReads,
    PictureExporter,
    RowsExporter,
    SessionsEnd,
)
from app.wiring.card import Card
from app.wiring.core import Core
from app.wiring.identity import Calling, People
from app.wiring.outside import Outside
from app.wiring.uploads import Uploads


@dataclass(frozen=True, slots=True)
class Rights:
    exports: ExportService
    corrections: CorrectionService
    erasures: ErasureService


def rights_of(
    core: Core,
    beyond: Outside,
    calling: Calling,
    people: People,
    card: Card,
    uploads: Uploads,
    partings: Sequence[Parting],
    hinders: Sequence[Hinders],
    exporters: Sequence[Exporter],
) -> Rights:
    """`partings`: what later rooms do when a citizen leaves; `hinders`: where something may be left to settle;
    `exporters`: what they give to his copy, beside their rows.
    """
    corrections = _corrections_of(core, beyond, people, card)
    erasures = _erasures_of(core, calling, people, card, corrections, partings, hinders)
    return Rights(_exports_of(core, people, card, uploads, exporters), corrections, erasures)


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


def _exports_of(core: Core, people: People, card: Card, uploads: Uploads, more: Sequence[Exporter]) -> ExportService:
    return ExportService(
        core.db,
        ExportStore(core.db, core.persons),
        (
            RowsExporter(core.holdings),
            PictureExporter(people.citizens, card.cards, card.licences, card.documents),
            FilesExporter(uploads.service),
            CasesExporter(CaseStore(core.db, core.persons)),
            *more,
        ),
        core.ring,
        core.limits,
        core.outbox,
        core.audit,
        core.once,
        core.clock,
        core.base_url,
    )


def _erasures_of(
    core: Core,
    calling: Calling,
    people: People,
    card: Card,
    corrections: CorrectionService,
    more: Sequence[Parting],
    hinders: Sequence[Hinders],
) -> ErasureService:
    partings: tuple[Parting, ...] = (
        SessionsEnd(core.db, calling.sessions),
        # Who guards him and whom he guards: the other side is told.
        Ends("guardianships", people.guardians),
        CardsEnd(card.cards),
        # What is still asked for is of no use any more, and could not be answered: its words are gone.
        Ends("corrections", corrections),
        Ends("disputes", card.disclosures),
        *more,
        # The last: what was applied for and is delivered meanwhile issues a licence.
        Ends("licences", card.licences),
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
        hinders,
    )
