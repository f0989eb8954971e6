"""Health: the hospitals' records, certificates out of them, and follow-ups of family doctors."""

from __future__ import annotations

from app.bridges.health import CareByContract, PatientsOfCity, RecordConsents
from app.bridges.telling import CardAddressees
from app.context import Appointments, Government
from app.context.health import Health
from app.domains.government.shared_data.consents.store import ConsentStore
from app.domains.life.health.certificates.service import CertificateService
from app.domains.life.health.certificates.store import UpkeepStore
from app.domains.life.health.follow_ups.service import FollowUpService
from app.domains.life.health.follow_ups.store import FollowUpStore, PlanStore
from app.domains.life.health.records.service import RecordService
from app.wiring.card import Card
from app.wiring.core import Core
from app.wiring.identity import People
from app.wiring.outside import Outside


def health_of(
    core: Core, beyond: Outside, people: People, card: Card, appointments: Appointments, government: Government
) -> Health:
    db, clock, audit, once = core.db, core.clock, core.audit, core.once
    addressees = CardAddressees(card.disclosure_store, card.store, people.citizens, clock)
    patients = PatientsOfCity(people.citizens, people.guardianships, addressees, clock)
    consents = RecordConsents(
        government.data_sets, government.data_accesses, government.consents, ConsentStore(db), clock
    )
    records = RecordService(beyond.health, patients, consents, card.disclosures, core.limits, audit, once, clock)
    care = CareByContract(appointments.contracts, people.citizens)
    return Health(
        records=records,
        certificates=CertificateService(
            *(db, UpkeepStore(db), records, card.licences, patients, consents, core.limits, audit, once, clock)
        ),
        follow_ups=FollowUpService(
            *(db, PlanStore(db), FollowUpStore(db, core.persons), care, core.outbox, audit, once, clock)
        ),
    )
