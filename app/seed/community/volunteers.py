"""Volunteers of the seeded city: who keeps them, their groups, what is to come and what was, and micro-wishes."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime, time, timedelta

from app.core.clock import CITY_TIME
from app.core.errors import Outcome
from app.core.mongo import Tx
from app.core.places.model import Point
from app.core.said import Said
from app.core.viewer import Assurance, Role, Viewer
from app.domains.community.volunteers.activities.model import Activity, ActivityState, Span, Terms
from app.domains.community.volunteers.activities.store import ActivityStore
from app.domains.community.volunteers.groups.service import SCOPE
from app.domains.community.volunteers.hours.model import Entry, HoursState
from app.domains.community.volunteers.hours.store import HoursStore
from app.domains.community.volunteers.model import Skill
from app.domains.community.volunteers.patrols.model import RoutePoint
from app.domains.community.wishes.model import Whom, WishKind
from app.domains.community.wishes.service import WishAsked
from app.domains.identity.organisations.model import Kind, Organisation
from app.seed.demo import SEEDER, Demo, Progress
from app.seed.payment.giving import person
from app.wiring import City
from mocks.volunteers import SeedActivity, SeedGroup, SeedKeeper, SeedVolunteer, SeedWish, seed_volunteering

SCOPES = (SCOPE, "points", "verify:service_hall")


async def seed_volunteers(city: City, demo: Demo, say: Progress) -> None:
    data, groups = seed_volunteering(), dict[str, str]()
    for keeper in data.keepers:
        await _keeper(city, demo, keeper)
    for one in data.volunteers:
        await _registered(city, one)
    for group in data.groups:
        groups[group.key] = await _group(city, group)
    for one in data.volunteers:
        await _joined(city, one, groups)
    keepers = {one.key: one.keeper for one in data.groups}
    for activity in data.activities:
        await _activity(city, activity, keepers[activity.group], groups[activity.group])
    for number, wish in enumerate(data.wishes):
        await _wish(city, wish, f"seed-wish-{number}")
    say(f"{len(groups)} groups of volunteers, {len(data.activities)} activities, {len(data.wishes)} micro-wishes")


async def _keeper(city: City, demo: Demo, one: SeedKeeper) -> None:
    tree = city.services.organisations.tree
    parent = one.unit if tree.get(one.unit) else None
    made = Organisation(
        one.key, one.name[0], Kind.COMMUNITY, parent=parent, scopes=frozenset(SCOPES), name_en=one.name[1]
    )
    await city.services.organisations.put(SEEDER, tree.get(one.key) or made)
    await city.services.payment.points.grants.set_budget(SEEDER, one.key, one.points, "志愿服务积分年度额度")
    client = await city.services.clients.create(SEEDER, one.key, one.name[0], SCOPES)
    called = dict(zip(("name", "name_en"), one.name, strict=True))
    who = {"organisation": one.key, **called, "kind": Kind.COMMUNITY.value, "scopes": list(SCOPES)}
    demo.payees.append({**who, "client_id": client.client, "client_secret": client.secret})


async def _registered(city: City, one: SeedVolunteer) -> None:
    citizen = await person(city, one.person)
    if citizen is not None:
        register, key = city.services.community.volunteering.register, f"seed-volunteer-{one.person}"
        await register.save(_named(citizen), [Skill(skill) for skill in one.skills], [], key, agreed=True)


async def _group(city: City, one: SeedGroup) -> str:
    groups = city.services.community.volunteering.groups
    said, key = (Said(*one.name), Said(*one.words)), f"seed-group-{one.key}"
    founder = await person(city, one.founder) if one.founder else None
    if founder is None:
        return (await groups.save(_keeper_of(one.keeper), None, *said, key)).id
    made = await groups.found(_named(founder), one.keeper, *said, key)
    return (await groups.decide(_keeper_of(one.keeper), made.id, "欢迎加入", f"{key}-in", let_in=True)).id


async def _joined(city: City, one: SeedVolunteer, groups: dict[str, str]) -> None:
    citizen = await person(city, one.person)
    for group in one.groups if citizen else ():
        key = f"seed-join-{one.person}-{group}"
        await city.services.community.volunteering.groups.join(_named(citizen or ""), groups[group], key)
    for group in one.leads if citizen else ():
        await _leads(city, citizen or "", group, groups[group])


async def _leads(city: City, citizen: str, key: str, group: str) -> None:
    ours = city.services.community.volunteering
    keeper = next(one.keeper for one in seed_volunteering().groups if one.key == key)
    number = (await ours.register.demand(citizen)).number
    await ours.leading.name(_keeper_of(keeper), group, number, f"seed-leads-{key}", leads=True)


async def _activity(city: City, one: SeedActivity, keeper: str, group: str) -> None:
    span, ours = _span(city, one), city.services.community.volunteering
    place, said = Point(*one.at), (Said(*one.title), Said(*one.words))
    terms = Terms(group, *said, place, one.address, span, one.places, 150, one.points)
    if one.days < 0:
        await _past(city, one, terms, keeper)
        return
    key = f"seed-activity-{one.title[0]}"
    terms = replace(terms, route=await _route(city, one, keeper, group, key))
    made = await ours.activities.save(_keeper_of(keeper), None, terms, key)
    await ours.activities.publish(_keeper_of(keeper), made.id, f"{key}-out")


async def _route(city: City, one: SeedActivity, keeper: str, group: str, key: str) -> str:
    """Its id; empty when it goes along none."""
    if not one.route:
        return ""
    points = tuple(RoutePoint("", Said(*point.name), Point(*point.at), guarded=point.guarded) for point in one.route)
    wish = (_keeper_of(keeper), None, group, Said(*one.title), points, f"{key}-route")
    return (await city.services.community.volunteering.routes.save(*wish, open_=True)).id


async def _past(city: City, one: SeedActivity, terms: Terms, keeper: str) -> None:
    """As it stands weeks later: confirmed, its hours ready to be published."""
    id_ = str(uuid.uuid5(uuid.NAMESPACE_URL, f"rong:seed-activity:{one.title[0]}"))
    there = [(citizen, minutes) for name, minutes in one.there if (citizen := await person(city, name))]
    activities, hours = ActivityStore(city.db), HoursStore(city.db)
    if await activities.get(id_) is not None:
        return
    made = Activity(id_, keeper, terms, ActivityState.SETTLED, terms.span.starts_at, taken=len(there))
    day, at = terms.span.starts_at.astimezone(CITY_TIME).date(), terms.span.ends_at
    ready = [Entry(id_, citizen, keeper, day, minutes, HoursState.READY, "seed", at) for citizen, minutes in there]

    async def work(tx: Tx) -> None:
        await activities.put(made, tx)
        await hours.add(ready, tx)

    await city.db.transaction(work)
    await city.services.community.volunteering.hours.publish_ready(id_)


async def _wish(city: City, one: SeedWish, key: str) -> None:
    ours, keeper = city.services.community.volunteering, _keeper_of(one.keeper)
    wishes, holding = ours.wishes, ours.wish_holding
    asked = WishAsked(one.keeper, WishKind(one.kind), Whom(one.whom), one.days, one.title, one.text)
    wisher = await person(city, one.wisher) if one.wisher else None
    made = await wishes.make(_named(wisher) if wisher else keeper, asked, key)
    if wisher is not None:
        await wishes.screen(keeper, made.id, "", f"{key}-shown", publish=True)
    holder = await person(city, one.claimed_by) if one.claimed_by else None
    if holder is None:
        return
    try:
        await holding.claim(_named(holder), made.id, f"{key}-claimed")
        await holding.finish(_named(holder), made.id, one.done, [], f"{key}-done")
        await wishes.judge(_named(wisher) if wisher else keeper, made.id, f"{key}-judged", fulfilled=True)
        await wishes.thank(_named(wisher) if wisher else keeper, made.id, one.thanks, [], f"{key}-thanks")
    except Outcome:
        return  # it was all done by an earlier seed


def _span(city: City, one: SeedActivity) -> Span:
    today = city.clock.now().astimezone(CITY_TIME).date()
    start = datetime.combine(today + timedelta(days=one.days), time(one.hour), CITY_TIME)
    return Span(start, start + timedelta(hours=one.hours))


def _keeper_of(organisation: str) -> Viewer:
    return Viewer(Role.PROVIDER_STAFF, "seed", organisation=organisation, scopes=frozenset(SCOPES))


def _named(citizen: str) -> Viewer:
    return Viewer(Role.CITIZEN, citizen, citizen, assurance=Assurance.REAL_NAME)
