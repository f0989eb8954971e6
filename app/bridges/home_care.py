"""What of care, of visits and of the estate's votes waits for somebody on the home page.

Each class fulfils `life.home.service.DueRoom`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.core.mongo import Part
from app.core.said import UNSAID, Said
from app.domains.community.care.model import EARLY, CareState
from app.domains.community.care.store import CareDue, care_due
from app.domains.community.family_visits.stays.store import StayAsked, stays_asked
from app.domains.community.family_visits.store import VisitComing, visits_coming
from app.domains.community.votes.store import VoteWaiting, votes_waiting
from app.domains.life.home.model import Due, DueKind

_MOST = 5
_CHECK_IN, _PROPOSED = Said("报平安", "Say that you are well"), Said("社区关爱名单", "The care list")
_STAY = Said("入住登记", "Where you stay")


class DueCare:
    """A check-in from twelve hours before its end on, and whatever the committee proposed."""

    def asks(self, citizen: str, now: datetime) -> Part[CareDue]:
        return care_due(citizen, now + EARLY)

    def due(self, found: Sequence[CareDue], now: datetime) -> list[Due]:
        return [self._due(one) for one in found]

    def _due(self, one: CareDue) -> Due:
        if one.state is CareState.PROPOSED:
            return Due(DueKind.CARE_TO_ANSWER, one.id, _PROPOSED)
        return Due(DueKind.CARE_CHECK_IN, one.id, _CHECK_IN, at=one.due_at)


class DueStays:
    def asks(self, citizen: str, now: datetime) -> Part[StayAsked]:
        return stays_asked(citizen, _MOST)

    def due(self, found: Sequence[StayAsked], now: datetime) -> list[Due]:
        return [Due(DueKind.STAY_TO_ANSWER, one.id, _STAY, one.house) for one in found]


class DueFamilyVisits:
    """That were agreed to. Whom they are to, their own page says."""

    def asks(self, citizen: str, now: datetime) -> Part[VisitComing]:
        return visits_coming(citizen, now, _MOST)

    def due(self, found: Sequence[VisitComing], now: datetime) -> list[Due]:
        return [Due(DueKind.FAMILY_VISIT, one.id, one.house, UNSAID, one.starts_at) for one in found]


class DueVotes:
    """Of homes that he owns and that have not voted."""

    def asks(self, citizen: str, now: datetime) -> Part[VoteWaiting]:
        return votes_waiting(citizen, now, _MOST)

    def due(self, found: Sequence[VoteWaiting], now: datetime) -> list[Due]:
        once = {one.id: one for one in found}
        return [Due(DueKind.VOTE, one.id, Said(one.title), at=one.closes_at) for one in once.values()]
