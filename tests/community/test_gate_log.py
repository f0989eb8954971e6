"""The log of gates: for how long it is kept, and who looked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.core.errors import BadInput
from app.core.ids import new_id
from app.core.paging import PageRequest
from app.core.passwords import Passwords
from app.core.said import Said
from app.domains.community.estates.model import Amendment, EstateRules
from app.domains.community.gates.errors import EntryUnknown
from app.domains.community.gates.log.service import LogService
from app.settings import Settings
from app.wiring import City, build
from tests.conftest import QUICK, Fakes
from tests.support.estates import Grounds, code_of, grounds, invited, moved_in, named
from tests.support.fakes import MovableClock


@pytest.fixture
async def city(settings: Settings, fakes: Fakes, clock: MovableClock) -> AsyncIterator[City]:
    city = build(settings, beyond=fakes.outside, clock=clock, passwords=Passwords(QUICK))
    await city.start(follow=False)
    yield city
    await city.stop()


def log_of(city: City) -> LogService:
    return city.services.community.neighbourhood.gates.log


async def came_in(city: City, where: Grounds) -> tuple[str, str, str]:
    """(citizen, residency, entry)."""
    citizen, residency = await moved_in(city, where)
    seen = await invited(city, citizen, residency)
    opening = city.services.community.neighbourhood.gates.opening
    now = city.clock.now()
    done = await opening.open(where.keeper, where.gate(), code_of(city, seen), now, new_id())
    return citizen, residency, done.entry


async def test_an_estate_that_settles_to_keep_less_sees_less_at_once_and_the_rest_is_deleted(
    city: City, clock: MovableClock
) -> None:
    where, other = await grounds(city), await grounds(city)
    citizen, residency, _ = await came_in(city, where)
    await came_in(city, other)
    clock.advance(days=8)
    estates, log = city.services.community.neighbourhood.estates, log_of(city)
    was = await estates.active(where.code)
    less = Amendment(was.name, was.address, was.point, EstateRules(log_days=7), was.bays, was.rev)
    assert len((await log.of_estate(where.keeper, where.code, PageRequest())).items) == 1
    await estates.amend(where.keeper, where.code, less, new_id())
    assert (await log.of_estate(where.keeper, where.code, PageRequest())).items == ()
    assert (await log.of_home(named(citizen), residency, PageRequest())).items == ()
    today = clock.now().date()
    assert await log.counts(where.keeper, where.code, today - timedelta(days=20), today) == []
    assert [await log.forget() for _ in range(2)] == [1, 0]
    kept = await city.db["gate_log"].find({}).to_list(None)
    assert [row["estate"] for row in kept] == [other.code]


async def test_whoever_looks_at_a_home_stands_in_the_list_of_looks_and_in_the_citizens_ledger(city: City) -> None:
    where, log = await grounds(city), log_of(city)
    citizen, _, entry = await came_in(city, where)
    keeper, key, reason = where.keeper, new_id(), "核对一起剐蹭"
    for _ in range(2):  # repeated it is one look
        assert (await log.reveal(keeper, entry, reason, key)).home == "1 101"
    colleague = replace(keeper, actor=new_id())
    for viewer in (keeper, colleague):
        (look,) = (await log.looks(viewer, where.code, PageRequest())).items
        assert (look.look.reason, look.look.entry, look.organisation) == (reason, entry, Said("测试单位"))
        assert look.mine == (viewer == keeper)
    (seen,) = (await city.services.disclosures.of_citizen(citizen, PageRequest())).items
    assert (seen.organisation, seen.purpose, seen.attributes) == (
        where.company,
        "gate_log",
        ("gate.entry", "gate.home"),
    )
    told = await city.db["outbox"].find({"citizen": citizen, "type": "gate_log.revealed"}).to_list(None)
    assert len(told) == 1
    stranger = (await grounds(city)).keeper
    assert (await log.looks(stranger, where.code, PageRequest())).items == ()
    row = await city.db["gate_looks"].find_one({})
    assert row is not None
    assert isinstance(row["reason"], bytes)


async def test_nobody_looks_at_what_is_not_there(city: City) -> None:
    where = await grounds(city)
    with pytest.raises(EntryUnknown):
        await log_of(city).reveal(where.keeper, new_id(), "核对", new_id())
    assert (await log_of(city).looks(where.keeper, where.code, PageRequest())).items == ()


@pytest.mark.parametrize(("since", "until"), [(date.max, date.max), (date.min, date.max), (date(2026, 5, 2), date.min)])
async def test_days_at_the_end_of_all_days_are_refused_by_name(city: City, since: date, until: date) -> None:
    where = await grounds(city)
    with pytest.raises(BadInput) as refused:
        await log_of(city).counts(where.keeper, where.code, since, until)
    assert refused.value.field == "until"
