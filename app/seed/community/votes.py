"""What the estates that are told in full vote on: one vote that is open, and one that is over."""

from __future__ import annotations

from datetime import timedelta

from app.core.paging import PageRequest
from app.domains.community.votes.model import LEGAL_OPTIONS, Share, Vote, VoteRule, VoteTerms
from app.seed.demo import SEEDER, Progress
from app.wiring import City
from mocks.estates import told_estates
from mocks.votes import open_vote, paper_vote

_OPEN_FOR = timedelta(days=30)


async def seed_votes(city: City, say: Progress) -> None:
    """Where the estates are. Can be repeated."""
    estates = await city.services.community.neighbourhood.estates.many([one.code for one in told_estates()])
    voting = city.services.community.together.voting.votes
    if not estates or (await voting.of_city(PageRequest(1))).items:
        return
    await _held(city, told_estates()[0].code)
    for code in estates:
        await _open(city, code)
    say(f"{len(estates) + 1} votes")


async def _open(city: City, estate: str) -> None:
    said, closes = open_vote(), city.clock.now() + _OPEN_FOR
    terms = VoteTerms(said.title, said.text, said.options, VoteRule.ADVISORY, False, True, True, closes)
    await city.services.community.together.voting.votes.open(SEEDER, estate, terms, f"seed-vote-{estate}")


async def _held(city: City, estate: str) -> None:
    """On paper, last month; the rule is that of the Civil Code."""
    said, now = paper_vote(), city.clock.now()
    homes, hundredths = await city.services.community.neighbourhood.estates.homes_of(estate), 100 * said.area
    words = (said.title, said.text, LEGAL_OPTIONS)
    terms = VoteTerms(*words, VoteRule.ORDINARY, True, False, False, now - timedelta(days=24))
    vote = Vote("", estate, terms, Share(homes, homes * hundredths), now - timedelta(days=38))
    options = [Share(many, many * hundredths) for many in said.chosen]
    await city.services.community.together.voting.votes.enter_held(SEEDER, vote, options, f"seed-held-{estate}")
