"""What the home page says of care, of visits and of votes: what waits now, and no more when it is done."""

from __future__ import annotations

from app.core.ids import new_id
from app.core.viewer import Viewer
from app.domains.community.care.model import CarePrivate, Rhythm
from app.domains.life.home.model import DueKind
from app.wiring import City
from graphql_schema.types.common import global_id, key_of
from tests.community.test_votes_and_care import opened
from tests.support.api import Api, Person
from tests.support.estates import grounds, moved_in, named
from tests.support.fakes import MovableClock
from tests.support.family_visits import house_of

DAILY = Rhythm(tuple(range(7)), 10 * 60)


def viewer(person: Person) -> Viewer:
    return named(key_of(str(person.citizen_id), "Citizen"))


async def kinds(city: City, who: Viewer) -> list[DueKind]:
    return [one.kind for one in (await city.services.life.home.pages.look(who, None)).due]


async def test_a_vote_waits_until_the_home_has_voted(api: Api) -> None:
    where, city = await grounds(api.city), api.city
    which, voting = await opened(city, where, secret=True), city.services.community.together.voting
    citizen, home = await moved_in(city, where, api.key(await api.verified()))
    partner, _ = await moved_in(city, where, api.key(await api.verified()))
    due = (await city.services.life.home.pages.look(named(citizen), None)).due
    assert [(one.kind, one.id) for one in due] == [(DueKind.VOTE, which)]
    assert await kinds(city, named(partner)) == [DueKind.VOTE]
    await voting.casting.cast(named(citizen), which, home, 0, new_id())
    assert await kinds(city, named(citizen)) == await kinds(city, named(partner)) == []


async def test_a_check_in_waits_from_the_evening_before_and_until_it_is_made(api: Api, clock: MovableClock) -> None:
    where, city = await grounds(api.city), api.city
    citizen, home = await moved_in(city, where, api.key(await api.verified()))
    entries = city.services.community.together.caring.entries
    seen = await entries.enter(named(citizen), home, DAILY, CarePrivate(), new_id())
    due = seen.entry.due_at
    assert due is not None
    clock.advance(seconds=(due - clock.now()).total_seconds() - 60)
    assert await kinds(city, named(citizen)) == [DueKind.CARE_CHECK_IN]
    await entries.check_in(named(citizen), new_id())
    assert await kinds(city, named(citizen)) == []
    clock.advance(hours=25)
    assert await kinds(city, named(citizen)) == [DueKind.CARE_CHECK_IN]


async def test_a_house_waits_for_an_answer_and_an_agreed_visit_for_its_time(api: Api, clock: MovableClock) -> None:
    where, resident, relative = await house_of(api.city), await api.verified(), await api.verified()
    asked = await where.ours.stays.propose(where.keeper, where.code, resident.phone, "1 床", new_id())
    assert await kinds(api.city, viewer(resident)) == [DueKind.STAY_TO_ANSWER]
    await where.ours.stays.answer(viewer(resident), asked.stay.id, True, new_id())
    assert await kinds(api.city, viewer(resident)) == []
    await where.name(asked.stay.id, resident, relative)
    visit = (await where.ask(asked.stay.id, relative)).visit
    assert await kinds(api.city, viewer(relative)) == []
    await where.ours.keeping.settle(where.keeper, visit.id, True, "", new_id())
    assert await kinds(api.city, viewer(relative)) == [DueKind.FAMILY_VISIT]
    clock.advance(hours=4)
    assert await kinds(api.city, viewer(relative)) == []


async def test_a_time_without_a_zone_is_asked_for_again(api: Api) -> None:
    person = await api.verified()
    stay = str(global_id("FamilyStay", new_id()))
    wish = {"stayId": stay, "startsAt": "2026-12-01T10:00:00", "people": 1}
    answer = await api.raw("AskFamilyVisit", {"visit": wish, "key": new_id()}, token=person.token)
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    paused = {"why": "TRAVEL", "until": "2026-12-01T10:00:00", "key": new_id()}
    answer = await api.raw("PauseCare", paused, token=person.token)
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
