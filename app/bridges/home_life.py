"""What of health, of the library and of one's own estate waits for somebody on the home page.

Each class fulfils `life.home.service.DueRoom`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from app.core.clock import CITY_TIME, civil_day
from app.core.mongo import Part
from app.core.said import Said
from app.domains.community.repairs.model import TERMS
from app.domains.community.repairs.rating.model import Finished
from app.domains.community.repairs.rating.store import to_rate
from app.domains.community.visitors.expected.model import Expected
from app.domains.community.visitors.expected.store import expected
from app.domains.identity.organisations.service import OrganisationService
from app.domains.life.culture.library.model import BooksDue
from app.domains.life.culture.library.store import ReaderCardStore
from app.domains.life.health.follow_ups.model import FollowUpKind, Plan
from app.domains.life.health.follow_ups.store import PlanStore
from app.domains.life.home.model import SOON, Due, DueKind

_MOST = 5
_VISITOR = Said("访客", "Visitor")
_FOLLOWED: Mapping[FollowUpKind, Said] = {
    FollowUpKind.BLOOD_PRESSURE: Said("高血压随访", "Blood pressure check"),
    FollowUpKind.BLOOD_SUGAR: Said("糖尿病随访", "Blood sugar check"),
    FollowUpKind.ELDER_CHECK: Said("老年人健康检查", "Yearly check"),
    FollowUpKind.CHILD_CHECK: Said("儿童健康检查", "Child's check"),
    FollowUpKind.MATERNAL: Said("孕产妇随访", "Mother's check"),
    FollowUpKind.MENTAL_HEALTH: Said("健康随访", "Health check"),  # a screen is seen by others
    FollowUpKind.OTHER: Said("随访", "Follow-up"),
}


class DueFollowUps:
    def __init__(self, plans: PlanStore, organisations: OrganisationService) -> None:
        self._plans = plans
        self._organisations = organisations

    def asks(self, citizen: str, now: datetime) -> Part[Plan]:
        return self._plans.coming(citizen, civil_day(now + SOON), _MOST)

    def due(self, found: Sequence[Plan], now: datetime) -> list[Due]:
        return [self._due(one) for one in found]

    def _due(self, one: Plan) -> Due:
        centre = self._organisations.name_of(one.organisation) or Said(one.organisation)
        return Due(DueKind.FOLLOW_UP, one.id, _FOLLOWED[one.kind], centre, _end_of(one.due))


class DueVisitors:
    """Who is let in today, by a pass. Who it is stays sealed: the pass's own page says it."""

    def asks(self, citizen: str, now: datetime) -> Part[Expected]:
        return expected(citizen, now, _end_of(civil_day(now)), _MOST)

    def due(self, found: Sequence[Expected], now: datetime) -> list[Due]:
        return [Due(DueKind.VISITOR, one.id, _VISITOR, one.estate, one.begins) for one in found]


class DueRepairs:
    def asks(self, citizen: str, now: datetime) -> Part[Finished]:
        return to_rate(citizen, _MOST)

    def due(self, found: Sequence[Finished], now: datetime) -> list[Due]:
        return [
            Due(DueKind.REPAIR_TO_RATE, one.id, TERMS[one.kind].name, at=one.asks_until())
            for one in found
            if now < one.asks_until()
        ]


class DueBooks:
    """How many, as the library said last. Which ones is seen at the library's page."""

    def __init__(self, cards: ReaderCardStore) -> None:
        self._cards = cards

    def asks(self, citizen: str, now: datetime) -> Part[BooksDue]:
        return self._cards.due_of(citizen)

    def due(self, found: Sequence[BooksDue], now: datetime) -> list[Due]:
        return [Due(DueKind.BOOKS, one.day.isoformat(), _books(one.count), at=_end_of(one.day)) for one in found]


def _books(count: int) -> Said:
    return Said(f"图书馆的书 {count} 本", f"{count} library {'book' if count == 1 else 'books'}")


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), CITY_TIME) - timedelta(seconds=1)
