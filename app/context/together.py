"""The services of care, visits of relatives, votes and shops."""

from __future__ import annotations

from dataclasses import dataclass

from app.domains.community.care.escalating.service import CareEscalation
from app.domains.community.care.keeping.service import CareKeeping
from app.domains.community.care.service import CareService
from app.domains.community.family_visits.houses.service import HouseService
from app.domains.community.family_visits.keeping.service import VisitKeeping
from app.domains.community.family_visits.reminding.service import VisitReminders
from app.domains.community.family_visits.service import FamilyVisitService
from app.domains.community.family_visits.stays.service import StayService
from app.domains.community.shops.orders.ending.service import OrderEnding
from app.domains.community.shops.orders.minding.service import OrderDesk
from app.domains.community.shops.orders.service import OrderService
from app.domains.community.shops.parcels.returning.service import ParcelReturns
from app.domains.community.shops.parcels.service import ParcelService
from app.domains.community.shops.service import ShopService
from app.domains.community.shops.working.service import WorkingShop
from app.domains.community.votes.casting.service import CastingService
from app.domains.community.votes.closing.service import ClosingService
from app.domains.community.votes.reminding.service import VoteReminders
from app.domains.community.votes.rolls.service import RollService
from app.domains.community.votes.service import VoteService
from app.domains.community.votes.telling.service import VoteTelling


@dataclass(frozen=True, slots=True, kw_only=True)
class Shopping:
    """What is sold nearby."""

    shops: ShopService
    orders: OrderService
    working: WorkingShop
    ending: OrderEnding
    desk: OrderDesk
    parcels: ParcelService
    returns: ParcelReturns


@dataclass(frozen=True, slots=True, kw_only=True)
class Voting:
    """What an estate's homes decide."""

    votes: VoteService
    casting: CastingService
    closing: ClosingService
    telling: VoteTelling
    reminders: VoteReminders
    rolls: RollService


@dataclass(frozen=True, slots=True, kw_only=True)
class Caring:
    """Who looks after whom."""

    entries: CareService
    keeping: CareKeeping
    escalation: CareEscalation


@dataclass(frozen=True, slots=True, kw_only=True)
class Visiting:
    """Visits of relatives at care homes and wards."""

    houses: HouseService
    stays: StayService
    visits: FamilyVisitService
    keeping: VisitKeeping
    reminders: VisitReminders


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """Care, visits of relatives, votes and shops."""

    shopping: Shopping
    voting: Voting
    caring: Caring
    visiting: Visiting
