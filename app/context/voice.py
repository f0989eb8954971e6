"""The services of my voice."""

from __future__ import annotations

from dataclasses import dataclass

from app.domains.voice.cases.categories.service import CategoryService
from app.domains.voice.cases.clocks.rules.service import ClockRules
from app.domains.voice.cases.overseeing.service import CaseOverseeing
from app.domains.voice.cases.reporting.service import CaseService
from app.domains.voice.centre.dispatch.imports.service import RuleImports
from app.domains.voice.centre.dispatch.rules.service import RuleService
from app.domains.voice.centre.dispatch.service import DispatchService
from app.domains.voice.centre.seats.calls.service import CallBackService
from app.domains.voice.centre.seats.intake.service import IntakeService
from app.domains.voice.centre.seats.joining.service import JoiningService
from app.domains.voice.centre.seats.mapping.service import CaseMap
from app.domains.voice.centre.seats.opening.service import BoardOfCentre
from app.domains.voice.centre.seats.requests.service import RequestService
from app.domains.voice.channels.intake.answers.service import ChannelAnswers
from app.domains.voice.channels.intake.callers.service import CallerService
from app.domains.voice.channels.intake.service import InboundService
from app.domains.voice.channels.neighbours.sending.service import Listener, Messenger
from app.domains.voice.channels.neighbours.service import NeighbourService
from app.domains.voice.channels.open311.filing.service import Open311FilingService
from app.domains.voice.channels.open311.keys.service import Open311KeyService
from app.domains.voice.channels.open311.service import Open311Service
from app.domains.voice.conversations.moderation.service import ModerationService
from app.domains.voice.conversations.moderation.speaking.service import SpeakerService
from app.domains.voice.conversations.proposals.replying.service import ReplyService
from app.domains.voice.conversations.proposals.service import ProposalService
from app.domains.voice.conversations.surveys.holding.service import HoldingService
from app.domains.voice.conversations.surveys.service import SurveyService
from app.domains.voice.conversations.threads.following.service import Crier, FollowService
from app.domains.voice.conversations.threads.official.service import OfficialService
from app.domains.voice.conversations.threads.service import ThreadService
from app.domains.voice.figures.index.service import IndexService
from app.domains.voice.figures.indicators.cells.service import CountingService
from app.domains.voice.figures.indicators.hotspots.service import HotSpotService
from app.domains.voice.figures.indicators.reports.service import ReportService
from app.domains.voice.figures.indicators.service import IndicatorService
from app.domains.voice.places.service import PlaceService
from app.domains.voice.public.alike.service import LikenessService
from app.domains.voice.public.following.service import TieService
from app.domains.voice.public.publishing.service import CasePublishing
from app.domains.voice.street.assets.imports.service import AssetImports
from app.domains.voice.street.assets.reporting.service import AssetReporting
from app.domains.voice.street.assets.service import AssetService
from app.domains.voice.street.assets.sheets.service import SheetService
from app.domains.voice.street.patrols.findings.service import FindingService
from app.domains.voice.street.patrols.reports.service import FieldReports
from app.domains.voice.street.patrols.rounds.service import RoundService
from app.domains.voice.street.patrols.service import PatrolService
from app.domains.voice.units.escalation.looking.service import CaseTime
from app.domains.voice.units.escalation.service import EscalationService
from app.domains.voice.units.escalation.supervising.service import Supervising
from app.domains.voice.units.handling.reading.service import CaseReading
from app.domains.voice.units.handling.service import CaseHandling


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversations:
    """The services of conversations: threads, surveys, proposals, and their moderation."""

    threads: ThreadService
    officials: OfficialService
    follows: FollowService
    crier: Crier
    speakers: SpeakerService
    moderation: ModerationService
    surveys: SurveyService
    holding: HoldingService
    proposals: ProposalService
    replying: ReplyService


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseIndicators:
    """What is counted of cases, and what comes of it."""

    counting: CountingService
    reading: IndicatorService
    hotspots: HotSpotService
    index: IndexService
    reports: ReportService


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """The services of the 12345 centre: its seats, and dispatch."""

    board: BoardOfCentre
    intake: IntakeService
    requests: RequestService
    calls: CallBackService
    joining: JoiningService
    dispatch: DispatchService
    rules: RuleService
    rule_imports: RuleImports
    map: CaseMap


@dataclass(frozen=True, slots=True, kw_only=True)
class GridWork:
    """The services of grid officers."""

    patrols: PatrolService
    rounds: RoundService
    reports: FieldReports
    findings: FindingService


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """The services of my voice."""

    cases: CaseService
    centre: Centre
    conversations: Conversations
    overseeing: CaseOverseeing
    categories: CategoryService
    places: PlaceService
    inbound: InboundService
    channel_answers: ChannelAnswers
    callers: CallerService
    publishing: CasePublishing
    likeness: LikenessService
    ties: TieService
    open311: Open311Service
    open311_filing: Open311FilingService
    open311_keys: Open311KeyService
    neighbours: NeighbourService
    messenger: Messenger
    neighbour_news: Listener
    assets: AssetService
    asset_imports: AssetImports
    asset_sheets: SheetService
    asset_page: AssetReporting
    grid: GridWork
    clock_rules: ClockRules
    unit_cases: CaseReading
    handling: CaseHandling
    time: CaseTime
    escalations: EscalationService
    supervising: Supervising
    indicators: CaseIndicators
