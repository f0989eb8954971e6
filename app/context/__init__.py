"""What a resolver is given: who asks, in which language, and the services of the city."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.context.appointments import Appointments
from app.context.community import Community
from app.context.government import Government
from app.context.life import Life
from app.context.payment import Credit, PacketRooms, Payment, PointRooms, RideRooms, SettlementRooms, WalletRooms
from app.context.voice import CaseIndicators, Centre, Conversations, GridWork, Voice
from app.core.dead_letters import DeadLetters
from app.core.errors import Forbidden, Unauthenticated
from app.core.uploads.service import UploadService
from app.core.viewer import Origin, Viewer
from app.domains.identity.citizens.service import CitizenService
from app.domains.identity.clients.service import ClientService
from app.domains.identity.guardians.service import GuardianService
from app.domains.identity.onboarding.service import OnboardingService
from app.domains.identity.organisations.service import OrganisationService
from app.domains.identity.rights.corrections.service import CorrectionService
from app.domains.identity.rights.erasures.service import ErasureService
from app.domains.identity.rights.exports.service import ExportService
from app.domains.identity.sessions.service import SessionService
from app.domains.identity.sign_in.service import SignInService
from app.domains.identity.staff.service import StaffService
from app.domains.identity.staffing.service import StaffingService
from app.domains.identity.verification.service import VerificationService
from notifications.broadcasts.service import BroadcastService
from notifications.deliveries.service import DeliveryService
from notifications.devices.service import DeviceService
from notifications.messages.service import MessageService
from notifications.notices.service import NoticeService
from notifications.preferences.service import PreferenceService
from notifications.templates.service import TemplateService
from notifications.webhooks.deliveries.service import WebhookDeliveryService
from notifications.webhooks.endpoints.service import EndpointService
from virtual_card.cards.service import CardService
from virtual_card.codes.service import CodeService
from virtual_card.disclosures.service import DisclosureService
from virtual_card.licences.documents.service import DocumentService
from virtual_card.licences.service import LicenceService
from virtual_card.licences.showing.service import ShowingService
from virtual_card.lookups.service import LookupService
from virtual_card.trials.service import TrialService


@dataclass(frozen=True, slots=True)
class Services:
    sign_in: SignInService
    sessions: SessionService
    citizens: CitizenService
    verification: VerificationService
    guardians: GuardianService
    exports: ExportService
    corrections: CorrectionService
    erasures: ErasureService
    organisations: OrganisationService
    clients: ClientService
    onboarding: OnboardingService
    staff: StaffService
    staffing: StaffingService
    cards: CardService
    codes: CodeService
    trials: TrialService
    disclosures: DisclosureService
    lookups: LookupService
    licences: LicenceService
    licence_showing: ShowingService
    licence_documents: DocumentService
    messages: MessageService
    devices: DeviceService
    deliveries: DeliveryService
    notices: NoticeService
    broadcasts: BroadcastService
    dead_letters: DeadLetters
    templates: TemplateService
    preferences: PreferenceService
    webhooks: EndpointService
    webhook_deliveries: WebhookDeliveryService
    uploads: UploadService
    government: Government
    appointments: Appointments
    voice: Voice
    payment: Payment
    life: Life
    community: Community


@dataclass(frozen=True, slots=True)
class Context:
    """`address` is the caller's network address, for limits only; it is neither kept nor logged.
    `expires_at` is the end of the access token, and of a subscription opened with it.
    """

    viewer: Viewer
    locale: str
    request_id: str
    address: str
    services: Services
    expires_at: datetime | None = None

    @property
    def origin(self) -> Origin:
        return Origin(self.address, self.request_id)

    def fresh(self) -> Context:
        """The context for the next event of a subscription.

        Raises Unauthenticated when the viewer signed out meanwhile, Forbidden when the guardianship was revoked.
        """
        if self.services.sessions.ended(self.viewer.session):
            raise Unauthenticated
        if self.services.sessions.ended(self.viewer.guardianship):
            raise Forbidden
        return self


__all__ = [
    "Appointments",
    "CaseIndicators",
    "Centre",
    "Community",
    "Context",
    "Conversations",
    "Credit",
    "Government",
    "GridWork",
    "Life",
    "PacketRooms",
    "Payment",
    "PointRooms",
    "RideRooms",
    "Services",
    "SettlementRooms",
    "Voice",
    "WalletRooms",
]
