"""A centre and units of a test, cases on their way between them, and a clock that a test sets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.core.clock import CITY_TIME
from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.numbers import new_number
from app.core.places.model import Point
from app.core.viewer import Role, Viewer
from app.domains.identity.organisations.model import Kind, Level, Organisation
from app.domains.voice.cases.clocks.rules.model import PUBLISHED, RuleCode
from app.domains.voice.cases.filing.service import PREFIX
from app.domains.voice.cases.history.model import CaseChannel, CaseEvent, CaseKind, CaseState, Happened, Identity
from app.domains.voice.cases.model import Case, Task, Words
from app.domains.voice.cases.service import CaseSteps
from app.domains.voice.cases.store import CaseStore
from app.domains.voice.places.model import Place
from app.domains.voice.units.handling.model import units_with_above
from app.wiring import City, build
from tests.conftest import Databases, settings_for
from tests.support.api import OPS
from tests.support.fakes import recording_outside

CENTRE = "centre-12345"
SCOPES = frozenset({"cases", "conversations"})


@dataclass(slots=True)
class SetClock:
    """Stands where a test sets it."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def set(self, text: str) -> None:
        """`2026-11-23 09:00` by the city's clock."""
        self.at = moment(text)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CITY_TIME)


@asynccontextmanager
async def timed_city(databases: Databases, text: str) -> AsyncIterator[tuple[City, SetClock]]:
    """A city with a centre and units, on a database of its own, by a clock that is set."""
    clock = SetClock(moment(text))
    outside, *_ = recording_outside()
    with databases.lent() as name:
        city = build(settings_for(databases.uri, name), beyond=outside, clock=clock)
        await databases.start(city, subscriptions=False)
        await governed(city)
        yield city, clock
        await city.stop()


async def governed(city: City) -> None:
    """A centre; a district with two bureaus below it, one of them with two teams."""
    put = city.services.organisations.put
    await put(OPS, Organisation(CENTRE, "12345 中心", Kind.DEPARTMENT, Level.CITY, scopes=frozenset({"cases:centre"})))
    await put(OPS, Organisation("district", "测试区", Kind.GOVERNMENT, Level.COUNTY, scopes=SCOPES))
    for code, parent in (("lights", "district"), ("water", "district"), ("team-1", "lights"), ("team-2", "lights")):
        await put(OPS, Organisation(code, code, Kind.DEPARTMENT, Level.COUNTY, parent=parent, scopes=SCOPES))
    await put(OPS, Organisation("elsewhere", "外区", Kind.GOVERNMENT, Level.COUNTY, scopes=SCOPES))


def worker(unit: str, name: str = "handler", **changed: Any) -> Viewer:
    """A member of staff of a unit."""
    made = Viewer(
        role=Role.PROVIDER_STAFF,
        actor=f"{unit}-{name}",
        organisation=unit,
        scopes=frozenset({"cases"}),
        roles=frozenset({"handler"}),
    )
    return replace(made, **changed)


def boss(unit: str) -> Viewer:
    return worker(unit, "boss", roles=frozenset({"supervisor"}))


SEAT = worker(CENTRE, "seat", scopes=frozenset({"cases:centre"}), roles=frozenset({"seat"}))


class CaseWork:
    """Cases on their way, each step kept as services keep it."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.store = CaseStore(city.db, city.persons)
        self.steps = CaseSteps(self.store, city.calendar, city.outbox, city.audit, city.clock)

    async def filed(self, **changed: Any) -> Case:
        id_, now = new_id(), self.city.clock.now()
        made = Case(
            id=id_,
            number=new_number(2026, PREFIX),
            owner=f"case:{id_}",
            citizen=None,
            kind=CaseKind.COMPLAINT,
            channel=CaseChannel.PHONE,
            category="light-out",
            identity=Identity.NAMED,
            state=CaseState.FILED,
            place=Place("district", Point(26.08, 119.3), "五一广场东门"),
            words=Words("路灯不亮", "小区门口的路灯三天不亮了。", "+8613900000001", "林先生"),
            filed_at=now,
            changed_at=now,
            events=(CaseEvent(Happened.FILED, now, SEAT.acting(), SEAT.role, CENTRE, public=True),),
        )
        case = replace(made, **changed)

        async def work(tx: Tx) -> Case:
            return await self.steps.begin(SEAT, case, tx)

        return await self.city.db.transaction(work)

    async def accepted(self, rule: RuleCode = RuleCode.COMPLAINT, **changed: Any) -> Case:
        case, now = await self.filed(**changed), self.city.clock.now()
        return await self.kept(case.accepted(PUBLISHED[rule].started(now), rule is RuleCode.URGENT, SEAT, now), case)

    async def dispatched(
        self, unit: str = "team-1", rule: RuleCode = RuleCode.COMPLAINT, helpers: tuple[str, ...] = (), **changed: Any
    ) -> Case:
        case = await self.accepted(rule, **changed)
        units = units_with_above(self.city.services.organisations.tree, (unit, *helpers))
        tasks = tuple(Task(helper, "请协助断电") for helper in helpers)
        return await self.kept(case.dispatched(unit, units, tasks, "rule", SEAT, self.city.clock.now()), case)

    async def claimed(self, unit: str = "team-1", rule: RuleCode = RuleCode.COMPLAINT, **changed: Any) -> Case:
        case = await self.dispatched(unit, rule, **changed)
        return await self.city.services.voice.handling.claim(worker(unit), case.id, new_id())

    async def kept(self, now: Case, was: Case) -> Case:
        async def work(tx: Tx) -> Case:
            return await self.steps.keep(SEAT, now, was, tx)

        return await self.city.db.transaction(work)

    async def now(self, case: Case) -> Case:
        found = await self.store.get(case.id)
        assert found is not None
        return found

    async def waiting(self, case: Case) -> str:
        """The id of what its unit asked for; another's when nothing waits for an answer."""
        pending = (await self.now(case)).pending
        return pending.id if pending else new_id()

    async def events(self, case: Case, since: int = 0) -> list[tuple[str, str | None]]:
        """What happened, from the event at this place on."""
        return [(one.what.value, one.detail) for one in (await self.now(case)).events[since:]]
