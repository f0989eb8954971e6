"""The console at `/admin`: what the desk's staff look at all day, over the same services as the API beside it.

`view.py` says what a room of the console is; each noun has its room in `rooms/`. Everything is served from here.
"""

from __future__ import annotations

from app.admin.console.dashboard import DashboardView
from app.admin.console.desk import Desk
from app.admin.console.frame import Console, Group
from app.admin.console.gate import Gate
from app.admin.console.pages import PageView
from app.admin.console.rooms.answers import AnswersView, QuestionsView
from app.admin.console.rooms.applications import ApplicationsView
from app.admin.console.rooms.appointments import AppealsView, VenuesView
from app.admin.console.rooms.assets import AssetsView, SheetsView
from app.admin.console.rooms.audit import AuditView
from app.admin.console.rooms.billers import BillersView
from app.admin.console.rooms.bills import AutoPayRunsView, BillsView, RefusedBillPaymentsView
from app.admin.console.rooms.borne_rides import BorneRidesView
from app.admin.console.rooms.broadcasts import BroadcastsView
from app.admin.console.rooms.calendar import CalendarView
from app.admin.console.rooms.cards import CardsView
from app.admin.console.rooms.care import CareHousesView, CareListView, FamilyVisitsView
from app.admin.console.rooms.case_index import CaseIndexView
from app.admin.console.rooms.case_map import CaseMapView
from app.admin.console.rooms.case_time import CaseClockRulesView, CaseEscalationsView
from app.admin.console.rooms.cases import CaseCategoriesView, CasesView
from app.admin.console.rooms.catalogue import CatalogueView
from app.admin.console.rooms.channels import ChannelAnswersView, InboundView
from app.admin.console.rooms.citizens import CitizensView
from app.admin.console.rooms.clients import ClientsView
from app.admin.console.rooms.credit import CreditAppealsView, CreditOverdueView, CreditRulesView
from app.admin.console.rooms.culture import CultureEventsView, CultureVenuesView, SightsView, TicketRunsView
from app.admin.console.rooms.deliveries import DeliveriesView
from app.admin.console.rooms.disclosures import DisputesView
from app.admin.console.rooms.dispatch import FallbacksView, ResponsibilitiesView
from app.admin.console.rooms.emergencies import EmergenciesView
from app.admin.console.rooms.emergency_map import EmergencyMapView
from app.admin.console.rooms.estate_votes import EstateVotesView
from app.admin.console.rooms.estates import EstatesView, LateRepairsView, OddEntriesView
from app.admin.console.rooms.fares import FaresView
from app.admin.console.rooms.gateway import GatewayOrdersView, GatewayPayoutsView, WalletsView
from app.admin.console.rooms.gateway_differences import GatewayDifferencesView
from app.admin.console.rooms.gateway_returns import GatewayReturnsView
from app.admin.console.rooms.handovers import HandoversView
from app.admin.console.rooms.health import FamilyTeamsView, HealthReadersView, MissedFollowUpsView
from app.admin.console.rooms.homes import HomesView
from app.admin.console.rooms.indicators import IndicatorsView
from app.admin.console.rooms.jobs import JobsView
from app.admin.console.rooms.keys import KeysView
from app.admin.console.rooms.ledger import LedgerView
from app.admin.console.rooms.licences import LicencesView
from app.admin.console.rooms.merchants import MerchantsView
from app.admin.console.rooms.moderation import ModerationView
from app.admin.console.rooms.neighbours import NeighbourCasesView, NeighboursView
from app.admin.console.rooms.open311 import Open311ClientsView
from app.admin.console.rooms.organisations import OrganisationsView
from app.admin.console.rooms.outbox import OutboxView
from app.admin.console.rooms.patrols import FindingsView, PatrolsView, RoundsView
from app.admin.console.rooms.payment_disputes import PaymentDisputesView
from app.admin.console.rooms.payments import PaymentsView
from app.admin.console.rooms.place_words import PlaceCorrectionsView, PlaceReviewsView
from app.admin.console.rooms.places import DoublesView, PlacesView
from app.admin.console.rooms.point_redemptions import PointRedemptionsView
from app.admin.console.rooms.points import GoodCausesView, PointBudgetsView, PointPartnersView
from app.admin.console.rooms.proposals import ProposalsView, SurveysView
from app.admin.console.rooms.queues import QueuesView
from app.admin.console.rooms.reconciliation import GatewayDaysView
from app.admin.console.rooms.red_packets import RedPacketsView
from app.admin.console.rooms.refunds import RefundsView
from app.admin.console.rooms.rights import CorrectionsView, ErasuresView, ExportsView
from app.admin.console.rooms.risk import PayerBlocksView, RiskRefusalsView, RiskRulesView
from app.admin.console.rooms.scenes import ScenesView
from app.admin.console.rooms.service_applications import ServiceApplicationsView
from app.admin.console.rooms.settlements import PayeesView, SettlementDaysView, SettlementsView
from app.admin.console.rooms.shared_data import DataAccessesView, DataSetsView
from app.admin.console.rooms.shops import ShopOrdersView, ShopsView
from app.admin.console.rooms.staff import StaffView
from app.admin.console.rooms.surroundings import StationsView, WeatherView
from app.admin.console.rooms.templates import TemplatesView
from app.admin.console.rooms.transit import TransitView
from app.admin.console.rooms.volunteer_register import VolunteersView
from app.admin.console.rooms.volunteers import (
    CheckInFlagsView,
    MicroWishesView,
    ResponderCallsView,
    VolunteerActivitiesView,
    VolunteerGroupsView,
)
from app.admin.console.rooms.webhooks import WebhooksView
from app.admin.console.texts import Text
from app.admin.sessions import DeskSessions
from app.wiring import City


def console(city: City, sessions: DeskSessions) -> Console:
    """To be mounted last at `/admin`, after the API."""
    desk = Desk(city)
    clients, cards, disputes = ClientsView(desk), CardsView(desk), DisputesView(desk)
    licences = LicencesView(desk)
    citizens = [CitizensView(desk, cards, licences, disputes), cards, licences, disputes]
    rights = [CorrectionsView(desk), ExportsView(desk), ErasuresView(desk)]
    providers = [OrganisationsView(desk, clients), clients, ApplicationsView(desk), WebhooksView(desk)]
    answers = [AnswersView(desk), QuestionsView(desk)]
    government = [CatalogueView(desk), *answers, ServiceApplicationsView(desk), CalendarView(desk)]
    between = [HandoversView(desk), DataSetsView(desk), DataAccessesView(desk)]
    telling = [BroadcastsView(desk), TemplatesView(desk), DeliveriesView(desk), OutboxView(desk)]
    groups = (
        Group(Text("市民", "Citizens"), citizens),
        Group(Text("市民权利", "Citizens' rights"), rights),
        Group(Text("单位", "Providers"), providers),
        Group(Text("预约与排队", "Appointments and queues"), [VenuesView(desk), AppealsView(desk), QueuesView(desk)]),
        Group(Text("政务服务", "My government"), government),
        Group(Text("诉求", "My voice"), _voice(desk)),
        Group(Text("支付", "My payment"), _payment(desk)),
        *_around(desk),
        Group(Text("部门之间", "Between departments"), between),
        Group(Text("通知", "Telling people"), telling),
        Group(Text("系统", "The city itself"), [StaffView(desk), JobsView(desk), AuditView(desk), KeysView(desk)]),
    )
    return Console(city.settings, Gate(sessions, city.services.staff), DashboardView(desk), groups)


def _voice(desk: Desk) -> list[PageView]:
    abroad = [Open311ClientsView(desk), NeighboursView(desk), NeighbourCasesView(desk)]
    street = [AssetsView(desk), SheetsView(desk), PatrolsView(desk), RoundsView(desk), FindingsView(desk)]
    return [
        CasesView(desk),
        CaseMapView(desk),
        CaseCategoriesView(desk),
        ResponsibilitiesView(desk),
        FallbacksView(desk),
        InboundView(desk),
        ChannelAnswersView(desk),
        CaseEscalationsView(desk),
        CaseClockRulesView(desk),
        IndicatorsView(desk),
        CaseIndexView(desk),
        ModerationView(desk),
        ProposalsView(desk),
        SurveysView(desk),
        *street,
        *abroad,
    ]


def _around(desk: Desk) -> list[Group]:
    named = {Text("生活", "My life"): _life(desk), Text("社区", "Community"): _community(desk)}
    return [Group(text, views) for text, views in named.items() if views]


def _life(desk: Desk) -> list[PageView]:
    return [
        ScenesView(desk),
        StationsView(desk),
        WeatherView(desk),
        PlacesView(desk),
        DoublesView(desk),
        PlaceReviewsView(desk),
        PlaceCorrectionsView(desk),
        TransitView(desk),
        FamilyTeamsView(desk),
        MissedFollowUpsView(desk),
        HealthReadersView(desk),
        CultureEventsView(desk),
        TicketRunsView(desk),
        CultureVenuesView(desk),
        SightsView(desk),
    ]


def _community(desk: Desk) -> list[PageView]:
    estates = [EstatesView(desk), HomesView(desk), LateRepairsView(desk), OddEntriesView(desk)]
    shops = [ShopsView(desk), ShopOrdersView(desk)]
    care = [CareListView(desk), CareHousesView(desk), FamilyVisitsView(desk), EstateVotesView(desk)]
    return [*_volunteering(desk), *estates, *shops, *care, EmergenciesView(desk), EmergencyMapView(desk)]


def _volunteering(desk: Desk) -> list[PageView]:
    return [
        VolunteersView(desk),
        VolunteerGroupsView(desk),
        VolunteerActivitiesView(desk),
        CheckInFlagsView(desk),
        MicroWishesView(desk),
        ResponderCallsView(desk),
    ]


def _payment(desk: Desk) -> list[PageView]:
    return [
        PaymentsView(desk),
        BillersView(desk),
        BillsView(desk),
        AutoPayRunsView(desk),
        RefusedBillPaymentsView(desk),
        MerchantsView(desk),
        SettlementDaysView(desk),
        SettlementsView(desk),
        PayeesView(desk),
        GatewayDaysView(desk),
        GatewayDifferencesView(desk),
        WalletsView(desk),
        GatewayOrdersView(desk),
        GatewayPayoutsView(desk),
        GatewayReturnsView(desk),
        RefundsView(desk),
        PaymentDisputesView(desk),
        RiskRulesView(desk),
        RiskRefusalsView(desk),
        PayerBlocksView(desk),
        LedgerView(desk),
        CreditOverdueView(desk),
        CreditAppealsView(desk),
        CreditRulesView(desk),
        FaresView(desk),
        BorneRidesView(desk),
        PointBudgetsView(desk),
        PointPartnersView(desk),
        PointRedemptionsView(desk),
        GoodCausesView(desk),
        RedPacketsView(desk),
    ]
