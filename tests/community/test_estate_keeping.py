"""What an estate tells its homes and mends for them; and the cars in its car park."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.bridges.repairs import CATEGORY
from app.core.errors import Forbidden
from app.core.ids import new_id
from app.core.paging import PageRequest
from app.core.passwords import Passwords
from app.domains.community.estates.service import GATE_SCOPE, REPAIR_SCOPE
from app.domains.community.notices.errors import EstateNoticeInvalid, EstateNoticeUnknown, EstateNoticeWithdrawn
from app.domains.community.notices.model import NoticeWish
from app.domains.community.repairs.errors import RepairHandedOver, RepairInvalid, RepairRated, RepairStateWrong
from app.domains.community.repairs.handover.service import Ready
from app.domains.community.repairs.model import MOST_EVENTS, TERMS, Repair, RepairKind, RepairState, RepairWish, Why
from app.domains.community.repairs.service import SeenRepair
from app.domains.community.residents.model import ResidencyState
from app.settings import Settings
from app.wiring import City, build
from mocks.case_categories import case_categories
from tests.conftest import QUICK, Fakes
from tests.support.estates import grounds, moved_in, named, takes_repairs
from tests.support.fakes import MovableClock


@pytest.fixture
async def city(settings: Settings, fakes: Fakes, clock: MovableClock) -> AsyncIterator[City]:
    city = build(settings, beyond=fakes.outside, clock=clock, passwords=Passwords(QUICK))
    await city.start(follow=False)
    yield city
    await city.stop()


def notice(until: datetime, **changed: object) -> NoticeWish:
    return NoticeWish("停水通知", "今晚十点停水。", until, **changed)  # type: ignore[arg-type]


async def reported(city: City, citizen: str, residency: str, kind: RepairKind = RepairKind.LIFT) -> SeenRepair:
    wish = RepairWish(kind, "电梯停在三楼，按了没反应")
    return await city.services.community.neighbourhood.keeping.repairs.report(named(citizen), residency, wish, new_id())


# Notices


async def test_a_notice_reaches_the_homes_it_is_for_and_counts_homes_not_people(
    city: City, clock: MovableClock
) -> None:
    where, keeping = await grounds(city), city.services.community.neighbourhood.keeping
    (one, _), (two, _), (other, _) = [await moved_in(city, where, room=room) for room in ("101", "101", "102")]
    until = clock.now() + timedelta(days=1)
    to_all, *_ = await keeping.publishing.publish(where.keeper, [where.code], notice(until), new_id())
    wish = notice(until, homes=(("1", "101"),))
    to_one, *_ = await keeping.publishing.publish(where.keeper, [where.code], wish, new_id())
    seen = [
        [n.notice.id for n in (await keeping.notices.mine(named(who), PageRequest())).items] for who in (one, other)
    ]
    assert seen == [[to_one.notice.id, to_all.notice.id], [to_all.notice.id]]
    assert (to_all.homes, to_one.homes) == (2, 1)
    assert await keeping.notices.unread(named(two)) == 2
    for who in (one, two):
        await keeping.notices.read(named(who), to_all.notice.id, new_id())
    assert await keeping.notices.unread(named(two)) == 1
    with pytest.raises(EstateNoticeUnknown):
        await keeping.notices.read(named(other), to_one.notice.id, new_id())
    page = await keeping.publishing.page(where.keeper, where.code, PageRequest())
    assert {n.notice.id: n.read for n in page.items} == {to_all.notice.id: 1, to_one.notice.id: 0}
    rows = await city.db["estate_notice_reads"].find({}).to_list(None)
    assert one not in repr(rows)
    clock.advance(days=2)
    assert (await keeping.notices.mine(named(one), PageRequest())).items == ()


@pytest.mark.parametrize(
    ("audience", "field"),
    [
        ({"homes": (("1", "101"), ("1", "999"))}, "homes"),
        ({"homes": (("9", "101"),)}, "homes"),
        ({"buildings": ("1", "9")}, "buildings"),
    ],
)
async def test_a_notice_to_a_door_that_is_none_is_refused_and_not_told_to_nobody(
    city: City, clock: MovableClock, audience: dict[str, Any], field: str
) -> None:
    where, keeping = await grounds(city), city.services.community.neighbourhood.keeping
    wish = notice(clock.now() + timedelta(days=1), **audience)
    with pytest.raises(EstateNoticeInvalid) as refused:
        await keeping.publishing.publish(where.keeper, [where.code], wish, new_id())
    assert refused.value.field == field
    assert (await keeping.publishing.page(where.keeper, where.code, PageRequest())).items == ()


async def test_an_edit_keeps_the_words_before_and_a_withdrawn_notice_is_gone(city: City, clock: MovableClock) -> None:
    where, keeping = await grounds(city), city.services.community.neighbourhood.keeping
    who, _ = await moved_in(city, where)
    until = clock.now() + timedelta(days=1)
    (told,) = await keeping.publishing.publish(where.keeper, [where.code], notice(until), new_id())
    edited = await keeping.publishing.edit(where.keeper, told.notice.id, "停水改期", "改为明晚。", new_id())
    assert [(one.title, one.text) for one in edited.notice.earlier] == [("停水通知", "今晚十点停水。")]
    await keeping.publishing.withdraw(where.keeper, told.notice.id, new_id())
    assert await keeping.notices.one(named(who), told.notice.id) is None
    with pytest.raises(EstateNoticeWithdrawn):
        await keeping.publishing.edit(where.keeper, told.notice.id, "又改", "再改。", new_id())


async def test_an_urgent_notice_rings_once_for_each_person_it_is_for(city: City, clock: MovableClock) -> None:
    where, keeping = await grounds(city), city.services.community.neighbourhood.keeping
    people = [(await moved_in(city, where, room=room))[0] for room in ("101", "102", "103")]
    await moved_in(city, where, people[0], "104")
    wish = notice(clock.now() + timedelta(days=1), urgent=True)
    await keeping.publishing.publish(where.keeper, [where.code], wish, new_id())
    await asyncio.gather(*(keeping.telling.look() for _ in range(3)))
    rows = await city.db["outbox"].find({"type": "estate_notice.urgent"}).to_list(None)
    assert sorted(row["citizen"] for row in rows) == sorted(people)
    assert await keeping.telling.look() == 0


# Repairs


async def test_a_repair_goes_its_way_and_is_rated_once(city: City, clock: MovableClock) -> None:
    where, keeping = await grounds(city), city.services.community.neighbourhood.keeping
    who, residency = await moved_in(city, where)
    repair = (await reported(city, who, residency)).repair.id
    visit = clock.now() + timedelta(hours=3)
    with pytest.raises(RepairStateWrong):
        await keeping.working.move(where.keeper, repair, RepairState.DONE, "", None, new_id())
    await keeping.working.move(where.keeper, repair, RepairState.ACCEPTED, "收到", None, new_id())
    await keeping.working.move(where.keeper, repair, RepairState.SCHEDULED, "", visit, new_id())
    await keeping.working.move(where.keeper, repair, RepairState.DONE, "换了按钮", None, new_id())
    again = await keeping.repairs.rate(named(who), repair, False, 2, new_id())
    assert (again.repair.state, again.repair.accept_by > clock.now()) == (RepairState.REPORTED, True)
    for to in (RepairState.ACCEPTED, RepairState.DONE):
        await keeping.working.move(where.keeper, repair, to, "", None, new_id())
    done = await keeping.repairs.rate(named(who), repair, True, 5, new_id())
    assert [one.grade for one in done.repair.ratings] == [2, 5]
    with pytest.raises(RepairRated):
        await keeping.repairs.rate(named(who), repair, True, 1, new_id())
    told = (
        await city.db["outbox"].find({"citizen": who, "type": {"$in": ["repair.done", "repair.scheduled"]}}).to_list(9)
    )
    assert sorted(one["type"] for one in told) == ["repair.done", "repair.done", "repair.scheduled"]


async def test_who_mends_sees_repairs_and_not_who_lives_there_and_who_guards_sees_neither(city: City) -> None:
    where, neighbourhood = await grounds(city), city.services.community.neighbourhood
    who, residency = await moved_in(city, where)
    repair = (await reported(city, who, residency)).repair.id
    fitter, guard = [replace(where.keeper, scopes=frozenset({one})) for one in (REPAIR_SCOPE, GATE_SCOPE)]
    working, verifying = neighbourhood.keeping.working, neighbourhood.verifying
    assert len((await working.page(fitter, where.code, None, PageRequest())).items) == 1
    await working.move(fitter, repair, RepairState.ACCEPTED, "", None, new_id())
    for viewer in (fitter, guard):
        with pytest.raises(Forbidden):
            await verifying.page(viewer, where.code, ResidencyState.RESIDENT, PageRequest())
        with pytest.raises(Forbidden):
            await neighbourhood.gates.log.of_estate(viewer, where.code, PageRequest())
    with pytest.raises(Forbidden):
        await working.open(guard, repair)
    assert [one.code for one in await neighbourhood.gates.keeping.kept(guard, where.code, GATE_SCOPE)] == [
        "cars",
        "east",
    ]


@pytest.mark.parametrize("to", [RepairState.WITHDRAWN, RepairState.RATED, RepairState.REPORTED])
async def test_the_estate_takes_back_and_rates_no_repair(city: City, to: RepairState) -> None:
    where, keeping = await grounds(city), city.services.community.neighbourhood.keeping
    who, residency = await moved_in(city, where)
    repair = (await reported(city, who, residency)).repair.id
    with pytest.raises(RepairInvalid) as refused:
        await keeping.working.move(where.keeper, repair, to, "", None, new_id())
    assert refused.value.field == "state"
    seen = await keeping.repairs.one(named(who), repair)
    assert seen is not None
    assert seen.repair.state is RepairState.REPORTED
    assert seen.repair.due_at is not None


async def test_what_the_estate_does_not_accept_in_time_becomes_one_case(city: City, clock: MovableClock) -> None:
    await takes_repairs(city)
    where, keeping = await grounds(city), city.services.community.neighbourhood.keeping
    who, residency = await moved_in(city, where)
    repair = (await reported(city, who, residency)).repair.id
    assert await keeping.handing.look() == 0
    clock.advance(seconds=TERMS[RepairKind.LIFT].accept.total_seconds())
    done = await asyncio.gather(*(keeping.handing.look() for _ in range(4)))
    assert sum(done) == 1
    seen = await keeping.repairs.one(named(who), repair)
    assert seen is not None
    given = seen.repair.handed_over
    assert given is not None
    assert given.why is Why.NOT_ACCEPTED
    cases = await city.db["cases"].find({"citizen": who}).to_list(None)
    assert [(one["number"], one["_id"]) for one in cases] == [(given.number, given.case)]
    with pytest.raises(RepairHandedOver):
        await keeping.repairs.hand_over(named(who), repair, new_id())
    moved = await keeping.working.move(where.keeper, repair, RepairState.ACCEPTED, "", None, new_id())
    assert (moved.repair.state, moved.repair.due_at) == (RepairState.ACCEPTED, None)
    (told,) = await city.db["outbox"].find({"citizen": who, "type": "repair.handed_over"}).to_list(None)
    assert told["facts"]["number"] == given.number


async def test_a_repair_that_cannot_be_handed_over_keeps_no_other_from_it(
    city: City, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await takes_repairs(city)
    where, keeping = await grounds(city), city.services.community.neighbourhood.keeping
    who, residency = await moved_in(city, where)
    broken = (await reported(city, who, residency)).repair.id
    clock.advance(minutes=1)
    fine = (await reported(city, who, residency)).repair.id
    clock.advance(seconds=TERMS[RepairKind.LIFT].accept.total_seconds())
    ready = keeping.handing.ready

    async def stumbling(found: Repair, why: Why) -> Ready:
        if found.id == broken:
            raise OSError("its picture cannot be read")
        return await ready(found, why)

    monkeypatch.setattr(keeping.handing, "ready", stumbling)
    assert await keeping.handing.look() == 1
    monkeypatch.undo()
    assert await keeping.handing.look() == 1
    for one in (broken, fine):
        seen = await keeping.repairs.one(named(who), one)
        assert seen is not None
        assert seen.repair.handed_over is not None


async def test_a_day_can_be_named_so_often_and_what_was_is_still_done_or_taken_back(
    city: City, clock: MovableClock
) -> None:
    where, keeping = await grounds(city), city.services.community.neighbourhood.keeping
    who, residency = await moved_in(city, where)
    one, now = (await reported(city, who, residency)).repair, clock.now()
    for _ in range(MOST_EVENTS - 1):
        one = one.moved(RepairState.SCHEDULED, "mender", now, visit_at=now)
    with pytest.raises(RepairStateWrong):
        one.moved(RepairState.SCHEDULED, "mender", now, visit_at=now)
    assert one.moved(RepairState.DONE, "mender", now).state is RepairState.DONE
    steps = [{"state": step.state.value, "at": step.at, "by": step.by, "note": step.note} for step in one.steps]
    await city.db["repairs"].update_one({"_id": one.id}, {"$set": {"steps": steps}})
    await keeping.repairs.end_all(named(who), who)  # who leaves the city is not kept by it
    row = await city.db["repairs"].find_one({"_id": one.id})
    assert row is not None
    assert row["state"] == "withdrawn"


async def test_handed_over_at_once_under_one_key_and_under_two_it_is_one_case(city: City) -> None:
    await takes_repairs(city)
    where, repairs = await grounds(city), city.services.community.neighbourhood.keeping.repairs
    who, residency = await moved_in(city, where)
    repair, one, two = (await reported(city, who, residency)).repair.id, new_id(), new_id()

    async def hands(key: str) -> str:
        try:
            given = (await repairs.hand_over(named(who), repair, key)).repair.handed_over
        except RepairHandedOver as already:
            return f"already {already.number}"
        assert given is not None
        return given.number

    got = await asyncio.gather(*(hands(key) for key in (one, one, one, two, two)))
    (case,) = await city.db["cases"].find({"citizen": who}).to_list(None)
    # Of two keys one has done it, and whoever repeats a key is told what it was told first.
    assert {*got} == {case["number"], f"already {case['number']}"}
    assert (len({*got[:3]}), len({*got[3:]})) == (1, 1)
    assert [await hands(one), await hands(two)] == [got[0], got[3]]


async def test_the_seeded_city_has_the_category_under_which_repairs_are_handed_over() -> None:
    assert CATEGORY in {one.code for one in case_categories() if "complaint" in one.kinds}
