"""Cases as they go in a city: filed, taken in, dispatched, handled, rated; at random, by the rules of the case itself.

Shares and times are those of a city that does well (on time, mostly content, one in thirty given back), so that a
million of them look like what a centre has after two years: nearly all closed, some thousands open.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import TypeVar

from app.core.calendar import WorkingCalendar, published
from app.core.ids import new_id
from app.core.places.model import Point
from app.core.viewer import Role, Viewer
from app.domains.voice.cases.clocks.model import CaseClock, Mark, Measure
from app.domains.voice.cases.history.model import CaseChannel, CaseKind, CaseState, Happened, Identity
from app.domains.voice.cases.model import WORKER, Case, Words
from app.domains.voice.cases.ratings.model import CallBack, CaseRating
from app.domains.voice.cases.record.model import CaseRecord
from app.domains.voice.cases.requests.model import Answer, Ask, UnitRequest
from app.domains.voice.places.model import Place

CENTRE = Viewer(role=Role.PROVIDER_STAFF, actor="seat-1", organisation="centre-12345")
_DAYS = {CaseKind.ENQUIRY: 2, CaseKind.COMPLAINT: 10, CaseKind.SUGGESTION: 5, CaseKind.HELP: 3}
_KINDS = ((CaseKind.HELP, 45), (CaseKind.COMPLAINT, 30), (CaseKind.ENQUIRY, 20), (CaseKind.SUGGESTION, 5))
_CHANNELS = (
    (CaseChannel.PHONE, 55),
    (CaseChannel.APP, 20),
    (CaseChannel.WECHAT, 12),
    (CaseChannel.WEB, 5),
    (CaseChannel.GRID, 4),
    (CaseChannel.SMS, 1),
    (CaseChannel.MAIL, 1),
    (CaseChannel.COUNTER, 1),
    (CaseChannel.OPEN311, 1),
)
_FALLBACK = "fallback"
_SQUARE = Point(26.08, 119.3)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LivingUnit:
    """`path`: what is above it. `district`: the division in which its cases lie; around `middle`."""

    code: str
    path: tuple[str, ...] = ()
    district: str = "350102000000"
    middle: Point = _SQUARE


@dataclass(slots=True)
class Lives:
    """Makes cases one by one; the same `random` makes the same ones, but for their ids."""

    random: Random
    units: Sequence[LivingUnit]
    categories: Sequence[str]
    calendar: WorkingCalendar = field(default_factory=published)

    def begun(self, filed_at: datetime) -> tuple[Case, LivingUnit]:
        draw, unit = self.random, self.random.choice(self.units)
        id_, anonymous = new_id(), draw.random() < 0.1
        point = Point(
            round(unit.middle.latitude + draw.gauss(0, 0.02), 6), round(unit.middle.longitude + draw.gauss(0, 0.02), 6)
        )
        number = f"SQ-{id_}"
        citizen = None if anonymous else f"citizen-{draw.randrange(200_000)}"
        case = Case(
            id=id_,
            number=number,
            owner=citizen or f"case:{id_}",
            citizen=citizen,
            kind=self._of(_KINDS),
            channel=self._of(_CHANNELS),
            # Few categories make most of what comes.
            category=self.categories[min(int(draw.expovariate(4 / len(self.categories))), len(self.categories) - 1)],
            identity=Identity.ANONYMOUS if anonymous else Identity.NAMED,
            state=CaseState.FILED,
            place=Place(unit.district, point),
            words=Words("路灯不亮", "小区门口的路灯三天不亮了，晚上看不清路。"),
            filed_at=filed_at,
            changed_at=filed_at,
        )
        return case, unit

    def of(self, filed_at: datetime, until: datetime) -> Iterator[Case]:
        """Each state of one case in its turn, up to `until`; as it would be kept, with its revision and its timing."""
        for rev, state in enumerate(self._life(filed_at), 1):
            if state.changed_at > until:
                return
            yield replace(state, rev=rev).timed(self.calendar, state.changed_at)

    def last(self, filed_at: datetime, until: datetime) -> Case:
        """How it stands at that time."""
        found = None
        for state in self._life(filed_at):
            if found is not None and state.changed_at > until:
                break
            found = state
        assert found is not None
        return found.timed(self.calendar, until)

    def _life(self, filed_at: datetime) -> Iterator[Case]:
        case, unit = self.begun(filed_at)
        yield case
        draw, at = self.random, filed_at + self._minutes(12)
        luck = draw.random()
        clock = CaseClock(case.kind.value, Measure.WORKING_DAYS, _DAYS[case.kind], at)
        if luck < 0.02:
            yield case.refused("不归本市管", "国家信访局", CENTRE, at)
        elif luck < 0.03:
            yield case.withdrawn(self._citizen(case), at)
        elif luck < 0.20:
            case = case.answered("已答复", clock, CENTRE, at)
            yield case
            yield from self._heard(case, unit)
        else:
            case = case.accepted(clock, False, CENTRE, at)
            yield case
            yield from self._sent(case, unit)

    def _sent(self, case: Case, unit: LivingUnit) -> Iterator[Case]:
        why = "rule" if case.returns < 2 else _FALLBACK
        case = case.dispatched(unit.code, (unit.code, *unit.path), (), why, CENTRE, case.changed_at + self._minutes(20))
        yield case
        # `handlers_before`: whoever had it before does not have it again.
        worker = replace(CENTRE, actor=f"handler-{self.random.randrange(10**9)}", organisation=unit.code)
        if self.random.random() < 0.03 and case.returns < 2:
            case = self._returned(case, unit, worker)
            yield case
            yield from self._sent(case, self.random.choice(self.units))
            return
        case = case.claimed(worker, case.changed_at + self._minutes(90))
        yield case
        if self.random.random() < 0.4:
            at = case.changed_at + self._minutes(240)
            case = case.noted(Happened.ON_SITE, "到场", (), worker, at, public=True)
            yield case
        yield from self._done(case, unit, worker)

    def _done(self, case: Case, unit: LivingUnit, worker: Viewer) -> Iterator[Case]:
        assert case.clock is not None
        due = case.clock.due(self.calendar)
        assert due is not None
        at = case.changed_at + self._minutes(60 * 20 if self.random.random() < 0.985 else 60 * 24 * 30)
        if at >= due:
            if due > case.changed_at and self.random.random() < 0.5:
                ask = UnitRequest(new_id(), Ask.EXTENSION, unit.code, worker.acting(), case.changed_at, "缺件", 2)
                case = case.asked(ask, 5, worker, case.changed_at)
                case = case.settled(Answer.APPROVED, None, CENTRE, case.changed_at)
                yield case
                assert case.clock is not None
                due = case.clock.due(self.calendar) or due
            if at >= due:
                case = case.passed(Mark.DUE, unit.code, WORKER, max(due, case.changed_at))
                yield case
        case = case.handled("修好了", (), worker, max(at, case.changed_at))
        yield case
        at = case.changed_at + self._minutes(30)
        case = case.timed(self.calendar, at).replied("已修好", worker, at)
        yield case
        yield from self._heard(case, unit)

    def _heard(self, case: Case, unit: LivingUnit) -> Iterator[Case]:
        assert case.replied_at is not None
        if self.random.random() < 0.4:
            yield case.unconfirmed(WORKER, case.replied_at + timedelta(days=7, minutes=self.random.randrange(10)))
            return
        at = case.replied_at + self._minutes(60 * 20)
        if at >= case.replied_at + timedelta(days=7):
            at = case.replied_at + timedelta(days=6)
        content = self.random.random() < 0.95
        grade = self.random.choice((3, 4, 5, 5, 5)) if content else self.random.choice((1, 2))
        rating = CaseRating(content or self.random.random() < 0.3, grade, at, "reporter", case.round)
        if self.random.random() < 0.3:
            case = case.called_back(CallBack(at, CENTRE.acting(), True, "回访"), rating, CENTRE)
        else:
            case = case.rated(rating, self._citizen(case))
        yield case
        if case.state is CaseState.ACCEPTED:  # once more, elsewhere
            assert case.clock is not None
            case = case.restarted(CaseClock(case.kind.value, Measure.WORKING_DAYS, _DAYS[case.kind], case.changed_at))
            yield from self._sent(case, self.random.choice(self.units))

    def _returned(self, case: Case, unit: LivingUnit, worker: Viewer) -> Case:
        at = case.changed_at + self._minutes(120)
        ask = UnitRequest(new_id(), Ask.RETURN, unit.code, worker.acting(), at, "不归我们")
        asked = case.asked(ask, 5, worker, at)
        return asked.settled(Answer.APPROVED, None, CENTRE, at + self._minutes(60))

    def _minutes(self, mean: float) -> timedelta:
        return timedelta(seconds=int(self.random.expovariate(1 / (mean * 60))) + 1)

    def _of(self, weighted: Sequence[tuple[T, int]]) -> T:
        return self.random.choices([one for one, _ in weighted], [weight for _, weight in weighted])[0]

    def _citizen(self, case: CaseRecord) -> Viewer:
        return Viewer(role=Role.CITIZEN, actor=case.citizen or "anonymous", subject=case.citizen)
