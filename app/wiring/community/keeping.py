"""Notices and repairs of estates."""

from __future__ import annotations

from app.bridges.repairs import RepairCases
from app.bridges.voice import CaseFiles
from app.context import Voice
from app.context.estates import Keeping
from app.domains.community.notices.publishing.service import PublishingService
from app.domains.community.notices.service import EstateNoticeService
from app.domains.community.notices.store import EstateNoticeStore
from app.domains.community.notices.telling.service import TellingService
from app.domains.community.repairs.handover.service import HandingOver
from app.domains.community.repairs.service import RepairService
from app.domains.community.repairs.store import RepairStore
from app.domains.community.repairs.working.service import WorkingService
from app.domains.voice.cases.filing.service import CaseFiling
from app.domains.voice.cases.service import CaseSteps
from app.domains.voice.cases.store import CaseStore
from app.wiring.community.living import Living
from app.wiring.core import Core
from app.wiring.uploads import Uploads


def keeping_of(core: Core, uploads: Uploads, voice: Voice, living: Living) -> Keeping:
    db, clock, audit, once = core.db, core.clock, core.audit, core.once
    notices, repairs, files = EstateNoticeStore(db), RepairStore(db, core.persons), CaseFiles(uploads.service)
    residents, estates = living.resident_store, living.estates
    handing = HandingOver(db, repairs, estates, _cases(core, uploads, voice), core.outbox, audit, clock)
    reporting = RepairService(
        db, repairs, living.residents, handing, files, core.limits, core.outbox, audit, once, clock
    )
    return Keeping(
        notices=EstateNoticeService(notices, living.residents, files, once, clock),
        publishing=PublishingService(notices, estates, residents, files, audit, once, clock),
        telling=TellingService(notices, residents, core.outbox, clock),
        repairs=reporting,
        working=WorkingService(repairs, reporting, estates, core.outbox, audit, once, clock),
        handing=handing,
    )


def _cases(core: Core, uploads: Uploads, voice: Voice) -> RepairCases:
    steps = CaseSteps(CaseStore(core.db, core.persons), core.calendar, core.outbox, core.audit, core.clock)
    filing = CaseFiling(steps, voice.categories, CaseFiles(uploads.service), core.ring, core.clock)
    return RepairCases(filing, voice.places, uploads.service, core.settings.city_division)
