"""The seeded conversations: what a newcomer finds, once."""

from __future__ import annotations

from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.paging import PageRequest
from app.core.viewer import ANONYMOUS, Assurance, Role, Viewer
from app.domains.identity.citizens.model import Citizen, IdNumber
from app.domains.identity.organisations.model import Kind, Level, Organisation
from app.domains.voice.conversations.moderation.model import MatterState
from app.domains.voice.conversations.proposals.model import ProposalState
from app.domains.voice.conversations.surveys.model import Phase
from app.seed.voice.conversations import seed_conversations
from app.wiring import City
from mocks.city import DEMO_PEOPLE, HOUSEHOLDS, PEOPLE
from mocks.conversations import conversations
from mocks.people import Person
from tests.support.api import OPS

PAGE = PageRequest(50)


async def test_the_seeded_city_speaks_once(city: City) -> None:
    await _inhabited(city)
    said, told = conversations(), list[str]()
    for _ in range(2):
        await seed_conversations(city, told.append)
    assert len(told) == 1
    rooms = city.services.voice.conversations
    threads = (await rooms.threads.listed(None, None, PAGE)).items
    assert len(threads) == len([one for one in said.threads if not one.waits])
    assert threads[0].pinned
    assert sum(one.officials for one in threads) == 7
    waiting = await rooms.moderation.waiting()
    assert waiting[MatterState.WAITING] == 2, "a thread and a proposal"
    surveys = (await rooms.surveys.listed(PAGE)).items
    assert {rooms.surveys.phase(one) for one in surveys} == {Phase.OPEN, Phase.OVER}
    for one in surveys:
        results = await rooms.surveys.results(one)
        assert (results is None) == (one.results.value == "closed")
        assert results is None or (results.whole is not None and results.whole.answered >= 5)
    assert await _unanswered(city) == {one.id for one in surveys if rooms.surveys.phase(one) is Phase.OPEN}
    states = sorted(one.state for one in (await rooms.proposals.listed(None, PAGE)).items)
    assert states == sorted([ProposalState.ANSWERED, ProposalState.REACHED, *[ProposalState.COLLECTING] * 2])
    assert (await rooms.threads.posts(ANONYMOUS, threads[0].id, PAGE)).items


async def _unanswered(city: City) -> set[str]:
    """By every verified one of those whom the landing page introduces."""
    surveys, left = city.services.voice.conversations.surveys, set[str]()
    for one in (one for one in DEMO_PEOPLE if one.verified):
        citizen = await city.citizens.id_by_phone(one.person.phone or "")
        viewer = Viewer(Role.CITIZEN, str(citizen), str(citizen), assurance=Assurance.REAL_NAME)
        held = (await surveys.listed(PAGE)).items
        left |= {one.id for one in held if not await surveys.has_answered(viewer, one.id)}
    return left


async def _inhabited(city: City) -> None:
    """Its people with their verified names, and its departments."""
    for code in conversations().offices:
        await city.services.organisations.put(OPS, Organisation(code, "部门", Kind.DEPARTMENT, Level.CITY))
    for person in PEOPLE:
        if person.phone is not None:
            await _settled(city, person)


async def _settled(city: City, person: Person) -> None:
    division = next(home.division for home in HOUSEHOLDS if home.key == person.household)
    citizen = Citizen(new_id(), city.clock.now(), Assurance.PHONE, person.phone)
    number = IdNumber.parse(person.id_number)

    async def work(tx: Tx) -> None:
        await city.citizens.add(citizen, tx)
        await city.citizens.give_real_name(
            citizen.id, person.name, number, person.household, division, city.clock.now(), tx
        )

    await city.db.transaction(work)
