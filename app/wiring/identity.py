"""Who people are, and who may call: citizens and their sessions, guardians, organisations, clients, staff."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from app.core.errors import Unavailable
from app.domains.identity.citizens.store import CitizenStore
from app.domains.identity.clients.service import ClientService
from app.domains.identity.clients.store import ClientStore
from app.domains.identity.guardians.service import GuardianService
from app.domains.identity.guardians.store import GuardianshipStore
from app.domains.identity.onboarding.service import OnboardingService
from app.domains.identity.onboarding.store import ApplicationStore
from app.domains.identity.organisations.service import OrganisationService
from app.domains.identity.organisations.store import OrganisationStore
from app.domains.identity.sessions.service import Revocations, SessionService
from app.domains.identity.sessions.store import SessionStore
from app.domains.identity.sign_in.service import SignInService
from app.domains.identity.sign_in.store import ChallengeStore
from app.domains.identity.staff.service import StaffService
from app.domains.identity.staff.store import StaffStore, TryStore
from app.domains.identity.staffing.service import StaffingService
from app.domains.identity.verification.service import VerificationService
from app.domains.identity.verification.store import VerificationStore
from app.wiring.core import Core
from app.wiring.outside import Outside
from virtual_card.codes.model import Purpose
from virtual_card.face import FaceStudio
from virtual_card.face.portrait import PhotoUnreadable

# What a provider can be granted: to verify for a purpose, to tell citizens something (in quiet hours too; what the law
# lets nobody turn off), one or all who used its services, and to be called back; to publish service items, to handle
# what people apply for, to give appointments, to keep answers, to offer and ask for shared data; to handle cases, to
# take them in and dispatch them, to report from the grid, to speak with citizens in public, to keep municipal codes;
# to take payments and to manage them, to send bills, to carry passengers, to treat first and be paid later, to give
# points.
SCOPES = (
    *(purpose.scope for purpose in Purpose),
    "verify:licence",
    "notify",
    "notify:urgent",
    "notify:legal",
    "broadcast",
    "webhooks",
    "catalogue",
    "applications",
    "appointments",
    "answers",
    "data",
    "cases",
    "cases:centre",
    "cases:grid",
    "conversations",
    "assets",
    "payments",
    "payments:manage",
    "bills",
    "rides",
    "treatments",
    "points",
    "volunteers",
    "community",
    "community:gate",
    "community:repairs",
    "culture",
    "culture:gate",
    "places",
    "health",
    "surroundings",
)

Cleaner: TypeAlias = Callable[[bytes], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class Calling:
    """Who asks: sessions, and the organisations, clients and staff behind them."""

    revocations: Revocations
    sessions: SessionService
    organisations: OrganisationService
    clients: ClientService
    onboarding: OnboardingService
    staff: StaffService
    staffing: StaffingService


@dataclass(frozen=True, slots=True)
class People:
    """Citizens: how they come in, who they are, and who stands for whom. `clean` makes a registry's photo fit."""

    citizens: CitizenStore
    guardianships: GuardianshipStore
    clean: Cleaner
    sign_in: SignInService
    verification: VerificationService
    guardians: GuardianService


def calling_of(core: Core) -> Calling:
    db, ring, clock, audit, once, limits = core.db, core.ring, core.clock, core.audit, core.once, core.limits
    session_store, staff, tries = SessionStore(db), StaffStore(db, ring), TryStore(db)
    revocations = Revocations(session_store, clock)
    sessions = SessionService(db, session_store, revocations, core.keys, ring, core.outbox, audit, clock, core.base_url)
    organisations = OrganisationService(db, OrganisationStore(db), audit)
    clients = ClientService(db, ClientStore(db), organisations, sessions, limits, audit, once, clock)
    return Calling(
        revocations,
        sessions,
        organisations,
        clients,
        OnboardingService(
            ApplicationStore(db, ring), organisations, clients, limits, audit, once, clock, core.base_url, SCOPES
        ),
        StaffService(
            db, staff, tries, core.passwords, organisations, sessions, limits, audit, once, clock, core.tallies.count
        ),
        StaffingService(db, staff, tries, core.passwords, sessions, audit, once),
    )


def people_of(core: Core, beyond: Outside, calling: Calling, studio: FaceStudio) -> People:
    db, ring, clock, audit, once = core.db, core.ring, core.clock, core.audit, core.once
    citizens, verifications = CitizenStore(db, ring, core.persons), VerificationStore(db)
    guardianships, sessions, clean = GuardianshipStore(db), calling.sessions, _cleaner(studio)
    return People(
        citizens,
        guardianships,
        clean,
        SignInService(
            ChallengeStore(db, ring), citizens, sessions, beyond.sms, core.limits, once, clock, core.tallies.count
        ),
        VerificationService(
            db,
            verifications,
            citizens,
            guardianships,
            beyond.registry,
            clean,
            sessions,
            ring,
            core.outbox,
            audit,
            clock,
        ),
        GuardianService(
            db, guardianships, citizens, verifications, beyond.registry, clean, core.outbox, audit, once, clock
        ),
    )


def _cleaner(studio: FaceStudio) -> Cleaner:
    async def clean(photo: bytes) -> bytes:
        """To the rooms below, a registry whose photo cannot be read is a registry that does not answer."""
        try:
            return await studio.clean(photo)
        except PhotoUnreadable:
            raise Unavailable from None

    return clean
