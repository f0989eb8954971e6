"""The services of volunteers, micro-wishes and responders."""

from __future__ import annotations

from dataclasses import dataclass

from app.domains.community.responders.calls.service import CallService
from app.domains.community.responders.service import ResponderService
from app.domains.community.volunteers.activities.news.service import ActivityNews
from app.domains.community.volunteers.activities.service import ActivityService
from app.domains.community.volunteers.activities.signing.service import Roster, Signing
from app.domains.community.volunteers.check_ins.flags.service import FlagService
from app.domains.community.volunteers.check_ins.leading.service import Leading
from app.domains.community.volunteers.check_ins.service import CheckInService
from app.domains.community.volunteers.groups.service import GroupService
from app.domains.community.volunteers.hours.certificates.service import CertificateService
from app.domains.community.volunteers.hours.service import HoursService
from app.domains.community.volunteers.hours.thanks.service import Thanking
from app.domains.community.volunteers.patrols.service import RouteService
from app.domains.community.volunteers.patrols.walks.service import WalkService
from app.domains.community.volunteers.service import VolunteerService
from app.domains.community.wishes.holding.service import WishHolding
from app.domains.community.wishes.service import WishService
from app.domains.community.wishes.steps.service import WishSteps


@dataclass(frozen=True, slots=True, kw_only=True)
class Volunteering:
    """What volunteers do, what is wished of them, and who comes when he is called."""

    register: VolunteerService
    groups: GroupService
    activities: ActivityService
    signing: Signing
    roster: Roster
    news: ActivityNews
    check_ins: CheckInService
    leading: Leading
    routes: RouteService
    walks: WalkService
    flags: FlagService
    hours: HoursService
    thanking: Thanking
    certificates: CertificateService
    wishes: WishService
    wish_steps: WishSteps
    wish_holding: WishHolding
    responders: ResponderService
    calls: CallService
