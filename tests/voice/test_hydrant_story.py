"""A true story: a hydrant reported at 08:50 was dispatched at 09:00, attended at 09:30, and done the same day."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from app.core.clock import CITY_TIME
from app.core.ids import new_id
from app.core.said import Said
from app.core.viewer import Role, Viewer
from app.domains.voice.cases.clocks.model import Measure
from app.domains.voice.cases.history.model import CaseChannel, CaseKind, CaseState, Confirmation
from app.domains.voice.cases.reporting.service import Report, Wish
from app.domains.voice.centre.dispatch.proposals.model import Why
from app.domains.voice.centre.dispatch.rules.model import ANY_OWNER, About, Goal, RuleTable
from app.domains.voice.centre.seats.intake.service import Taking
from app.wiring import City
from tests.conftest import Databases
from tests.support.api import OPS
from tests.support.case_work import SEAT, SetClock, timed_city, worker
from tests.support.street import HYDRANT_LEAK, WATER, hydrant

_DAY = "2026-11-24"  # a Tuesday


@pytest.fixture
async def there(databases: Databases) -> AsyncIterator[tuple[City, SetClock]]:
    async with timed_city(databases, f"{_DAY} 08:50") as made:
        yield made


async def test_the_hydrant_of_ten_to_nine(there: tuple[City, SetClock]) -> None:
    city, clock = there
    asset, voice, key = await hydrant(city), city.services.voice, new_id
    owner = (About(HYDRANT_LEAK, owner=ANY_OWNER), Goal(owner=True), Said("权属单位", "its owner"), "the city's rule")
    await voice.centre.rules.write(OPS, RuleTable.RESPONSIBILITIES, *owner, key())
    citizen = new_id()
    reporter = Viewer(role=Role.CITIZEN, actor=citizen, subject=citizen)

    report = Report(CaseKind.HELP, HYDRANT_LEAK, "消火栓在喷水。", channel=CaseChannel.WEB, asset=asset.code)
    filed = (await voice.cases.file(reporter, report, key())).case
    assert (filed.place.asset, filed.place.point) == (asset.code, asset.place.point)

    clock.set(f"{_DAY} 08:56")
    case = await voice.centre.intake.accept(SEAT, filed.id, Taking(urgent=True), key())
    assert case.clock is not None
    assert case.clock.measure is Measure.SHIFT_HOURS

    clock.set(f"{_DAY} 09:00")
    found = await voice.centre.dispatch.propose(SEAT, case.id)
    assert found is not None
    assert (found[1].unit, found[1].why) == (WATER, Why.ASSET_OWNER)
    case = await voice.centre.dispatch.dispatch(SEAT, case.id, WATER, (), case.rev, key())

    clock.set(f"{_DAY} 09:30")
    await voice.handling.claim(worker(WATER), case.id, key())
    await voice.handling.on_site(worker(WATER), case.id, "已到现场关阀。", (), key())

    clock.set(f"{_DAY} 11:40")
    await voice.handling.finish(worker(WATER), case.id, "更换了阀门。", (), key())
    case = await voice.handling.reply(worker(WATER), case.id, "消火栓已修好，感谢反映。", key())
    assert case.clock is not None
    assert not case.clock.stands(city.calendar.current, clock.now()).overdue

    clock.set(f"{_DAY} 18:05")
    case = await voice.cases.rate(reporter, case.id, Wish(True, 5), key())
    assert (case.state, case.confirmation) == (CaseState.CLOSED, Confirmation.CONFIRMED)
    moments = (case.filed_at, case.dispatched_at, case.on_site_at, case.handled_at, case.closed_at)
    told = [f"{at.astimezone(CITY_TIME):%m-%d %H:%M}" for at in moments if at is not None]
    assert told == ["11-24 08:50", "11-24 09:00", "11-24 09:30", "11-24 11:40", "11-24 18:05"]
