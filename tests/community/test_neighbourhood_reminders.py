"""Reminders of the neighbourhood: each once, whatever worker dies; none of what is done, over or taken back."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime, timedelta

import pytest

from app.core.clock import CITY_TIME, civil_day
from app.core.ids import new_id
from app.domains.community.residents.model import Relation
from app.domains.community.residents.store import ResidentStore
from app.domains.community.votes.model import Vote, VoteRule, VoteTerms
from app.domains.community.votes.reminding.service import VoteReminders
from app.domains.community.votes.store import BallotStore, VoteStore
from app.wiring import City
from graphql_schema.types.common import key_of
from tests.support.api import Api, Person
from tests.support.estates import Grounds, grounds, moved_in, named
from tests.support.fakes import MovableClock
from tests.support.family_visits import House, house_of

DAYS = timedelta(days=3)


async def opened(city: City, where: Grounds, lasts: timedelta = DAYS) -> str:
    words = ("是否增设充电桩", "在二号楼东侧增设十个充电桩。", ("增设", "不增设"))
    terms = VoteTerms(*words, VoteRule.ADVISORY, True, False, True, city.clock.now() + lasts)
    done = await city.services.community.together.voting.votes.open(where.keeper, where.code, terms, new_id())
    return done.vote.id


async def reminded(city: City, vote: str) -> Counter[str]:
    rows = await city.db["outbox"].find({"type": "vote.closes_soon", "facts.vote": vote}).to_list(None)
    return Counter(row["citizen"] for row in rows)


async def test_homes_without_a_voice_are_reminded_once_a_day_before(city: City, clock: MovableClock) -> None:
    where, voting = await grounds(city), city.services.community.together.voting
    which = await opened(city, where)
    silent, _ = await moved_in(city, where)
    voter, home = await moved_in(city, where, room="102")
    spouse, _ = await moved_in(city, where, room="102")
    await moved_in(city, where, room="103", relation=Relation.TENANT)
    away, owned = await moved_in(city, where, room="104")
    tenant, rented = await moved_in(city, where, room="104", relation=Relation.TENANT)
    await voting.casting.empower(named(away), which, owned, rented, new_id(), agreed=True)
    await voting.casting.cast(named(voter), which, home, 0, new_id())
    clock.advance(days=2, minutes=-1)
    assert await voting.reminders.look() == 0
    clock.advance(minutes=2)
    await asyncio.gather(*(voting.reminders.look() for _ in range(3)))
    assert await voting.reminders.look() == 0
    assert await reminded(city, which) == {silent: 1, away: 1, tenant: 1}
    assert not await voting.reminders.still_true(spouse, which)


async def test_a_home_that_votes_before_the_message_is_made_hears_nothing(city: City, clock: MovableClock) -> None:
    where, voting = await grounds(city), city.services.community.together.voting
    which, (citizen, home) = await opened(city, where), await moved_in(city, where)
    other, _ = await moved_in(city, where)
    clock.advance(days=2, minutes=1)
    await voting.reminders.look()
    assert await voting.reminders.still_true(other, which)
    await voting.casting.cast(named(citizen), which, home, 0, new_id())
    assert not await voting.reminders.still_true(other, which)
    clock.advance(days=1)
    assert not await voting.reminders.still_true(citizen, which)


async def test_of_what_is_over_taken_back_or_short_nobody_is_reminded(city: City, clock: MovableClock) -> None:
    where, voting = await grounds(city), city.services.community.together.voting
    await moved_in(city, where)
    short, back = await opened(city, where, timedelta(hours=20)), await opened(city, where)
    await voting.votes.withdraw(where.keeper, back, "改期另行表决", new_id())
    missed = await opened(city, where)
    clock.advance(days=3, minutes=2)
    assert await voting.reminders.look() == 0
    assert [await reminded(city, vote) for vote in (short, back, missed)] == [Counter()] * 3


class Dying(VoteStore):
    """A store whose process is killed before it has written how far it came."""

    async def reminded(self, vote: Vote, before: str, after: str | None) -> bool:
        raise ConnectionError


async def test_a_worker_that_dies_over_a_vote_tells_nobody_twice(city: City, clock: MovableClock) -> None:
    where, voting = await grounds(city), city.services.community.together.voting
    which, people = await opened(city, where), [(await moved_in(city, where, room=f"10{room}"))[0] for room in (1, 2)]
    clock.advance(days=2, minutes=1)
    ballots = BallotStore(city.db, city.ring, city.persons)
    homes = ResidentStore(city.db, city.persons, city.ring)
    dying = VoteReminders(Dying(city.db), ballots, homes, voting.votes, city.outbox, clock)
    with pytest.raises(ConnectionError):
        await dying.look()
    await voting.reminders.look()
    assert await reminded(city, which) == dict.fromkeys(people, 1)


# Visits of relatives


async def agreed(api: Api, ahead: int = 3) -> tuple[House, str, Person, Person, datetime]:
    """A visit at ten in the morning in so many days; who is visited and who comes."""
    where, resident, relative = await house_of(api.city), await api.verified(), await api.verified()
    stay = await where.stay(resident)
    await where.name(stay, resident, relative)
    now = api.city.clock.now().astimezone(CITY_TIME)
    at = datetime.combine(civil_day(now) + timedelta(days=ahead), datetime.min.time(), CITY_TIME) + timedelta(hours=10)
    visit = (await where.ask(stay, relative, at)).visit.id
    await where.ours.keeping.settle(where.keeper, visit, True, "", new_id())
    return where, visit, resident, relative, at


async def told(city: City, visit: str) -> Counter[tuple[str, str]]:
    types = ["family_visit.reminder", "family_visit.coming"]
    rows = await city.db["outbox"].find({"type": {"$in": types}, "facts.visit": visit}).to_list(None)
    return Counter((row["type"].removeprefix("family_visit."), row["citizen"]) for row in rows)


def citizen(person: Person) -> str:
    return key_of(str(person.citizen_id), "Citizen")


def until(clock: MovableClock, moment: datetime) -> None:
    clock.advance(seconds=(moment - clock.now()).total_seconds())


async def test_both_are_reminded_once_of_a_visit_in_the_morning_of_the_day_before(
    api: Api, clock: MovableClock
) -> None:
    where, visit, resident, relative, at = await agreed(api)
    reminders = where.ours.reminders
    until(clock, at - timedelta(days=1, minutes=1))
    assert await reminders.look() == 0
    clock.advance(minutes=2)
    assert sum(await asyncio.gather(*(reminders.look() for _ in range(3)))) == 1
    assert await reminders.look() == 0
    assert await told(api.city, visit) == {("reminder", citizen(relative)): 1, ("coming", citizen(resident)): 1}
    assert await reminders.still_true(citizen(resident), visit)
    await where.ours.visits.withdraw(named(citizen(relative)), visit, new_id())
    assert not await reminders.still_true(citizen(resident), visit)


async def test_of_a_visit_that_is_cancelled_or_was_agreed_late_nobody_is_reminded(
    api: Api, clock: MovableClock
) -> None:
    where, visit, _, _, at = await agreed(api)
    await where.ours.keeping.settle(where.keeper, visit, False, "当天院内消毒", new_id())
    until(clock, at - timedelta(hours=23, minutes=59))
    _, late, _, _, _ = await agreed(api, ahead=1)
    assert await where.ours.reminders.look() == 0
    assert [await told(api.city, one) for one in (visit, late)] == [Counter()] * 2
