"""What the seeded estates vote on, and who is on their care list."""

from __future__ import annotations

from dataclasses import replace

from app.core.paging import PageRequest
from app.domains.community.votes.model import VoteState
from app.domains.identity.organisations.model import Kind, Level, Organisation
from app.seed.community.estates import seed_estates
from app.seed.community.votes import seed_votes
from app.seed.demo import SEEDER, Demo
from app.wiring import City
from mocks.estates import told_estates


async def test_each_estate_told_in_full_has_an_open_vote_and_the_first_one_that_is_over(city: City) -> None:
    government = Organisation("350100000000", "福州市", Kind.GOVERNMENT, Level.CITY)
    for unit in {government.code, *(one.committee.unit for one in told_estates())}:
        await city.services.organisations.put(SEEDER, replace(government, code=unit))
    said = list[str]()
    await seed_estates(city, Demo(), said.append, small=True)
    for _ in range(2):
        await seed_votes(city, said.append)
    assert said[1:] == ["4 votes"]
    votes = (await city.services.community.together.voting.votes.of_city(PageRequest())).items
    over = [one for one in votes if one.state is VoteState.CLOSED]
    assert [one.estate for one in over] == [told_estates()[0].code]
    assert over[0].result is not None
    assert (over[0].result.quorate, over[0].result.passed, over[0].result.leading) == (True, True, 0)
