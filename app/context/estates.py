"""The services of estates and their gates."""

from __future__ import annotations

from dataclasses import dataclass

from app.domains.community.estates.gates.service import GateService
from app.domains.community.estates.imports.service import HomeImports
from app.domains.community.estates.service import EstateService
from app.domains.community.gates.lists.service import ListService
from app.domains.community.gates.log.service import LogService
from app.domains.community.gates.opening.service import OpeningService
from app.domains.community.gates.reporting.service import ReportingService
from app.domains.community.notices.publishing.service import PublishingService
from app.domains.community.notices.service import EstateNoticeService
from app.domains.community.notices.telling.service import TellingService
from app.domains.community.parking.bays.service import BayService
from app.domains.community.parking.passing.service import PassingService
from app.domains.community.parking.service import ParkingService
from app.domains.community.repairs.handover.service import HandingOver
from app.domains.community.repairs.service import RepairService
from app.domains.community.repairs.working.service import WorkingService
from app.domains.community.residents.doors.service import DoorService
from app.domains.community.residents.service import ResidentService
from app.domains.community.residents.verifying.service import VerifyingService
from app.domains.community.visitors.service import VisitorService
from app.domains.community.visitors.showing.service import ShowingService


@dataclass(frozen=True, slots=True, kw_only=True)
class Gates:
    """Who comes in."""

    keeping: GateService
    visitors: VisitorService
    showing: ShowingService
    lists: ListService
    opening: OpeningService
    reporting: ReportingService
    log: LogService
    parking: ParkingService
    passing: PassingService
    bays: BayService


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """What an estate does for its homes."""

    notices: EstateNoticeService
    publishing: PublishingService
    telling: TellingService
    repairs: RepairService
    working: WorkingService
    handing: HandingOver


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbourhood:
    """Where people live."""

    estates: EstateService
    homes: HomeImports
    residents: ResidentService
    doors: DoorService
    verifying: VerifyingService
    gates: Gates
    keeping: Keeping
