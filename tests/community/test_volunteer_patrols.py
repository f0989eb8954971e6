"""Leaders who show the code on their own phones, and routes whose points are passed by the place and by their codes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from app.core.errors import RealNameNeeded
from app.core.ids import new_id
from app.core.paging import PageRequest
from app.core.passwords import Passwords
from app.core.places.model import Point
from app.core.said import Said
from app.core.viewer import Assurance
from app.domains.community.volunteers.activities.errors import ActivityNotOpen, ActivityUnknown
from app.domains.community.volunteers.activities.model import Activity
from app.domains.community.volunteers.check_ins.errors import (
    CheckInCodeStale,
    CheckInCodeUnknown,
    CheckInTooFar,
    NotCheckedIn,
)
from app.domains.community.volunteers.check_ins.model import Fix, FlagKind, Way
from app.domains.community.volunteers.groups.errors import VolunteerGroupInvalid, VolunteerGroupUnknown
from app.domains.community.volunteers.patrols.errors import (
    VolunteerPointUnknown,
    VolunteerRouteInvalid,
    VolunteerRouteUnknown,
)
from app.domains.community.volunteers.patrols.model import Route, RoutePoint
from app.wiring import City, build
from tests.conftest import QUICK, Databases, Fakes, settings_for
from tests.support.fakes import MovableClock
from tests.support.volunteering import LAKE, Troop, member, named, north, troop_of

FIRST = PageRequest(first=100)
NAME = Said("环湖夜巡", "Round the lake")


@pytest.fixture(scope="module")
def hand() -> MovableClock:
    return MovableClock()


@pytest.fixture(scope="module")
async def town(databases: Databases, hand: MovableClock) -> AsyncIterator[City]:
    """A city of this file's own, whose clock it moves."""
    with databases.lent() as name:
        city = build(settings_for(databases.uri, name), beyond=Fakes().outside, clock=hand, passwords=Passwords(QUICK))
        await city.start()
        yield city
        await city.stop()


@pytest.fixture
async def troop(town: City) -> Troop:
    return await troop_of(town, budget=0)


async def route_of(troop: Troop, *, far: float = 400) -> Route:
    points = (
        RoutePoint("", Said("东门"), LAKE),
        RoutePoint("", Said("水文站"), north(far), guarded=True),
    )
    return await troop.ours.routes.save(troop.keeper, None, troop.group, NAME, points, new_id(), open_=True)


async def patrol(troop: Troop, route: Route) -> Activity:
    terms = replace((await troop.activity(starts_in=timedelta(minutes=1))).terms, route=route.id)
    made = await troop.ours.activities.save(troop.keeper, None, terms, new_id())
    return await troop.ours.activities.publish(troop.keeper, made.id, new_id())


async def test_a_leader_shows_the_code_and_nobody_else(troop: Troop) -> None:
    leading, activity = troop.ours.leading, await troop.activity()
    one, other = await troop.volunteer(), await troop.volunteer()
    number = (await troop.ours.register.demand(one.acting())).number
    with pytest.raises(VolunteerGroupInvalid):  # no member yet
        await leading.name(troop.keeper, troop.group, number, new_id(), leads=True)
    await troop.ours.groups.join(one, troop.group, new_id())
    with pytest.raises(ActivityUnknown):
        await leading.code(one, activity.id, Way.IN)
    with pytest.raises(VolunteerGroupUnknown):
        await leading.name(member("another"), troop.group, number, new_id(), leads=True)
    assert await leading.name(troop.keeper, troop.group, number, new_id(), leads=True) == [number]
    shown, came = await leading.code(one, activity.id, Way.IN)
    assert came == 0
    comes = await troop.signed_up(activity)
    await troop.ours.check_ins.check_in(comes, shown.text, Fix(LAKE, 5), new_id())
    assert [led.id for led in await leading.led(one)] == [activity.id]
    with pytest.raises(ActivityUnknown):
        await leading.code(other, activity.id, Way.IN)
    with pytest.raises(RealNameNeeded):
        await leading.code(replace(one, assurance=Assurance.PHONE), activity.id, Way.IN)
    await leading.name(troop.keeper, troop.group, number, new_id(), leads=False)
    assert await leading.led(one) == []
    with pytest.raises(ActivityUnknown):
        await leading.code(one, activity.id, Way.IN)


async def test_who_founded_a_group_leads_it_until_he_volunteers_no_more(troop: Troop) -> None:
    founder = await troop.volunteer()
    made = await troop.ours.groups.found(founder, troop.organisation, Said("护河队"), Said("巡河捡垃圾"), new_id())
    await troop.ours.groups.decide(troop.keeper, made.id, "", new_id(), let_in=True)
    activity = await replace(troop, group=made.id).activity()
    assert (await troop.ours.leading.code(founder, activity.id, Way.OUT))[0].text
    await troop.ours.register.leave(founder, new_id())
    with pytest.raises(ActivityUnknown):
        await troop.ours.leading.code(founder, activity.id, Way.OUT)


async def test_a_route_is_kept_by_its_organisation_and_has_points_that_can_be(troop: Troop) -> None:
    routes, point = troop.ours.routes, RoutePoint("", Said("东门"), LAKE)
    for points, field in (((point,), "points"), ((point, replace(point, within=5)), "within")):
        with pytest.raises(VolunteerRouteInvalid) as refused:
            await routes.save(troop.keeper, None, troop.group, NAME, points, new_id(), open_=True)
        assert refused.value.field == field
    route = await route_of(troop)
    kept = tuple(replace(one, within=80) for one in route.points)
    saved = await routes.save(troop.keeper, route.id, troop.group, NAME, kept, new_id(), open_=True)
    assert [one.id for one in saved.points] == [one.id for one in route.points]
    strange = (*kept, RoutePoint(new_id(), Said("别处"), LAKE))
    with pytest.raises(VolunteerPointUnknown):
        await routes.save(troop.keeper, route.id, troop.group, NAME, strange, new_id(), open_=True)
    foreign = replace((await troop.activity()).terms, route=(await route_of(await troop_of(troop.city, 0))).id)
    with pytest.raises(VolunteerRouteUnknown):
        await troop.ours.activities.save(troop.keeper, None, foreign, new_id())
    trial = replace(troop.keeper, test_mode=True)
    assert (await routes.kept_by(trial, FIRST)).items == ()
    with pytest.raises(VolunteerRouteUnknown):
        await routes.code(trial, route.id, route.points[1].id)
    with pytest.raises(VolunteerPointUnknown):  # nothing is shown there
        await routes.code(troop.keeper, route.id, route.points[0].id)
    await routes.save(troop.keeper, route.id, troop.group, NAME, kept, new_id(), open_=False)
    with pytest.raises(VolunteerRouteUnknown):
        await patrol(troop, route)


async def test_points_are_passed_by_the_place_and_the_code_of_a_guarded_one(troop: Troop, hand: MovableClock) -> None:
    route = await route_of(troop)
    activity, walks = await patrol(troop, route), troop.ours.walks
    gate, station = route.points
    who = await troop.signed_up(activity)

    async def go(point: str, at: Point, code: str | None = None) -> int:
        return len((await walks.pass_point(who, activity.id, point, Fix(at, 10), code, new_id())).passed)

    with pytest.raises(NotCheckedIn):
        await go(gate.id, LAKE)
    await troop.come(who, activity, at=LAKE)
    assert await go(gate.id, LAKE) == 1
    assert await go(gate.id, north(900)) == 1  # he has passed it
    code = (await troop.ours.routes.code(troop.keeper, route.id, station.id)).text
    for at, text, error in (
        (LAKE, code, CheckInTooFar),
        (station.point, None, CheckInCodeUnknown),
        (station.point, await troop.code(activity), CheckInCodeUnknown),
    ):
        with pytest.raises(error):
            await go(station.id, at, text)
    hand.advance(seconds=31)
    with pytest.raises(CheckInCodeStale):
        await go(station.id, station.point, code)
    with pytest.raises(VolunteerPointUnknown):
        await go(new_id(), LAKE)
    hand.advance(minutes=5)
    code = (await troop.ours.routes.code(troop.keeper, route.id, station.id)).text
    assert await go(station.id, station.point, code) == 2
    mine = await walks.mine(who, activity.id)
    assert mine is not None
    assert mine.whole
    (seen,) = await walks.among(troop.keeper, activity.id, [who.acting()])
    assert [one.point for one in seen.passed] == [gate.id, station.id]
    with pytest.raises(ActivityUnknown):
        await walks.among(member("another"), activity.id, [who.acting()])
    row = await troop.city.db["volunteer_passes"].find_one({"citizen": who.acting()})
    assert row is not None
    assert not {"latitude", "place"} & row.keys()
    assert await troop.ours.flags.of_check_in(activity.id, who.acting()) == []
    await troop.ours.activities.cancel(troop.keeper, activity.id, new_id())
    with pytest.raises(ActivityNotOpen):
        await go(gate.id, LAKE)


async def test_who_flies_from_point_to_point_is_looked_at_twice(troop: Troop, hand: MovableClock) -> None:
    route = await route_of(troop, far=6_000)
    activity = await patrol(troop, route)
    who = await troop.signed_up(activity)
    await troop.come(who, activity, at=LAKE)
    hand.advance(seconds=20)
    code = (await troop.ours.routes.code(troop.keeper, route.id, route.points[1].id)).text
    far = Fix(route.points[1].point, 10)
    await troop.ours.walks.pass_point(who, activity.id, route.points[1].id, far, code, new_id())
    flags = await troop.ours.flags.of_check_in(activity.id, who.acting())
    assert [flag.kind for flag in flags] == [FlagKind.TOO_FAST]
    assert await troop.ours.walks.mine(named(new_id()), (await troop.activity()).id) is None
