"""The one place that knows concrete things: builds stores, services and gateways, and starts what must run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from app.bridges import (
    CardAddressees,
    CityPopulation,
    PeopleReach,
    ServiceUse,
    StillTrueOfCards,
    StillTrueOfGuardianships,
)
from app.context import Services
from app.core.audit import Audit
from app.core.audit.chain import AuditChain
from app.core.audit.trail import AuditTrail
from app.core.audit.verify import Verifier
from app.core.changes import Changes
from app.core.clock import Clock, SystemClock
from app.core.data_keys import DataKeys
from app.core.dead_letters import DeadLetters
from app.core.errors import Unavailable
from app.core.holdings import Holdings
from app.core.idempotency import Idempotency
from app.core.keys import SigningKeys
from app.core.limits import Limits
from app.core.mongo import Database, connect
from app.core.outbox import Outbox
from app.core.passwords import Passwords
from app.core.person_keys import PersonKeys
from app.core.resealing import Resealing
from app.core.rotation import Rotation
from app.core.sealed import KeyRing
from app.core.tallies import Dashboards, Tallies
from app.domains.identity.citizens.service import CitizenService
from app.domains.identity.citizens.store import CitizenStore
from app.domains.identity.clients.service import ClientService
from app.domains.identity.clients.store import ClientStore
from app.domains.identity.guardians.service import GuardianService
from app.domains.identity.guardians.store import GuardianshipStore
from app.domains.identity.onboarding.service import OnboardingService
from app.domains.identity.onboarding.store import ApplicationStore
from app.domains.identity.organisations.service import OrganisationService
from app.domains.identity.organisations.store import OrganisationStore
from app.domains.identity.rights.corrections.service import CorrectionService
from app.domains.identity.rights.corrections.store import CorrectionStore
from app.domains.identity.rights.erasures.service import ErasureService
from app.domains.identity.rights.erasures.store import ErasureStore
from app.domains.identity.rights.exports.service import ExportService
from app.domains.identity.rights.exports.store import ExportStore
from app.domains.identity.sessions.service import Revocations, SessionService
from app.domains.identity.sessions.store import SessionStore
from app.domains.identity.sign_in.service import SignInService, SmsSender
from app.domains.identity.sign_in.store import ChallengeStore
from app.domains.identity.staff.service import StaffService
from app.domains.identity.staff.store import StaffStore, TryStore
from app.domains.identity.staffing.service import StaffingService
from app.domains.identity.verification.service import CivilRegistry, VerificationService
from app.domains.identity.verification.store import VerificationStore
from app.gateways.registry import HttpCivilRegistry
from app.gateways.sms import HttpSms
from app.rights import CardsEnd, GuardianshipsEnd, LedgerOfReads, PictureExporter, RowsExporter, SessionsEnd
from app.settings import Settings
from notifications.broadcasts.service import Broadcaster, BroadcastService
from notifications.broadcasts.store import BroadcastStore
from notifications.channels.base import PushChannel, SmsChannel
from notifications.channels.fcm import FcmChannel
from notifications.channels.sms import GatewaySms
from notifications.channels.targets import TargetRules, networks
from notifications.channels.webhook import HttpWebhooks, WebhookChannel
from notifications.deliveries.service import DeliveryService
from notifications.deliveries.store import DeliveryStore, DigestStore
from notifications.devices.service import DeviceService
from notifications.devices.store import PushDeviceStore
from notifications.dispatch.service import Dispatcher
from notifications.messages.service import MessageService, Wording
from notifications.messages.store import InboxStore
from notifications.notices.service import NoticeService
from notifications.notices.store import NoticeStore
from notifications.preferences.service import PreferenceService
from notifications.preferences.store import PreferenceStore
from notifications.templates.service import TemplateService
from notifications.templates.store import TemplateStore
from notifications.webhooks.deliveries.service import WebhookDeliveryService
from notifications.webhooks.deliveries.store import WebhookDeliveryStore
from notifications.webhooks.endpoints.service import EndpointService
from notifications.webhooks.endpoints.store import EndpointStore
from notifications.webhooks.sending.service import Courier
from virtual_card.cards.service import CardService
from virtual_card.cards.store import CardStore
from virtual_card.codes.model import Purpose
from virtual_card.codes.service import CodeService
from virtual_card.codes.store import CodeStore
from virtual_card.disclosures.service import DisclosureService
from virtual_card.disclosures.store import DisclosureStore
from virtual_card.face import FaceStudio
from virtual_card.face.portrait import PhotoUnreadable
from virtual_card.lookups.service import LookupService
from virtual_card.trials.service import TrialService
from virtual_card.trials.store import TrialStore

# What a provider can be granted: to verify for a purpose, to tell citizens something (in quiet hours too; what the law
# lets nobody turn off), one or all who used its services, and to be called back.
SCOPES = (*(purpose.scope for purpose in Purpose), "notify", "notify:urgent", "notify:legal", "broadcast", "webhooks")


class Closing(Protocol):
    async def aclose(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Outside:
    """The systems beyond the city's own. Tests hand in their own; the city talks HTTP to the addresses in settings.

    `sms` sends a code to who waits for it; `texts` is the channel by which the worker tells people.
    """

    sms: SmsSender
    registry: CivilRegistry
    push: PushChannel
    texts: SmsChannel
    webhooks: WebhookChannel
    to_close: tuple[Closing, ...] = ()


def outside(settings: Settings) -> Outside:
    sms = HttpSms(str(settings.sms_url), settings.sms_key)
    registry = HttpCivilRegistry(str(settings.registry_url), settings.registry_key)
    push = FcmChannel(settings.fcm_credentials, fcm_url=str(settings.fcm_url).rstrip("/") if settings.fcm_url else None)
    reports = settings.sms_callback_key is not None and settings.sms_callback_key.get_secret_value() != ""
    texts = GatewaySms(sms, f"{str(settings.base_url).rstrip('/')}/callbacks/sms" if reports else None)
    rules = TargetRules(near=settings.development, refused=networks(settings.webhook_refused_networks))
    webhooks = HttpWebhooks(rules)
    return Outside(sms, registry, push, texts, webhooks, (sms, registry, push, webhooks))


@dataclass(frozen=True, slots=True)
class City:
    """Everything a process of the city needs. `start` before use, `stop` after."""

    settings: Settings
    db: Database
    clock: Clock
    keys: SigningKeys
    data_keys: DataKeys
    persons: PersonKeys
    resealing: Resealing
    rotation: Rotation
    changes: Changes
    outbox: Outbox
    audit: Audit
    audit_chain: AuditChain
    audit_trail: AuditTrail
    audit_verifier: Verifier
    limits: Limits
    services: Services
    dispatcher: Dispatcher
    broadcaster: Broadcaster
    service_use: ServiceUse
    courier: Courier
    citizens: CitizenStore
    cards: CardStore
    revocations: Revocations
    outside: Outside
    studio: FaceStudio
    passwords: Passwords
    tallies: Tallies
    dashboards: Dashboards

    async def start(self, *, follow: bool = True) -> None:
        """Make what is missing in the database, read what is kept in memory, and follow its changes."""
        await self.db.prepare()
        await self.data_keys.load()
        await self.keys.load()
        await self.services.organisations.load()
        await self.revocations.load()
        if follow:
            await self.changes.start()
        self.tallies.start()

    async def stop(self) -> None:
        await self.courier.finish()
        await self.changes.stop()
        for one in self.outside.to_close:
            await one.aclose()
        self.passwords.close()
        self.studio.close()
        await self.tallies.stop()
        await self.db.close()


def build(settings: Settings, *, beyond: Outside | None = None, clock: Clock | None = None) -> City:
    """Put the city together; nothing is sent anywhere yet."""
    clock, db = clock or SystemClock(), connect(settings)
    ring = KeyRing.from_settings(settings, clock)
    data_keys, persons = DataKeys(db, ring, clock), PersonKeys(db, ring, clock)
    beyond, base_url = beyond or outside(settings), str(settings.base_url).rstrip("/")
    audit, outbox, limits = Audit(db, ring, clock), Outbox(db, clock), Limits(db, ring, clock)
    once, keys = Idempotency(db, ring, clock), SigningKeys(db, ring, clock)
    changes = Changes(db, {"disclosures": "citizen", "inbox": "citizen"})
    studio, tallies = FaceStudio(), Tallies(db, clock)

    async def clean(photo: bytes) -> bytes:
        """To the rooms below, a registry whose photo cannot be read is a registry that does not answer."""
        try:
            return await studio.clean(photo)
        except PhotoUnreadable:
            raise Unavailable from None

    citizens, session_store, verifications = CitizenStore(db, ring, persons), SessionStore(db), VerificationStore(db)
    guardianships = GuardianshipStore(db)
    revocations = Revocations(session_store, clock)
    sessions = SessionService(db, session_store, revocations, keys, ring, outbox, audit, clock, base_url)
    organisations = OrganisationService(db, OrganisationStore(db), audit)
    clients = ClientService(db, ClientStore(db), organisations, sessions, limits, audit, once, clock)
    challenges = ChallengeStore(db, ring)
    staff, tries, passwords = StaffStore(db, ring), TryStore(db), Passwords()
    disclosure_store = DisclosureStore(db, persons)
    disclosures = DisclosureService(disclosure_store, changes, outbox, audit, once, clock)
    cards = CardStore(db)

    templates = TemplateService(TemplateStore(db), limits, audit, once, clock)
    preferences = PreferenceService(
        PreferenceStore(db), lambda code: organisations.tree.get(code) is not None, audit, once
    )

    inbox, devices, delivery_store = InboxStore(db), PushDeviceStore(db, ring, persons), DeliveryStore(db)
    notice_store = NoticeStore(db, persons)
    deliveries = DeliveryService(db, delivery_store, devices, beyond.push, beyond.texts, outbox, clock, tallies.count)
    wording = Wording(templates, persons, organisations.name_of)
    notices = NoticeService(
        notice_store,
        delivery_store,
        templates,
        CardAddressees(disclosure_store, cards, citizens, clock),
        limits,
        outbox,
        audit,
        once,
        clock,
    )
    broadcast_store, population = BroadcastStore(db), CityPopulation(citizens, organisations, clock)
    broadcasts = BroadcastService(db, broadcast_store, templates, population, outbox, audit, once, clock, tallies.count)
    of_cards, of_guardianships = StillTrueOfCards(cards, clock), StillTrueOfGuardianships(guardianships)
    dispatcher = Dispatcher(
        inbox,
        DigestStore(db),
        devices,
        notice_store,
        deliveries,
        preferences,
        templates,
        wording,
        PeopleReach(citizens, guardianships, clock),
        {
            "card.expires_soon": of_cards.active,
            "guardianship.proposed": of_guardianships.proposed,
            "notice.sent": notices.still_stands,
            "broadcast.sent": broadcasts.still_goes_on,
        },
        outbox,
        clock,
        settings.city,
    )

    endpoints, webhook_deliveries = EndpointStore(db, ring), WebhookDeliveryStore(db)
    courier = Courier(
        db, endpoints, webhook_deliveries, beyond.webhooks, audit, clock, organisations.tree.active, tallies.count
    )

    card_service = CardService(
        db, cards, citizens, studio, ring, outbox, audit, once, clock, settings.city, base_url, tallies.count
    )
    code_service = CodeService(
        db,
        CodeStore(db),
        cards,
        citizens,
        organisations,
        disclosures,
        keys,
        limits,
        audit,
        once,
        clock,
        base_url,
        tallies.count,
    )
    holdings = Holdings(db, ring, persons)
    guardians = GuardianService(
        db, guardianships, citizens, verifications, beyond.registry, clean, outbox, audit, once, clock
    )
    services = Services(
        sign_in=SignInService(challenges, citizens, sessions, beyond.sms, limits, once, clock, tallies.count),
        sessions=sessions,
        citizens=CitizenService(citizens),
        verification=VerificationService(
            db, verifications, citizens, guardianships, beyond.registry, clean, sessions, ring, outbox, audit, clock
        ),
        guardians=guardians,
        exports=ExportService(
            db,
            ExportStore(db, persons),
            (RowsExporter(holdings), PictureExporter(citizens, card_service)),
            ring,
            limits,
            outbox,
            audit,
            once,
            clock,
            base_url,
        ),
        corrections=CorrectionService(
            db,
            CorrectionStore(db, persons),
            citizens,
            beyond.registry,
            clean,
            LedgerOfReads(disclosures, clock),
            limits,
            outbox,
            audit,
            once,
            clock,
        ),
        erasures=ErasureService(
            db,
            ErasureStore(db),
            citizens,
            persons,
            holdings,
            (SessionsEnd(db, sessions), GuardianshipsEnd(guardians), CardsEnd(card_service)),
            outbox,
            audit,
            once,
            clock,
            timedelta(days=settings.audit_kept_days),
        ),
        organisations=organisations,
        clients=clients,
        onboarding=OnboardingService(
            ApplicationStore(db, ring), organisations, clients, limits, audit, once, clock, base_url, SCOPES
        ),
        staffing=StaffingService(db, staff, tries, passwords, sessions, audit, once),
        staff=StaffService(
            db, staff, tries, passwords, organisations, sessions, limits, audit, once, clock, tallies.count
        ),
        cards=card_service,
        codes=code_service,
        trials=TrialService(TrialStore(db), citizens, card_service, code_service, organisations, audit, once, clock),
        disclosures=disclosures,
        lookups=LookupService(citizens, cards, disclosures, limits, audit, once, clock),
        templates=templates,
        preferences=preferences,
        messages=MessageService(inbox, deliveries, wording, changes, clock),
        devices=DeviceService(devices, clock),
        deliveries=deliveries,
        notices=notices,
        broadcasts=broadcasts,
        dead_letters=DeadLetters(db, outbox, audit),
        webhooks=EndpointService(db, endpoints, webhook_deliveries, beyond.webhooks, limits, audit, once, clock),
        webhook_deliveries=WebhookDeliveryService(endpoints, webhook_deliveries, outbox, audit, once, clock),
    )
    # Before the keys that they seal.
    changes.on("data_keys", data_keys.changed, data_keys.load)
    changes.on("person_keys", persons.changed, persons.forget)
    changes.on("signing_keys", keys.changed, keys.load)
    changes.on("organisations", organisations.changed, organisations.load)
    changes.on("templates", templates.changed, templates.reload)
    changes.on("cards", services.codes.card_changed, services.codes.forget_list)
    changes.on("revocations", revocations.changed, revocations.load)
    chain = AuditChain(db, keys, clock, timedelta(days=settings.audit_kept_days))
    verifier = Verifier(db, ring, keys, clock)
    return City(
        settings,
        db,
        clock,
        keys,
        data_keys,
        persons,
        Resealing(db, ring, data_keys, persons, clock),
        Rotation(data_keys, keys, audit, once, clock),
        changes,
        outbox,
        audit,
        chain,
        AuditTrail(db, ring, audit, chain, verifier, clock),
        verifier,
        limits,
        services,
        dispatcher,
        Broadcaster(db, broadcast_store, population, dispatcher.deliver, audit, clock, tallies.count),
        ServiceUse(citizens, organisations),
        courier,
        citizens,
        cards,
        revocations,
        beyond,
        studio,
        passwords,
        tallies,
        Dashboards(tallies, outbox, chain, clock),
    )
