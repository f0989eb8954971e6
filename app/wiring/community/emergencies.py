"""Emergency calls: recorded, shown to the centre, made cases of."""

from __future__ import annotations

from app.bridges.emergencies import EmergencyCases, EmergencyLooks
from app.bridges.voice import CaseFiles, InventedPeople
from app.context import Voice
from app.domains.community.emergencies.service import EmergencyService
from app.domains.community.emergencies.store import EmergencyStore
from app.domains.voice.cases.filing.service import CaseFiling
from app.domains.voice.cases.service import CaseSteps
from app.domains.voice.cases.store import CaseStore
from app.wiring.card import Card
from app.wiring.core import Core
from app.wiring.identity import People
from app.wiring.uploads import Uploads


def emergencies_of(core: Core, people: People, card: Card, uploads: Uploads, voice: Voice) -> EmergencyService:
    db, clock = core.db, core.clock
    steps = CaseSteps(CaseStore(db, core.persons), core.calendar, core.outbox, core.audit, clock)
    filing = CaseFiling(steps, voice.categories, CaseFiles(uploads.service), core.ring, clock)
    cases = EmergencyCases(filing, voice.places, core.settings.city_division)
    looks = EmergencyLooks(card.disclosures, clock)
    calls = EmergencyStore(db, core.persons)
    return EmergencyService(
        db,
        calls,
        cases,
        looks,
        InventedPeople(people.citizens),
        core.limits,
        core.changes,
        core.outbox,
        core.audit,
        core.once,
        clock,
    )
